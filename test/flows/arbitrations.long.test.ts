import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import type { BoxSpec, Recipes, Sources, TreeId } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { crash, type DuplicatesStage, elsewhere, openDuplicates, type Shown } from './duplicates-stage.ts';

interface Paired {
  readonly history: readonly {
    readonly decision: string;
    readonly decidedBy: string;
    readonly reasons: string[];
    readonly regroupingId: string | null;
  }[];
  readonly a: { readonly vulnerabilityId: string | null };
  readonly b: { readonly vulnerabilityId: string | null };
}

describe('what a matrix says of a pair', () => {
  let stage: DuplicatesStage;
  beforeAll(async () => {
    stage = await openDuplicates();
  });
  afterAll(() => stage.hub.close());
  const matrixId = () => makeId('mtx', epochMs(stage.hub.clock.now()), stage.hub.doors.chance(10));
  const arbitrate = (aId: string, bId: string, decision: string, because = 'the fixes say so') =>
    stage.hub.do<{ regroupingId: string | null; vulnerabilityIds: string[] }>(house, duplicates.arbitrate, {
      ...{ aId, bId, decision, because },
      matrixId: matrixId(),
    });
  const paired = (aId: string, bId: string) => stage.hub.do<Paired>(stage.desk, duplicates.pair, { aId, bId });
  const two = async (name: string, second = elsewhere) => {
    const { north, south, replayed } = stage;
    return [await replayed(north, name, crash, 'r1'), await replayed(south, name, second, 'r1')] as const;
  };

  test('outranks what frames said, one way and the other, and a new comparison leaves it so', async () => {
    const [a, b] = await two('apart');
    expect(a.vulnerability).not.toBe(b.vulnerability);
    expect(await arbitrate(b.id, a.id, 'same')).toMatchObject({ vulnerabilityIds: [a.vulnerability] });
    await stage.compare(b.id);
    const { history } = await paired(a.id, b.id);
    expect(history[0]).toMatchObject({
      decision: 'same',
      decidedBy: 'house',
      reasons: [expect.stringMatching(/^the fixes say so \(mtx_/)],
    });
    const [c, d] = await two('together', crash);
    expect(c.vulnerability).toBe(d.vulnerability);
    expect((await arbitrate(c.id, d.id, 'distinct')).vulnerabilityIds).toHaveLength(2);
    // Later fixes may show more than the first did.
    expect((await arbitrate(c.id, d.id, 'same')).vulnerabilityIds).toHaveLength(1);
  });

  test('is taken back by a person like any act, and credit stays', async () => {
    const [a, b] = await two('undone');
    const { regroupingId } = await arbitrate(a.id, b.id, 'same');
    await stage.hub.do(stage.desk, duplicates.undo, { id: regroupingId, because: 'the tests missed something' });
    const pair = await paired(a.id, b.id);
    expect([pair.a.vulnerabilityId, pair.b.vulnerabilityId]).toEqual([a.vulnerability, b.vulnerability]);
  });

  test('does not outrank a person', async () => {
    const [a, b] = await two('person');
    const because = 'I looked';
    await stage.hub.do(stage.desk, duplicates.decide, { aId: a.id, bId: b.id, decision: 'distinct', because });
    expect(await arbitrate(a.id, b.id, 'same')).toEqual({ regroupingId: null, vulnerabilityIds: [] });
    expect((await paired(a.id, b.id)).history[0]).toMatchObject({ decision: 'distinct', reasons: [because] });
  });

  test('where it could not be told, a person is shown why', async () => {
    const [a, b] = await two('unsure');
    expect(await arbitrate(a.id, b.id, 'unsure', 'one fix contains the other')).toMatchObject({ regroupingId: null });
    const { history } = await paired(a.id, b.id);
    expect(history[0]!.decision).toBe('unsure');
    expect(history[0]!.reasons.at(-1)).toMatch(/^one fix contains the other/);
    const { items } = await stage.hub.do<{ items: { aId: string }[] }>(stage.desk, duplicates.undecided, {});
    expect(items.map((c) => c.aId)).toContain(a.id);
  });

  test('where a person took a word back, what rules again is what a person is shown beside it', async () => {
    const [a, b] = await two('taken-back');
    const decided = { aId: a.id, bId: b.id, decision: 'same', because: 'I looked' };
    const { regroupingId } = await stage.hub.do<{ regroupingId: string }>(stage.desk, duplicates.decide, decided);
    await stage.hub.do(stage.desk, duplicates.undo, { id: regroupingId, because: 'too soon' });
    await arbitrate(a.id, b.id, 'unsure', 'no fix told');
    const { history } = await paired(a.id, b.id);
    expect(history[0]).toMatchObject({ decision: 'unsure', decidedBy: 'house', regroupingId: null });
    expect(history[0]!.reasons).toEqual(['another crash state', 'one fix stops both', expect.stringMatching(/^no fix told/)]);
  });

  test('puts nothing together by the way that a person held apart: that is for a person', async () => {
    const [a, b] = await two('vetoed');
    const c = await stage.replayed(stage.south, 'vetoed', elsewhere, 'r1');
    expect(c.vulnerability).toBe(b.vulnerability);
    await stage.hub.do(stage.desk, duplicates.decide, { aId: a.id, bId: c.id, decision: 'distinct', because: 'I looked' });
    expect(await arbitrate(a.id, b.id, 'same')).toMatchObject({ regroupingId: null });
    const pair = await paired(a.id, b.id);
    expect(pair.a.vulnerabilityId).not.toBe(pair.b.vulnerabilityId);
    expect(pair.history[0]!.reasons.slice(-2)).toEqual([
      expect.stringMatching(/^the fixes say same: the fixes say so/),
      expect.stringContaining('a person decided'),
    ]);
  });

  test('finders and coordinators do not arbitrate', async () => {
    const [a, b] = await two('who');
    const input = { aId: a.id, bId: b.id, decision: 'same', because: 'x', matrixId: matrixId() };
    expect(await stage.hub.try(stage.north, duplicates.arbitrate, input)).toMatchObject({ code: 'not_permitted' });
    expect(duplicates.arbitrate.internal).toBe(true);
  });
});

/** A target with flaws that end at several places: an input `flaw1 parse` ends in `parse` until a patch mends `flaw1`. */
const recipe = `
id: flawed
title: many flaws
target: { ecosystem: npm, purl: pkg:npm/flawed }
vulnerability: { id: none, weaknesses: [CWE-125] }
variants: { vulnerable: { kind: npm, package: flawed, version: 1.0.0 } }
run: { argv: [/src/flawed, '{poc}'] }
oracle: { kind: sanitizer }
control: control.txt
tests: [{ name: it works, argv: [/src/flawed, --works], stdout: works }]
`;
const recipes: Recipes = {
  all: () => [{ id: 'flawed', text: recipe, files: { 'control.txt': Buffer.from('fine') } }],
  observers: () => ({}),
};
const treeOf = (words: string): TreeId => `tree_${Buffer.from(words).toString('hex').padEnd(64, '0').slice(0, 64)}`;
const sources: Sources = {
  fetch: async () => ({ tree: treeOf(''), archives: [] }),
  history: async () => [],
  read: async () => Buffer.from(''),
};
const textAt = (spec: BoxSpec, at: string) => Buffer.from(spec.files.find((f) => f.at === at)?.bytes ?? []).toString();
const report = (place: string) =>
  `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2 bp 0x3 sp 0x4\nREAD of size 1 at 0x1 thread T0\n    #0 0x2 in ${place}_value /src/x.c:1:1\n    #1 0x3 in ${place}_all /src/x.c:2:1\n`;
const box = rehearsedBox((spec) => {
  const words = Buffer.from(spec.trees[0]!.tree.slice(5), 'hex').toString();
  if (spec.argv[0] === 'patch') return { ...uneventful, kept: treeOf(/^\+([^+].*)$/m.exec(textAt(spec, '/input/patch'))![1]!) };
  if (spec.argv[1] === '--works') return { ...uneventful, stdout: Buffer.from(words.includes('off') ? '' : 'works') };
  const [flaw, place] = textAt(spec, '/input/poc').split(' ');
  if (!place || words.includes('off') || words.includes(flaw!)) return uneventful;
  return { ...uneventful, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(report(place)) }] };
});

describe('by itself, from two reports to one vulnerability or two', () => {
  let hub: TestHub;
  let [north, south, desk]: Actor[] = [];
  beforeAll(async () => {
    hub = await openHub({ box, sources, recipes });
    north = await hub.join('North Lab', 'finder');
    south = await hub.join('South Lab', 'finder');
    desk = await hub.join('Clearinghouse', 'coordinator');
  });
  afterAll(() => hub.close());

  async function submit(as: Actor, title: string, poc: string, mended: string): Promise<string> {
    const file = (filename: string, type: string, text: string) => {
      return { filename, contentType: 'text/plain', type, data: Buffer.from(text).toString('base64') };
    };
    const attachments = [
      file('poc.txt', 'exploit-proof-of-concept', poc),
      file('fix.patch', 'patch', `--- a/${title}.js\n+++ b/${title}.js\n@@ -1 +1 @@\n-${title}\n+${mended}\n`),
    ];
    const given = { title, text: `${title} of its own`, purl: 'pkg:npm/flawed@1.0.0', versions: ['1.0.0'], attachments };
    const { id } = await hub.do<{ id: string }>(as, findings.submit, given);
    hub.clock.advance(1000);
    await hub.settle(flow);
    return id;
  }
  const vulnerabilities = async () =>
    (await hub.do<{ items: Shown[] }>(desk!, duplicates.list, {})).items.filter((v) => v.state === 'open');

  test('one flaw seen at two places is one vulnerability; another flaw at a third place, and one behind a switched-off feature, are not', async () => {
    const a = await submit(north!, 'alpha', 'flaw1 parse', 'mends flaw1');
    const b = await submit(south!, 'beta', 'flaw1 print', 'flaw1 mended');
    expect((await vulnerabilities()).map((v) => v.findingIds)).toEqual([[a, b]]);
    const { history } = await hub.do<Paired>(desk!, duplicates.pair, { aId: a, bId: b });
    expect(history.slice(0, 2).map((c) => [c.decision, c.decidedBy])).toEqual([
      ['same', 'house'],
      ['unsure', 'house'],
    ]);
    expect(history[0]!.reasons[0]).toMatch(/^patch [0-9a-f]{12}, patch [0-9a-f]{12} stops both \(mtx_/);
    const c = await submit(south!, 'gamma', 'flaw2 read', 'mends flaw2');
    const d = await submit(south!, 'delta', 'flaw3 write', 'switched off');
    expect((await vulnerabilities()).map((v) => v.findingIds)).toEqual([[a, b], [c], [d]]);
    const said = async (x: string, y: string) => (await hub.do<Paired>(desk!, duplicates.pair, { aId: x, bId: y })).history[0]!;
    expect(await said(a, c)).toMatchObject({ decision: 'distinct', reasons: [expect.stringContaining(`stops only ${c}`)] });
    // Delta's patch silences gamma as well; gamma's own does not touch delta.
    expect(await said(c, d)).toMatchObject({
      decision: 'distinct',
      reasons: [expect.stringMatching(/^patch [0-9a-f]{12} stops only fnd_/)],
    });
  });
});
