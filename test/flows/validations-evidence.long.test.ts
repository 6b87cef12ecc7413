import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import type { BoxResult, BoxSpec, Recipes, Sources, TreeId } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { refuse } from '../../src/base/refusal.ts';
import { type Envelope, open } from '../../src/base/signature.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as priorities from '../../src/clearinghouse/priorities/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';

/** Two targets whose vulnerable build overflows on inputs that say so; `shaky` ones only in the runs that `shows` lists. */
const recipeOf = (id: string, name: string) =>
  JSON.stringify({
    id,
    title: `overflow in ${name}`,
    target: { ecosystem: 'debian', purl: `pkg:deb/debian/${name}` },
    vulnerability: { id: 'none', weaknesses: ['CWE-787'] },
    variants: {
      vulnerable: { kind: 'debian', package: name, version: '1-1', patch: 'fix', including: false },
      fixed: { kind: 'debian', package: name, version: '1-1', patch: 'fix', including: true },
    },
    build: { steps: [['cc', '-o', 'target', 'target.c']] },
    run: { argv: ['/src/target', '{poc}'] },
    oracle: { kind: 'sanitizer' },
    control: 'control.txt',
  });
const files = { 'control.txt': Buffer.from('fine') };
const library = [
  { id: 'over-1', text: recipeOf('over-1', 'over'), files },
  { id: 'over-2', text: recipeOf('over-2', 'over'), files },
  { id: 'gone-1', text: recipeOf('gone-1', 'gone'), files },
  { id: 'broken-1', text: recipeOf('broken-1', 'broken'), files },
];
const recipes: Recipes = { ...({} as Recipes), all: () => library, observers: () => ({}) } as Recipes;
const treeOf = (words: string): TreeId => `tree_${Buffer.from(words).toString('hex').padEnd(64, '0').slice(0, 64)}`;
const wordsOf = (tree: TreeId) => Buffer.from(tree.slice(5), 'hex').toString().replaceAll('\0', '');
const sources = {
  async fetch(source: { package: string; including?: boolean }) {
    if (source.package === 'gone') return refuse('not_found', 'the archive no longer has gone 1-1');
    return { tree: treeOf(`${source.package} ${source.including ? 'fixed' : 'vulnerable'}`), archives: [] };
  },
} as unknown as Sources;

const report = (size: number) =>
  `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc 0x2 bp 0x3 sp 0x4
WRITE of size ${size} at 0x60 thread T0
    #0 0x2 in parse /src/parse.c:7
0x60 is located 0 bytes after 5-byte region [0x5b,0x60)
\u001b[31msecret of the terminal\n`;
let builds: string[] = [];
let shows: readonly number[] = [];
let shaken = 0;
function script(spec: BoxSpec): BoxResult {
  const on = wordsOf(spec.trees[0]!.tree);
  if (spec.keep) {
    builds.push(on);
    return on.startsWith('broken')
      ? { ...uneventful, exit: 127, stderr: Buffer.from('cc: not found') }
      : { ...uneventful, kept: treeOf(`${on} built`) };
  }
  const input = Buffer.from(spec.files.find((f) => f.at === '/input/poc')?.bytes ?? []).toString();
  const isSymbolised = spec.env.ASAN_OPTIONS?.includes('symbolize=1');
  const trips = /^over(\d+)/.exec(input) ?? (/^shaky/.test(input) && (isSymbolised || shows.includes(shaken++)) ? ['', '1'] : null);
  const both = input.startsWith('both');
  if (!on.includes('vulnerable') && !both) return uneventful;
  return trips || both
    ? { ...uneventful, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(report(Number(trips?.[1] ?? 1))) }] }
    : uneventful;
}

let hub: TestHub;
let [finder, stranger, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub({ box: rehearsedBox(script), sources, recipes });
  finder = await hub.join('North Lab', 'finder');
  stranger = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

interface Shown {
  readonly id: string;
  readonly verdict: string;
  readonly because: string;
  readonly why: string | null;
  readonly mends: readonly string[];
  readonly facts: object | null;
  readonly reports: readonly { readonly id: string; readonly sha256: string; readonly symbolized: boolean; readonly variant: string }[];
  readonly trials: readonly {
    readonly recipeId: string;
    readonly counts: { vulnerable: object };
    readonly flake: { quiet: number; of: number };
  }[];
}
let n = 0;
async function submit(input: string | null, name = 'over', over: object = {}): Promise<string> {
  const poc = {
    filename: 'poc.bin',
    contentType: 'application/octet-stream',
    type: 'reproducer',
    data: Buffer.from(`${input} ${++n}`).toString('base64'),
  };
  const words = { title: `report ${n}`, text: 'It writes past its buffer.', purl: `pkg:deb/debian/${name}@1-1`, ...over };
  return (await hub.do<{ id: string }>(finder!, findings.submit, { ...words, attachments: input === null ? [] : [poc] })).id;
}
const repeat = (input: object) => {
  // Ids of one moment are in no order.
  hub.clock.advance(1000);
  return hub.try(desk!, validations.repeat, input);
};
const newest = async (id: string, as = desk!) => (await hub.do<{ items: Shown[] }>(as, validations.ofFinding, { id })).items[0]!;
async function replayed(input: string | null, name = 'over'): Promise<Shown & { readonly findingId: string }> {
  const findingId = await submit(input, name);
  await hub.settle(flow);
  return { ...(await newest(findingId)), findingId };
}

test('facts of severity are read from our own evidence, with the report they were read from', async () => {
  const seen = await replayed('over4001');
  expect(seen).toMatchObject({
    verdict: 'reproduced',
    facts: {
      ...{ crashClass: 'Heap-buffer-overflow', access: 'write', accessBytes: 4001, isSecurityRelevant: true },
      region: { bytes: 5, distanceBytes: 0, side: 'after' },
    },
  });
  expect(seen.reports.map((r) => [r.variant, r.symbolized])).toEqual([
    ['vulnerable', false],
    ['vulnerable', true],
  ]);
  expect((seen.facts as { reportSha256: string }).reportSha256).toBe(seen.reports[1]!.sha256);
  const asked = { id: seen.id, reportId: seen.reports[1]!.id };
  const text = (await hub.do<{ text: string }>(finder!, validations.report, asked)).text;
  expect(text).toContain('WRITE of size 4001');
  expect(text).not.toContain('\u001b');
  expect(await hub.try(stranger!, validations.report, asked)).toMatchObject({ code: 'not_found', because: 'no such thing' });
  const other = await replayed('over8');
  expect(await hub.try(finder!, validations.report, { ...asked, id: other.id })).toMatchObject({ code: 'not_found' });
  // The record names every report that is kept by its digest.
  const envelope = await hub.do<Envelope>(finder!, validations.record, { id: seen.id });
  const statement = String(open(envelope, hub.doors.keys.signer('records').publicKey));
  for (const { sha256 } of seen.reports) expect(statement).toContain(sha256);
});

test('a case shows them to whoever assesses it, with where they come from; what the finder states is marked so', async () => {
  const findingId = await submit('over16', 'over', { cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:H' });
  await hub.settle(flow);
  const { caseId } = await hub.do<{ caseId: string }>(desk!, cases.ofFinding, { findingId });
  const { items } = await hub.do<{ items: { findingId: string; fact: string; evidence: { path: string } }[] }>(desk!, priorities.facts, {
    caseId,
  });
  const own = items.filter((item) => item.findingId === findingId);
  const { id, reports } = await newest(findingId);
  const evidence = { path: `/api/validations/${id}/reports/${reports[1]!.id}`, sha256: reports[1]!.sha256 };
  expect(own).toEqual([
    { findingId, fact: 'crash-class', value: 'Heap-buffer-overflow', origin: 'shown', evidence },
    { findingId, fact: 'access', value: 'write', origin: 'shown', evidence },
    { findingId, fact: 'access-bytes', value: '16', origin: 'shown', evidence },
    { findingId, fact: 'beyond-region', value: '0 bytes after a region of 5 bytes', origin: 'shown', evidence },
    { findingId, fact: 'security-relevant', value: 'yes', origin: 'shown', evidence },
    {
      ...{ findingId, fact: 'reachable-before-authentication', value: 'yes', origin: 'stated' },
      evidence: { path: `/api/findings/${findingId}`, sha256: null },
    },
  ]);
  expect(await hub.try(finder!, priorities.facts, { caseId })).toMatchObject({ code: 'not_permitted' });
});

test('two findings on one target share its builds: the second builds nothing', async () => {
  builds = [];
  await replayed('over2', 'over');
  const first = builds.length;
  await replayed('over3', 'over');
  expect(builds.length).toBe(first);
});

describe('k of N', () => {
  test('a flaw that shows in some of the runs is flaky, with its rate; a coordinator may say how many are enough', async () => {
    [shows, shaken] = [[0, 2], 0];
    const { findingId, ...seen } = await replayed('shaky');
    const trial = seen.trials.find((t) => t.flake?.quiet === 1)!;
    expect(seen.verdict).toBe('flaky');
    expect(trial).toMatchObject({ flake: { quiet: 1, of: 3 }, counts: { vulnerable: { crashes: 2, of: 3 } } });
    [shows, shaken] = [[0, 1, 3], 0];
    await repeat({ id: findingId, recipes: ['over-1'], runs: 5, needed: 3 });
    await hub.settle(flow);
    const again = await newest(findingId);
    expect(again).toMatchObject({ verdict: 'reproduced', trials: [{ recipeId: 'over-1', flake: { quiet: 2, of: 5 } }] });
    expect(again.because).toContain('3 of 5');
    const envelope = await hub.do<Envelope>(finder!, validations.record, { id: again.id });
    expect(JSON.parse(String(open(envelope, hub.doors.keys.signer('records').publicKey)))).toMatchObject({
      predicate: { runsAsked: 5, runsNeeded: 3 },
    });
  });

  test('within limits, and of recipes there are', async () => {
    const { findingId: id } = await replayed('over1');
    const ask = (input: object) => repeat({ id, ...input });
    expect(await ask({ runs: limits.experimentRuns + 1 })).toMatchObject({ code: 'malformed' });
    expect(await ask({ runs: 2, needed: 3 })).toMatchObject({ code: 'malformed', at: '/needed' });
    expect(await ask({ needed: 4 })).toMatchObject({ code: 'malformed', at: '/needed' });
    expect(await ask({ recipes: ['gone-1'] })).toMatchObject({ code: 'not_found', at: '/recipes' });
    expect(await hub.try(finder!, validations.repeat, { id })).toMatchObject({ code: 'not_permitted' });
    expect(await ask({ runs: limits.experimentRuns, recipes: ['over-2'] })).toMatchObject({ state: 'requested' });
    await hub.settle(flow);
    expect(await newest(id)).toMatchObject({ runs: limits.experimentRuns, trials: [{ recipeId: 'over-2' }] });
  });
});

describe('what could not be told says why, and to the clearinghouse what mends it', () => {
  test.each([
    ['no-input', null, 'over', /Ask the finder/],
    ['no-recipe', 'over1', 'nothing', /Write a recipe/],
    ['source', 'over1', 'gone', /registry/],
    ['build', 'over1', 'broken', /by hand/],
  ] as const)('%s', async (why, input, name, mends) => {
    const seen = await replayed(input, name);
    expect(seen).toMatchObject({ verdict: 'could-not-tell', why, facts: null });
    expect(seen.mends.join()).toMatch(mends);
    expect((await newest(seen.findingId, finder!)).mends).toEqual([]);
  });

  test('both builds crash: the fix is incomplete, and nothing is left to mend', async () => {
    expect(await replayed('both')).toMatchObject({ verdict: 'reproduced-fix-incomplete', why: null, mends: [] });
  });
});
