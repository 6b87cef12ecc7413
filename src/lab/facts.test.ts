import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { sha256 } from '../base/canonical.ts';
import type { BoxResult } from '../base/doors.ts';
import { insist } from '../base/refusal.ts';
import { type Evidence, recordRun } from './evidence.ts';
import { type PlannedRun, prepare } from './experiment.ts';
import { factsOf } from './facts.ts';
import { exampleFiles, exampleRecipe } from './recipe.example.ts';
import { parseRecipe } from './recipe.ts';

const spec = insist(prepare(insist(parseRecipe(stringify(exampleRecipe))), exampleFiles['poc.txt'], { files: exampleFiles }));
const silent: BoxResult = {
  ...{ end: 'exited', exit: 0, signal: null, oomKills: 0, pidsRefused: 0, wallMs: 1, cpuUs: 1, peakBytes: 1 },
  ...{ stdout: new Uint8Array(), stderr: new Uint8Array(), reports: [] },
};
const overflow = (size: number, located = '') =>
  `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2 bp 0x3 sp 0x4\nWRITE of size ${size} at 0x1 thread T0\n    #0 0x2  (/src/target+0x2)\n${located}`;
const ran = (report: string | undefined, over: Partial<PlannedRun> = {}, symbolized = false) => {
  const result = report === undefined ? silent : { ...silent, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(report) }] };
  return recordRun({ variant: 'vulnerable', input: 'poc', index: 0, ...over }, symbolized, [], result);
};
const facts = (...runs: Evidence['runs']) => factsOf(spec, { specDigest: spec.digest, provider: 'rehearsed', builds: [], runs });

test('an access with its size, and how it lies to its allocation, from the symbolised run', () => {
  const named = overflow(4001, '0x602 is located 3 bytes after 5-byte region [0x1,0x2)\n');
  expect(facts(ran(overflow(4001)), ran(named, {}, true))).toEqual({
    ...{ crashClass: 'Heap-buffer-overflow', access: 'write', accessBytes: 4001, isSecurityRelevant: true },
    region: { distanceBytes: 3, side: 'after', bytes: 5 },
    reportSha256: sha256(named),
  });
});

test('older words for the same place', () => {
  const located = '0x602 is located 0 bytes to the right of 5-byte region [0x1,0x2)\n';
  expect(facts(ran(overflow(1, located)))?.region).toEqual({ distanceBytes: 0, side: 'after', bytes: 5 });
});

test('what the fixed build and the control show is no fact of the flaw', () => {
  const runs = [ran(undefined), ran(overflow(1), { variant: 'fixed' }), ran(overflow(1), { input: 'control' })];
  expect(facts(...runs)).toBeNull();
});

test('a report that says nothing of an access', () => {
  const aborted = '==2==ERROR: AddressSanitizer: ABRT on unknown address 0x1 (pc 0x2 bp 0x3 sp 0x4 T0)\n    #0 0x2  (/src/target+0x2)\n';
  expect(facts(ran(aborted))).toMatchObject({ access: null, accessBytes: null, region: null });
});
