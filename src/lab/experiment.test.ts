import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Box, BoxResult, BoxSpec, Sources, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { insist, refuse } from '../base/refusal.ts';
import { conclude } from './conclude.ts';
import { type Evidence, recordRun } from './evidence.ts';
import { plannedRuns, prepare, runBox } from './experiment.ts';
import { verifyPatch } from './fix/run.ts';
import { exampleFiles, exampleRecipe } from './recipe.example.ts';
import { parseRecipe } from './recipe.ts';
import { recordOf } from './record.ts';
import { type LabDoors, runExperiment } from './run.ts';

const recipe = insist(parseRecipe(stringify(exampleRecipe)));
const spec = insist(prepare(recipe, exampleFiles['poc.txt'], { files: exampleFiles }));
const treeNamed = (digit: string): TreeId => `tree_${digit.repeat(64)}`;
const silent: BoxResult = {
  ...{ end: 'exited', exit: 0, signal: null, oomKills: 0, pidsRefused: 0, wallMs: 1, cpuUs: 1, peakBytes: 1 },
  ...{ stdout: new Uint8Array(), stderr: new Uint8Array(), reports: [] },
};
const log =
  '==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2 bp 0x3 sp 0x4\nREAD of size 1 at 0x1 thread T0\n    #0 0x2  (/src/target+0x2)\n';
const crash: BoxResult = { ...silent, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(log) }] };

/** Vulnerable source `1` builds to `a`, fixed `2` to `b`, patched `3` to `c`. */
function doors(run: (spec: BoxSpec, tree: TreeId) => BoxResult): LabDoors & { asked: BoxSpec[] } {
  const asked: BoxSpec[] = [];
  const builds = new Map<string, TreeId>();
  const built: Record<string, TreeId> = {
    [treeNamed('1')]: treeNamed('a'),
    [treeNamed('2')]: treeNamed('b'),
    [treeNamed('3')]: treeNamed('c'),
  };
  const answer = (box: BoxSpec): BoxResult => {
    const tree = box.trees[0]!.tree;
    if (box.argv[0] === 'patch') return { ...silent, kept: treeNamed('3') };
    return box.keep ? { ...silent, kept: built[tree]! } : run(box, tree);
  };
  const box: Box = {
    id: 'rehearsed',
    probe: async () => ({
      usable: true,
      isolation: 'none',
      enforced: { memory: true, pids: true, cpu: true, disk: true, net: true, seccomp: true },
      missing: [],
    }),
    run: async (asking) => {
      asked.push(asking);
      return answer(asking);
    },
    discard: async () => {},
    cached: async (key) => builds.get(key),
    remember: async (key, tree) => {
      builds.set(key, tree);
    },
    reap: async () => 0,
  };
  const sources: Sources = {
    fetch: async (source) => ({ tree: treeNamed(source.kind === 'debian' && source.including ? '2' : '1'), archives: [] }),
    history: async () => [],
    read: async () => refuse('not_found', 'nothing'),
  };
  return { box, sources, asked };
}
const inputOf = (box: BoxSpec) => Buffer.from(box.files.find((f) => f.at === '/input/poc')?.bytes ?? []).toString();
const honest = () => doors((box, tree) => (tree === treeNamed('a') && inputOf(box) === 'boom' ? crash : silent));

describe('prepare', () => {
  test('pins everything: another byte anywhere is another experiment', () => {
    const digests = [
      spec,
      insist(prepare(recipe, Buffer.from('Boom'), { files: exampleFiles })),
      insist(prepare(recipe, exampleFiles['poc.txt'], { files: { ...exampleFiles, 'harness.c': Buffer.from('x') } })),
      insist(prepare(recipe, exampleFiles['poc.txt'], { files: { ...exampleFiles, 'control.txt': Buffer.from('x') } })),
      insist(prepare(recipe, exampleFiles['poc.txt'], { files: exampleFiles, runs: 4 })),
      insist(prepare(recipe, exampleFiles['poc.txt'], { files: exampleFiles, limits: { wallMs: 1 } })),
      insist(prepare({ ...recipe, title: 'x' }, exampleFiles['poc.txt'], { files: exampleFiles })),
    ].map((s) => s.digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(insist(prepare(recipe, exampleFiles['poc.txt'], { files: exampleFiles })).digest).toBe(spec.digest);
  });

  test('refuses what cannot be done', () => {
    expect(prepare(recipe, Buffer.alloc(limits.attachmentBytes + 1), { files: exampleFiles })).toMatchObject({ code: 'too_large' });
    expect(prepare(recipe, Buffer.alloc(limits.attachmentBytes), { files: exampleFiles })).toHaveProperty('digest');
    expect(prepare(recipe, Buffer.alloc(1), { files: { 'control.txt': Buffer.alloc(1) } })).toMatchObject({ code: 'not_found' });
    expect(prepare(recipe, Buffer.alloc(1), { files: exampleFiles, runs: 21 })).toMatchObject({ code: 'malformed' });
  });

  test('the box for a run has no network profile, no secrets and its own nonce', () => {
    const [first, second] = plannedRuns(spec).map((run) => runBox(spec, treeNamed('a'), run, false));
    expect(first).toMatchObject({ profile: 'poc', collect: '/reports', argv: ['/src/target', '/input/poc'] });
    const nonce = (box: BoxSpec) => Buffer.from(box.files.find((f) => f.at === '/input/nonce')!.bytes).toString();
    expect(nonce(first!)).not.toBe(nonce(second!));
  });
});

describe('run and conclude', () => {
  test('an honest run is reproduced, and the second time nothing is built', async () => {
    const lab = honest();
    const evidence = await runExperiment(spec, lab);
    expect(conclude(spec, evidence).verdict).toBe('reproduced');
    expect(lab.asked.filter((box) => box.keep)).toHaveLength(2);
    await runExperiment(spec, lab);
    expect(lab.asked.filter((box) => box.keep)).toHaveLength(2);
    expect(evidence.runs.filter((run) => run.symbolized)).toHaveLength(1);
  });

  test('a source that is gone, a build that fails, a box that fails: could not tell, with the reason', async () => {
    const gone = { ...honest(), sources: { ...honest().sources, fetch: async () => refuse('not_found', 'gone') } };
    expect(conclude(spec, await runExperiment(spec, gone))).toMatchObject({
      verdict: 'could-not-tell',
      because: 'fetch failed: vulnerable: gone',
    });
    const lab = honest();
    const failing = { ...lab, box: { ...lab.box, run: async () => ({ ...silent, exit: 1, stderr: Buffer.from('no header') }) } };
    expect(conclude(spec, await runExperiment(spec, failing)).because).toContain('no header');
    const broken = doors(() => ({ ...silent, end: 'box-failed', exit: null, because: 'no memory limit' }));
    expect(conclude(spec, await runExperiment(spec, broken)).because).toContain('no memory limit');
  });

  test('evidence that was tampered with is worth nothing', async () => {
    const evidence = await runExperiment(spec, honest());
    const tampered: unknown[] = [
      { ...evidence, specDigest: '0'.repeat(64) },
      { ...evidence, runs: evidence.runs.slice(1) },
      { ...evidence, runs: [...evidence.runs, evidence.runs[0]] },
      { ...evidence, runs: evidence.runs.map((run) => ({ ...run, symbolized: true })) },
      { ...evidence, verdict: 'reproduced' },
      { ...evidence, runs: evidence.runs.map((run) => ({ ...run, exit: '86' })) },
      {
        ...evidence,
        runs: evidence.runs.map((run) => ({ ...run, reports: Array(limits.reportFiles + 1).fill(evidence.runs[0]?.reports[0]) })),
      },
      undefined,
      'reproduced',
    ];
    for (const bad of tampered) expect(conclude(spec, bad).verdict).toBe('could-not-tell');
  });

  test('a spec that was changed after it was pinned is worth nothing', async () => {
    const evidence = await runExperiment(spec, honest());
    expect(conclude({ ...spec, runs: 1 }, evidence)).toMatchObject({
      verdict: 'could-not-tell',
      because: expect.stringContaining('altered'),
    });
    expect(conclude({ ...spec, poc: { ...spec.poc, bytes: Buffer.from('other') } }, evidence).verdict).toBe('could-not-tell');
  });

  test('the record names every digest and holds no output and no input', async () => {
    const lab = doors(() => ({ ...crash, stdout: Buffer.from('secret output') }));
    const evidence: Evidence = await runExperiment(spec, lab);
    const text = JSON.stringify(recordOf(spec, evidence, conclude(spec, evidence), await lab.box.probe()));
    for (const digest of [spec.digest, spec.poc.sha256, spec.control.sha256, spec.files['harness.c']!.sha256, treeNamed('a')])
      expect(text).toContain(digest);
    expect(text).not.toContain('secret output');
    expect(text).not.toContain('boom');
  });
});

describe('patches', () => {
  const patch = Buffer.from('--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n');
  const verify = async (run: (box: BoxSpec, tree: TreeId) => BoxResult) =>
    insist(await verifyPatch(recipe, [patch], [exampleFiles['poc.txt']], { files: exampleFiles }, doors(looked(run)))).verdict;
  const passed = { ...silent, stdout: Buffer.from('ok\n') };
  /** Taken apart, each build has one function, which asks the sanitizer; what no patch may change is as it was. */
  const looked = (run: (box: BoxSpec, tree: TreeId) => BoxResult) => (box: BoxSpec, tree: TreeId) =>
    box.argv[3] === 'sight'
      ? { ...silent, stdout: Buffer.from('1 0 3 3 9 parse\n') }
      : box.argv[3] === 'immutable'
        ? silent
        : run(box, tree);
  const isTest = (box: BoxSpec) => box.argv[1] === 'test';
  const old = treeNamed('a');

  test('verified, incomplete, breaks-tests, could-not-tell', async () => {
    expect(await verify((box, tree) => (isTest(box) ? passed : tree === old ? crash : silent))).toMatchObject({ verdict: 'verified' });
    expect(await verify((box) => (isTest(box) ? passed : crash))).toMatchObject({ verdict: 'incomplete' });
    expect(await verify((box, tree) => (isTest(box) ? (tree === old ? passed : silent) : tree === old ? crash : silent))).toMatchObject({
      verdict: 'breaks-tests',
    });
    expect(await verify((box) => (isTest(box) ? passed : silent))).toMatchObject({
      because: expect.stringContaining('does not trip the unpatched'),
    });
    expect(await verify((box, tree) => (isTest(box) || tree !== old ? silent : crash))).toMatchObject({
      because: expect.stringContaining('fails before the patch'),
    });
    const oom: BoxResult = { ...silent, end: 'oom', exit: null };
    expect(await verify((box, tree) => (isTest(box) ? passed : tree === old ? crash : oom))).toMatchObject({ verdict: 'could-not-tell' });
  });

  test('a hostile patch does not reach the box', async () => {
    const lab = honest();
    const bad = Buffer.from('--- a/../x\n+++ b/../x\n');
    expect(await verifyPatch(recipe, [bad], [exampleFiles['poc.txt']], { files: exampleFiles }, lab)).toMatchObject({
      code: 'not_permitted',
    });
    expect(await verifyPatch(recipe, [patch], [], { files: exampleFiles }, lab)).toMatchObject({ code: 'malformed' });
    expect(lab.asked).toEqual([]);
  });
});

test('an experiment of as many runs as the limit is prepared, one more is not', () => {
  const asked = (runs: number) => prepare(recipe, exampleFiles['poc.txt'], { files: exampleFiles, runs });
  expect(asked(limits.experimentRuns)).toHaveProperty('digest');
  expect(asked(limits.experimentRuns + 1)).toMatchObject({ code: 'malformed', at: 'runs' });
});

test('of what is printed the beginning is kept', () => {
  const shownOf = (chars: number) =>
    recordRun({ variant: 'vulnerable', input: 'poc', index: 0 }, false, [], { ...silent, stdout: Buffer.from('x'.repeat(chars)) }).stdout
      .shown.length;
  expect([shownOf(limits.shownChars), shownOf(limits.shownChars + 1)]).toEqual([limits.shownChars, limits.shownChars]);
});
