import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { readSarif } from './sarif.ts';

const purl = 'pkg:deb/debian/cjson@1.7.15-1';
const rule = {
  id: 'cpp/overflow',
  properties: { tags: ['security', 'external/cwe/cwe-0787'] },
  messageStrings: { default: { text: 'Writes {0} bytes into {1}.' } },
};
const log = (results: unknown, rules: unknown = [rule]) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'CodeQL', semanticVersion: '2.20.1', rules } }, results }],
});
const read = (given: Record<string, unknown>) => {
  const found = readSarif(given, purl);
  if (isRefusal(found)) throw new Error(`${found.because} ${found.at}`);
  return found;
};

const result = {
  ruleId: 'cpp/overflow',
  message: { id: 'default', arguments: ['16', 'a buffer of {0}'] },
  locations: [
    {
      physicalLocation: { artifactLocation: { uri: 'src/cJSON.c' }, region: { startLine: 42 } },
      logicalLocations: [{ name: 'parse_string', fullyQualifiedName: 'cJSON::parse_string' }],
    },
  ],
};

test('one draft a result, with place, weakness and tool', () => {
  const { drafts, skipped } = read(
    log([result, { message: { text: 'x' }, kind: 'pass' }, { message: { text: 'x' }, suppressions: [{ kind: 'inSource' }] }]),
  );
  expect(skipped).toBe(2);
  expect(drafts).toHaveLength(1);
  expect(drafts[0]).toMatchObject({
    title: 'cpp/overflow: Writes 16 bytes into a buffer of {0}.',
    text: 'Writes 16 bytes into a buffer of {0}.',
    purl,
    versions: ['1.7.15-1'],
    cwe: 'CWE-787',
    symbol: { file: 'src/cJSON.c', function: 'cJSON::parse_string', line: 42 },
    discoveryTooling: 'CodeQL 2.20.1',
  });
});

test('a file may be named by its index, a weakness by the rule’s name', () => {
  const run = { tool: {}, artifacts: [{ location: { uri: 'a.c' } }, { location: { uri: 'b.c' } }] };
  const named = {
    ruleId: 'CWE-22/traversal',
    message: { text: 'm' },
    locations: [{ physicalLocation: { artifactLocation: { index: 1 } } }],
  };
  expect(read({ version: '2.1.0', runs: [{ ...run, results: [named] }] }).drafts[0]).toMatchObject({
    cwe: 'CWE-22',
    symbol: { file: 'b.c' },
  });
});

test('what is not SARIF 2.1.0 is refused, with the place', () => {
  expect(readSarif({ version: '2.0.0', runs: [] }, purl)).toMatchObject({ code: 'unsupported', at: '/version' });
  expect(readSarif({ version: '2.1.0' }, purl)).toMatchObject({ at: '/runs' });
  expect(readSarif(log([{}]), purl)).toMatchObject({ code: 'malformed', at: '/runs/0/results/0/message' });
  expect(readSarif(log({}), purl)).toMatchObject({ at: '/runs/0/results' });
});

test('limits hold at the limit and refuse one above', () => {
  const many = (n: number) => log(Array.from({ length: n }, () => ({ message: { text: 'x' } })));
  expect(read(many(limits.sarifResults)).drafts).toHaveLength(limits.sarifResults);
  expect(readSarif(many(limits.sarifResults + 1), purl)).toMatchObject({ code: 'too_large' });
  const long = (chars: number) => log([{ message: { text: 'x'.repeat(chars) } }]);
  expect(read(long(limits.textChars)).drafts[0]?.text).toHaveLength(limits.textChars);
  expect(readSarif(long(limits.textChars + 1), purl)).toMatchObject({ code: 'too_large' });
});

test('hostile texts: bombs by arguments, control characters in titles, lone surrogates', () => {
  const bomb = { message: { text: '{0}'.repeat(20_000), arguments: ['x'.repeat(60_000)] } };
  expect(read(log([bomb])).drafts[0]!.text.length).toBeLessThanOrEqual(limits.textChars);
  const [draft] = read(log([{ message: { text: `a\u0000\n\u202E\ud800${'é'.repeat(500)}` } }])).drafts;
  expect(draft!.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(Buffer.byteLength(draft!.title)).toBeLessThanOrEqual(limits.titleChars);
  expect(draft!.text.isWellFormed() && !draft!.text.includes('\u0000')).toBe(true);
});

test('property: no log makes the reader throw', () => {
  const names = fc.constantFrom(
    'message',
    'text',
    'id',
    'arguments',
    'locations',
    'ruleIndex',
    'ruleId',
    'rule',
    'properties',
    'tags',
    'taxa',
    'suppressions',
    'physicalLocation',
    '__proto__',
    'constructor',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(fc.property(fc.array(tree), fc.array(tree), (results, rules) => void readSarif(log(results, rules), purl)));
});
