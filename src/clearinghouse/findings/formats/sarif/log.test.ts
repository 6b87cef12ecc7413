import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../../../../base/refusal.ts';
import { readSarif } from '../sarif.ts';
import { readSarifLog } from './log.ts';
import { reportOnSarif } from './report.ts';
import { objects } from './shape-table.ts';

type Members = Record<string, unknown>;
const driver = (given: Members) => ({ tool: { driver: { name: 't', ...given } } });
const read = (run: Members, about: Members = {}) => {
  const found = readSarifLog({ version: '2.1.0', ...about, runs: [{ ...driver({}), ...run }] });
  if (isRefusal(found)) throw new Error(found.because);
  return found.results;
};
const result = (given: Members) => ({ message: { text: 'm' }, ...given });
const at = (uri: string, uriBaseId?: string, startLine = 1) => ({
  physicalLocation: { artifactLocation: { uri, ...(uriBaseId && { uriBaseId }) }, region: { startLine } },
});

test('the level is the result’s, the invocation’s, the rule’s, or warning (§3.27.10)', () => {
  const run = {
    ...driver({ rules: [{ id: 'a', defaultConfiguration: { level: 'error' } }, { id: 'b' }] }),
    invocations: [
      {
        ruleConfigurationOverrides: [
          { descriptor: { id: 'a' }, configuration: { level: 'note' } },
          { descriptor: { index: 1 }, configuration: { level: 'error' } },
        ],
      },
    ],
    results: [
      result({ ruleId: 'a' }),
      result({ ruleId: 'a', level: 'none' }),
      result({ ruleId: 'a', kind: 'review' }),
      result({ ruleId: 'a/1', provenance: { invocationIndex: 0 } }),
      result({ ruleIndex: 1, provenance: { invocationIndex: 0 } }),
      result({ ruleIndex: 1 }),
    ],
  };
  expect(read(run).map(({ level }) => level)).toEqual(['error', 'none', 'none', 'note', 'error', 'warning']);
  expect(read(run).map(({ ruleId }) => ruleId)).toEqual(['a', 'a', 'a', 'a/1', 'b', 'b']);
});

test('messages: placeholders, links, global strings, and the rule’s own words where a result has none', () => {
  const messages = (given: Members[], rules: Members[] = []) =>
    read({
      ...driver({ rules, globalMessageStrings: { g: { text: 'global {0}' } } }),
      results: given.map((message) => ({ ruleId: 'a', message })),
    }).map(({ message }) => message);
  expect(
    messages([
      { text: '{{0}} is {0}, [here](1) or [there](https://example.com/a) \\[not\\]', arguments: ['{1}', 'x'] },
      { text: 'f() { return {0} }}' },
      { id: 'g', arguments: ['x'] },
      { markdown: '**m**' },
    ]),
  ).toEqual(['{0} is {1}, here or there (https://example.com/a) [not]', 'f() { return {0} }}', 'global x', '**m**']);
  expect(messages([{}], [{ id: 'a', fullDescription: { text: 'What it is.' } }])).toEqual(['What it is.']);
});

test('files are told from the root of the sources, by bases, working directories and indexes', () => {
  const files = (run: Members, ...locations: Members[]) =>
    read({ ...run, results: [result({ locations })] })[0]!.places.map(({ file }) => file);
  const bases = { originalUriBaseIds: { ROOT: { uri: 'file:///home/x/' }, SRC: { uri: 'src/', uriBaseId: 'ROOT' }, OPEN: {} } };
  expect(files(bases, at('a%20b.c', 'SRC'), at('file:///home/x/src/c.c'), at('d.c', 'OPEN'), at('file:///etc/e'))).toEqual([
    'src/a b.c',
    'src/c.c',
    'd.c',
    '/etc/e',
  ]);
  const mapped = { ...bases, versionControlProvenance: [{ repositoryUri: 'https://example.com/r', mappedTo: { uriBaseId: 'SRC' } }] };
  expect(files(mapped, at('a.c', 'SRC'))).toEqual(['a.c']);
  expect(files({ invocations: [{ workingDirectory: { uri: 'file:///w' } }] }, at('file:///w/a.c'))).toEqual(['a.c']);
  expect(files({ artifacts: [{ location: { uri: 'b.c' } }] }, { physicalLocation: { artifactLocation: { index: 0 } } })).toEqual(['b.c']);
});

test('weaknesses: taxa by id and by index, relationships, tags', () => {
  const taxonomies = [
    { name: 'CWE', guid: 'G', taxa: [{ id: '22' }, { id: 'CWE-787' }] },
    { name: 'OWASP', taxa: [{ id: 'A1' }] },
  ];
  const rules = [
    { id: 'a', relationships: [{ target: { id: '79', toolComponent: { name: 'CWE' } } }], properties: { tags: ['external/cwe/cwe-020'] } },
  ];
  const taxa = [
    { index: 1, toolComponent: { index: 0 } },
    { id: '22', toolComponent: { guid: 'g' } },
    { index: 0, toolComponent: { index: 1 } },
  ];
  expect(read({ ...driver({ rules }), taxonomies, results: [result({ ruleId: 'a', taxa })] })[0]!.cwes).toEqual([
    'CWE-787',
    'CWE-22',
    'CWE-79',
    'CWE-20',
  ]);
});

test('rules of an extension; suppressions; code flows; fingerprints; packages', () => {
  const tool = { driver: { name: 't' }, extensions: [{ name: 'e', rules: [{ id: 'a', properties: { 'security-severity': '9.8' } }] }] };
  const locations = [{ location: at('in.c') }, { index: 0 }];
  const [first, ...others] = read({
    tool,
    threadFlowLocations: [{ location: at('out.c', undefined, 7) }],
    results: [
      result({
        rule: { index: 0, toolComponent: { index: 0 } },
        codeFlows: [{ threadFlows: [{ locations }] }],
        partialFingerprints: { other: 'o', primaryLocationLineHash: 'h:1' },
        properties: { purl: 'pkg:npm/left-pad@1.0.0' },
        fixes: [{}],
      }),
      result({ suppressions: [{ kind: 'external', status: 'underReview' }] }),
      result({ suppressions: [{ kind: 'external', status: 'accepted' }] }),
      result({ baselineState: 'absent' }),
    ],
  });
  expect(first).toMatchObject({
    ruleId: 'a',
    severity: '9.8',
    flow: { steps: 2, from: { file: 'in.c' }, to: { file: 'out.c', line: 7 } },
    fingerprint: 'h:1',
    purl: 'pkg:npm/left-pad@1.0.0',
    fixes: 1,
  });
  expect(others.map(({ skipped }) => skipped)).toEqual([null, 'suppressed', 'absent']);
});

test('inline external properties belong to one run: by its guid, by their own, or where there is one run', () => {
  const file = {
    artifacts: [{ location: { uri: 'x.c' } }],
    results: [result({ locations: [{ physicalLocation: { artifactLocation: { index: 0 } } }] })],
  };
  const [only] = read({}, { inlineExternalProperties: [file] });
  expect(only).toMatchObject({ at: '/inlineExternalProperties/0/results/0', places: [{ file: 'x.c' }] });
  const runs = [
    driver({}),
    { ...driver({}), automationDetails: { guid: 'r' } },
    { ...driver({}), externalPropertyFileReferences: { results: [{ guid: 'f' }] } },
  ];
  const log = {
    version: '2.1.0',
    runs,
    inlineExternalProperties: [
      { ...file, guid: 'f' },
      { ...file, runGuid: 'r' },
      { ...file, runGuid: 'none' },
    ],
  };
  const found = readSarifLog(log);
  expect(isRefusal(found) || found.results.map((one) => one.at)).toEqual([
    '/inlineExternalProperties/1/results/0',
    '/inlineExternalProperties/0/results/0',
  ]);
});

test('an inline file that two runs name is of the first', () => {
  const run = { ...driver({}), externalPropertyFileReferences: { results: [{ guid: 'f' }] } };
  const found = readSarifLog({ version: '2.1.0', runs: [run, run], inlineExternalProperties: [{ guid: 'f', results: [result({})] }] });
  expect(isRefusal(found) || found.results).toHaveLength(1);
});

test('a draft takes repository, package, ids and severity along', () => {
  const run = {
    ...driver({ rules: [{ id: 'CVE-2026-12345', helpUri: 'https://example.com/h' }] }),
    versionControlProvenance: [{ repositoryUri: 'https://example.com/r', revisionId: 'abcdef0123' }],
    properties: { 'ai/origin': 'generated' },
    results: [result({ ruleId: 'CVE-2026-12345', properties: { purl: 'pkg:NPM/left-pad@1.0.0', 'security-severity': 7.5 } })],
  };
  const drafts = readSarif({ version: '2.1.0', runs: [run] }, 'pkg:npm/app');
  expect(isRefusal(drafts) || drafts.drafts[0]).toMatchObject({
    purl: 'pkg:npm/left-pad@1.0.0',
    versions: ['1.0.0'],
    repository: 'https://example.com/r',
    references: ['https://example.com/h'],
    upstreamIds: ['CVE-2026-12345'],
    discoveryMethod: 'ai-assisted',
    original: { severity: '7.5', revision: 'abcdef0123' },
  });
});

test('property: no document makes the report throw', () => {
  const names = [...new Set(objects.match(/\b[a-z]\w+/g)), 'text', 'tags', '__proto__', 'ai/evidence', 'CWE'];
  const texts = fc.constantFrom('a', '', 'CWE-1', 'sarif:/runs/0', 'file:///a', 'C:\\a', '{0}', '2.1.0', 'https://h/a', '\ud800');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.oneof(texts, fc.constantFrom(null, 0, -1, 1, 1.5, true)),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 6 }),
    ),
  }));
  const list = fc.array(tree, { maxLength: 3 });
  const run = fc.record(
    Object.fromEntries(['results', 'artifacts', 'invocations', 'taxonomies', 'versionControlProvenance'].map((name) => [name, list])),
  );
  const whole = fc.record({
    version: fc.constant('2.1.0'),
    runs: fc.array(fc.oneof(run, tree), { maxLength: 3 }),
    inlineExternalProperties: list,
  });
  fc.assert(
    fc.property(fc.oneof(whole, tree), (document) => void reportOnSarif(document)),
    { numRuns: 300 },
  );
});
