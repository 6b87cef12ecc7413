import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { leftOut, testsOf, validateCsaf } from './validate.ts';

// OASIS's own cases. `failures` must make the named test speak, `valid` must not; result files name the exact pointers.
interface Case {
  readonly name: string;
  readonly result?: unknown;
}
interface CaseGroup {
  readonly id: string;
  readonly failures?: readonly Case[];
  readonly valid?: readonly Case[];
}
interface Outcome {
  readonly id: string;
  readonly errors?: readonly { instance_path: string }[];
  readonly warnings?: readonly { instance_path: string }[];
  readonly infos?: readonly { instance_path: string }[];
}

/** What only a dictionary or the network can tell: the last is an address that answers 404. */
const beyond = ['2.0 6.3.8', '2.1 6.3.8', '2.1 6.3.16', '2.0 6.3.6 02'];

const resolve = (document: unknown, pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );

function verdict(document: unknown, tests: readonly string[]) {
  const found = validateCsaf(document, { tests });
  if ('refused' in found) throw new Error(found.because);
  return found;
}

for (const edition of ['2.0', '2.1'] as const) {
  const folder = `csaf-suite/csaf_${edition}/test/validator/data/`;
  const index = referenceText(`${folder}testcases.json`);
  const groups: readonly CaseGroup[] = index === undefined ? [] : JSON.parse(index).tests;
  const read = (name: string) => JSON.parse(referenceText(folder + name)!);

  describe.skipIf(index === undefined)(`OASIS's cases of CSAF ${edition}`, () => {
    test('every test that has a case is there, or left out on purpose', () => {
      const there = new Set([...testsOf(edition), ...leftOut[edition]]);
      expect(groups.map((group) => group.id).filter((id) => !there.has(id))).toEqual([]);
    });

    test.each(groups)('$id', ({ id, failures = [], valid = [] }) => {
      for (const { name, result } of failures) {
        if (beyond.some((one) => `${edition} ${id}` === one || `${edition} ${id} ${name.slice(-7, -5)}` === one)) continue;
        const document = read(name);
        const { results } = verdict(document, [id]);
        expect(results, `${name} must fail`).not.toEqual([]);
        for (const { pointer, kind } of results) {
          expect(kind).toBe(id.startsWith('6.1') ? 'error' : id.startsWith('6.2') ? 'warning' : 'info');
          expect(resolve(document, pointer), `${name} ${pointer} exists`).toBeDefined();
        }
        if (result) expectPointers(name, document);
      }
      for (const { name, result } of valid) {
        const document = read(name);
        expect(verdict(document, [id]).results, `${name} must pass`).toEqual([]);
        if (result) expectPointers(name, document);
      }
    });
  });

  function expectPointers(name: string, document: unknown): void {
    const { primary_result, secondary_results = [] } = read(name.replace('.json', '.result.json'));
    for (const outcome of [primary_result, ...secondary_results] as Outcome[]) {
      const expected = [...(outcome.errors ?? []), ...(outcome.warnings ?? []), ...(outcome.infos ?? [])].map((one) => one.instance_path);
      expect(verdict(document, [outcome.id]).results.map((one) => one.pointer)).toEqual(expected);
    }
  }
}

const manifest = referenceText('csaf-advisories/manifest.json');
test.skipIf(manifest === undefined)('advisories that CISA published break no mandatory test', () => {
  const files: { file: string }[] = JSON.parse(manifest!);
  expect(files.length).toBeGreaterThan(100);
  for (const { file } of files) {
    const document = JSON.parse(referenceText(`csaf-advisories/${file}`)!);
    const found = validateCsaf(document);
    expect([file, 'results' in found ? found.results.filter((result) => result.kind === 'error') : found]).toEqual([file, []]);
  }
});
