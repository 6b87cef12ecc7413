import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMedia, readMultipart } from '../../src/app/multipart.ts';
import { tapPartsOf } from '../../src/app/tap-parts.ts';
import { runTool } from '../../src/app/tool.ts';
import { insist, isRefusal, type Refusal } from '../../src/base/refusal.ts';
import { openNote } from '../../src/base/signature.ts';
import { readCve } from '../../src/clearinghouse/advisories/formats/cve/read.ts';
import { writeCve } from '../../src/clearinghouse/advisories/formats/cve/write.ts';
import { readOpenVex } from '../../src/clearinghouse/advisories/formats/openvex/read.ts';
import { writeOpenVex } from '../../src/clearinghouse/advisories/formats/openvex/write.ts';
import type { Source } from '../../src/clearinghouse/advisories/source.ts';
import { reportOnSarif } from '../../src/clearinghouse/findings/formats/sarif/report.ts';
import { readSarif } from '../../src/clearinghouse/findings/formats/sarif.ts';
import { readTap, readTapJson } from '../../src/clearinghouse/findings/formats/tap.ts';
import { canonicalPurl } from '../../src/clearinghouse/inventories/purl.ts';
import { readSbom } from '../../src/clearinghouse/inventories/sbom.ts';
import { scoreCvss } from '../../src/clearinghouse/priorities/cvss.ts';
import { conclude } from '../../src/lab/conclude.ts';
import { prepare } from '../../src/lab/experiment.ts';
import { checkPatch } from '../../src/lab/patch.ts';
import { parseRecipe } from '../../src/lab/recipe.ts';
import { parseCrash } from '../../src/lab/sanitizer/crash.ts';

// Whatever comes in, a reader answers: with what it read or with a refusal, never with an exception. FUZZ_RUNS makes it longer; `npm run fuzz` does.
const numRuns = Number(process.env.FUZZ_RUNS ?? 300);

const recipeText = readFileSync(join(import.meta.dirname, '../../recipes/cjson-CVE-2023-53154.yaml'), 'utf8');
const recipe = insist(parseRecipe(recipeText));
const pinned = insist(
  prepare(recipe, Buffer.from('{'), { files: Object.fromEntries([...recipe.files, recipe.control].map((f) => [f, Buffer.from('x')])) }),
);

const tap = {
  purl: 'pkg:npm/a@1',
  attachments: [{ filename: 'a.txt', data: 'x', content_type: 'text/plain', type: 'patch' }],
  affected_symbol: { file: 'a.c', line: 1 },
};
const sarif = {
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 't', rules: [{ id: 'r' }] } }, results: [{ ruleId: 'r', message: { text: 'm' }, locations: [{}] }] }],
};
const sbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'a', version: '1', purl: 'pkg:npm/a@1', components: [{ name: 'b' }] }],
};
const spdx = {
  spdxVersion: 'SPDX-2.3',
  packages: [{ name: 'a', versionInfo: '1', externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:npm/a@1' }] }],
};
const crash =
  '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x1\nREAD of size 1 at 0x602 thread T0\n    #0 0x1 in f /src/a.c:1:2\n    #1 0x2 in main /src/b.c:3\n';
const multipart =
  '--b\r\nContent-Disposition: attachment; name=report\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Disposition: attachment; name="attachment"; filename="a\\"b"\r\n\r\nx\r\n--b--\r\n';
const patch = '--- a/cJSON.c\n+++ b/cJSON.c\n@@ -1,1 +1,1 @@\n-a\n+b\n';
const evidence = {
  specDigest: pinned.digest,
  provider: 'bubblewrap',
  builds: [],
  runs: [{ variant: 'vulnerable', input: 'poc', index: 0 }],
};

const cna = {
  providerMetadata: { orgId: 'b3476cb9-2e3d-41a6-98d0-0f47421a65b6' },
  affected: [
    {
      vendor: 'v',
      product: 'p',
      defaultStatus: 'affected',
      versions: [{ version: '1', lessThan: '2.*', versionType: 'semver', status: 'unaffected' }],
    },
  ],
  descriptions: [{ lang: 'en', value: 'd' }],
  references: [{ url: 'https://a.example', tags: ['patch'] }],
};
const cve = {
  dataType: 'CVE_RECORD',
  dataVersion: '5.2',
  cveMetadata: { cveId: 'CVE-2026-12345', assignerOrgId: 'b3476cb9-2e3d-41a6-98d0-0f47421a65b6', state: 'PUBLISHED' },
  containers: { cna },
};
const openVex = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: 'a',
  timestamp: '2026-01-01T00:00:00Z',
  version: 1,
  statements: [
    { vulnerability: { name: 'x' }, products: [{ '@id': 'pkg:npm/a?vers=vers:npm%2F%3C2' }], status: 'affected', action_statement: 'y' },
  ],
};

/** Each reader with a seed it can read; strings are cut, doubled and spiked, then read. */
const readers: Record<string, { seed: string; read: (text: string) => unknown }> = {
  'TAP JSON': { seed: JSON.stringify(tap), read: (text) => readTapJson(Buffer.from(text)) },
  'TAP report': { seed: JSON.stringify(tap), read: (text) => withObject(text, (o) => readTap(o)) },
  SARIF: { seed: JSON.stringify(sarif), read: (text) => withObject(text, (o) => readSarif(o, 'pkg:npm/a')) },
  'SARIF report': { seed: JSON.stringify(sarif), read: reportOnSarif },
  CycloneDX: { seed: JSON.stringify(sbom), read: readSbom },
  SPDX: { seed: JSON.stringify(spdx), read: readSbom },
  crash: { seed: crash, read: parseCrash },
  multipart: { seed: multipart, read: (text) => withParts(readMultipart(Buffer.from(text), 'b')) },
  'media type': { seed: 'multipart/mixed; boundary="b"; charset=utf-8', read: readMedia },
  recipe: { seed: recipeText, read: parseRecipe },
  patch: { seed: patch, read: (text) => checkPatch(recipe, Buffer.from(text)) },
  evidence: { seed: JSON.stringify(evidence), read: (text) => withObject(text, (o) => conclude(pinned, o)) },
  purl: { seed: 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u4?arch=amd64#src', read: canonicalPurl },
  CVSS: { seed: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', read: scoreCvss },
  CVE: { seed: JSON.stringify(cve), read: (text) => withObject(text, (o) => rewrite(readCve(o), writeCve)) },
  OpenVEX: { seed: JSON.stringify(openVex), read: (text) => withObject(text, (o) => rewrite(readOpenVex(o), writeOpenVex)) },
  note: { seed: 'origin\n1\nAAAA\n\n\u2014 name AAAA\n', read: (text) => openNote(text, 'name+00000000+AQ==') },
};

/** What could be read can be written, as it was and anew. */
function rewrite(read: Source | Refusal, write: (source: Source) => unknown): unknown {
  if (isRefusal(read)) return read;
  write(read);
  return write({ ...read, beyond: {} }) ?? read;
}

function withObject(text: string, read: (value: Record<string, unknown>) => unknown): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return read.call(undefined, value as Record<string, unknown>);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return undefined;
}

function withParts(parts: ReturnType<typeof readMultipart>): unknown {
  return typeof parts === 'string' ? parts : tapPartsOf(parts);
}

const spikes = [
  '\u0000',
  '\ud800',
  '"',
  '\\',
  '[[[[',
  '{"__proto__":{"x":1}}',
  '1e999',
  '-0',
  '\r\n',
  '%',
  '%zz',
  '../',
  '\u202e',
  '9'.repeat(400),
  ' '.repeat(300),
  '#0 0x1 in ',
  'constructor',
];
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.integer({ min: 0, max: 40 }),
  put: fc.oneof(fc.constantFrom(...spikes), fc.string({ maxLength: 20 })),
  times: fc.integer({ min: 1, max: 50 }),
});

function spoil(seed: string, changes: readonly { at: number; cut: number; put: string; times: number }[]): string {
  return changes.reduce((text, { at, cut, put, times }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + put.repeat(times) + text.slice(from + cut);
  }, seed);
}

test.each(Object.entries(readers))('%s: reads its seed, and answers whatever was done to it', (_, { seed, read }) => {
  expect(isRefusal(read(seed))).toBe(false);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      read(spoil(seed, changes));
    }),
    { numRuns },
  );
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test.each(['crash', 'version', 'purl', 'vers', 'stats', 'merkle', 'cvss', 'sarif', 'csaf', 'cve', 'vex', 'sbom'])(
  'the tool %s answers every line, whatever it is',
  async (name) => {
    const cna = fc.record({ affected: fc.jsonValue(), references: fc.array(fc.jsonValue()), metrics: fc.array(fc.jsonValue()) });
    const values = fc.oneof(
      fc.string(),
      fc.jsonValue().map((v) => JSON.stringify(v)),
      fc
        .record({
          id: fc.integer(),
          op: fc.constantFrom('wilson', 'inclusion', 'mean', 'pass@k'),
          ecosystem: fc.constantFrom('npm', 'Debian', 'PyPI', 'Maven', 'Red Hat', 'nothing'),
          a: fc.string(),
          b: fc.string(),
          test_type: fc.constantFrom('parse', 'build', 'validate', 'containment', 'comparison', 'equality', 'from_native'),
          input: fc.oneof(fc.jsonValue(), fc.record({ vers: fc.string(), version: fc.string(), versions: fc.array(fc.string()) })),
          document: fc.oneof(
            fc.jsonValue(),
            fc.record({ version: fc.constant('2.1.0'), runs: fc.array(fc.jsonValue()) }),
            fc.record({ dataVersion: fc.constant('5.2'), cveMetadata: fc.jsonValue(), containers: fc.record({ cna }) }),
            fc.record({ '@context': fc.constant('https://openvex.dev/ns/v0.2.0'), statements: fc.array(fc.jsonValue()) }),
            fc.record({ bomFormat: fc.constant('CycloneDX'), specVersion: fc.constant('1.6'), vulnerabilities: fc.array(cna) }),
          ),
          log: fc.string(),
          values: fc.array(fc.double()),
          k: fc.integer(),
          n: fc.integer(),
        })
        .map((v) => JSON.stringify(v)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 8 }), async (lines) => {
        const single = lines.map((l) => l.replaceAll(/[\r\n]/g, ' '));
        const out: string[] = [];
        const given = (async function* () {
          yield* single;
        })();
        expect(await runTool(name, given, (line) => void out.push(line))).toBe(0);
        for (const line of out) expect(JSON.parse(line)).toHaveProperty('id');
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  },
);

test('the tool duplicates sorts out whatever records it is given', async () => {
  const record = fc.record(
    {
      id: fc.string(),
      title: fc.string(),
      text: fc.string(),
      purl: fc.string(),
      log: fc.string(),
      crashState: fc.jsonValue(),
      reportedAt: fc.jsonValue(),
    },
    { requiredKeys: ['id'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(record, fc.jsonValue()), { maxLength: 12 }), async (records) => {
      const given = (async function* () {
        for (const of of records) yield JSON.stringify(of);
      })();
      const out: string[] = [];
      expect(await runTool('duplicates', given, (line) => void out.push(line))).toBe(0);
      for (const line of out) expect(Object.keys(JSON.parse(line)).join()).toMatch(/group|^a,b,|refused/);
    }),
    { numRuns: Math.ceil(numRuns / 10) },
  );
});
