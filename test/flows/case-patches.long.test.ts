import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labourOnce } from '../../src/app/worker.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import {
  beginPatchCheck,
  concludePatchCheck,
  getPatch,
  patchCheck,
  patchProgress,
  sayPatchProgress,
  submitPatch,
} from '../../src/clearinghouse/cases/patches/actions.ts';
import type { CheckSpec } from '../../src/clearinghouse/cases/patches/labour.ts';
import { insertPatch, patchesOf } from '../../src/clearinghouse/cases/patches/store.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { loopPatch, loopReport } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

let stage: Stage;
let maintainer: Actor;
beforeAll(async () => {
  stage = await openStage();
  maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
});
afterAll(() => stage.hub.close());

const submit = (patch: string, as = maintainer, more: object = {}) => {
  stage.hub.clock.advance(1000);
  return stage.hub.try(as, submitPatch, { id: stage.caseId, patch, ...more }) as Promise<{ id: string }>;
};
const view = (as: Actor) => stage.hub.do<CaseOut>(as, cases.get, { id: stage.caseId });
const judged = async (patch: string) => {
  const { id } = await submit(patch);
  await stage.hub.settle(upToCases);
  return (await view(maintainer)).patches!.find((p) => p.id === id);
};

describe('a patch is judged by what our own runs show', () => {
  test.each([
    ['incomplete', 'incomplete', /1 of 1 PoCs still trip/],
    ['breaking', 'breaks-tests', /it says hello/],
    ['__asan_default_options', 'could-not-tell', /speaks to the sanitizer/],
  ])('%s → %s', async (word, verdict, because) => {
    const patch = await judged(loopPatch(word));
    expect(patch).toMatchObject({ state: 'judged', verdict });
    expect(patch!.because).toMatch(because);
    expect(await view(maintainer)).toMatchObject({ artefact: null, vfdpxa: 'Vfdpxa' });
  });

  test('one that touches what it must not is not verified', async () => {
    expect(await judged(loopPatch('good', 'test/hello.js'))).toMatchObject({
      verdict: 'could-not-tell',
      because: 'test/hello.js must not be changed by a patch',
    });
  });

  test('a good one is verified, becomes the artefact and makes the fix ready', async () => {
    const patch = await judged(loopPatch('good'));
    expect(patch).toMatchObject({ verdict: 'verified', answerableId: maintainer.id });
    expect(await view(maintainer)).toMatchObject({ artefact: { sha256: patch!.sha256 }, vfdpxa: 'VFdpxa' });
  });

  test('another PoC of the group sends it back to be checked again', async () => {
    const second = await stage.hub.join('South Lab', 'finder');
    await stage.hub.do(second, findings.submit, loopReport('deeper', 'loop deep'));
    await stage.hub.settle(upToCases);
    const { patches, artefact } = await view(maintainer);
    expect(patches!.at(-1)).toMatchObject({ state: 'judged', verdict: 'incomplete', because: '1 of 2 PoCs still trip the patched build' });
    expect(artefact).toBeNull();
  });
});

describe('who', () => {
  test('hands in patches: a maintainer who is read in, by name', async () => {
    expect(await submit(loopPatch('good'), stage.finder)).toMatchObject({ code: 'not_permitted' });
    const outside = await stage.hub.join('Elsewhere', 'maintainer');
    expect(await submit(loopPatch('good'), outside)).toMatchObject({ code: 'not_found', because: 'no such thing' });
    const staging = await stage.enter(await stage.hub.join('Staging', 'maintainer'), 2);
    expect(await submit(loopPatch('good'), staging)).toMatchObject({ code: 'not_permitted' });
    expect(await submit(loopPatch('good'), { ...maintainer, kind: 'agent' })).toMatchObject({ code: 'not_permitted' });
  });

  test('reads them: tiers 0 to 2', async () => {
    const patchId = (await view(maintainer)).patches![0]!.id;
    const read = (as: Actor, id = stage.caseId) => stage.hub.try(as, getPatch, { id, patchId });
    const [second, third] = [
      await stage.enter(await stage.hub.join('Two', 'operator'), 2),
      await stage.enter(await stage.hub.join('Three', 'operator'), 3),
    ];
    const shown = (await read(second)) as { data: string; isMarked: boolean };
    const [copy, ...patch] = Buffer.from(shown.data, 'base64').toString().split('\n');
    expect([shown.isMarked, copy]).toEqual([true, expect.stringMatching(/^Breakwater-Copy: [0-9a-f]{16}$/)]);
    expect(Buffer.from(patch.join('\n')).toString('base64')).toBe(loopPatch('incomplete'));
    expect(await read(third)).toMatchObject({ code: 'not_found', because: 'no such thing' });
  });
});

const pieceOf = (subject: string, word: string, from = 'loop') =>
  Buffer.from(
    `From ${'a'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: Ann <ann@up.example>\nSubject: ${subject}\n\nSECRET-WHY\n---\n${Buffer.from(
      loopPatch(word),
      'base64',
    )
      .toString()
      .replace('-loop', `-${from}`)}-- \n2.39\n`,
  ).toString('base64');
const push = (series: string[], more: object = {}, as = maintainer) => {
  stage.hub.clock.advance(1000);
  return stage.hub.try(as, submitPatch, { id: stage.caseId, series, ...more }) as Promise<{ id: string }>;
};

describe('a series', () => {
  const branch = 'stable';
  test('names the patch that mends it; tier 2 sees that it holds, and nothing of why', async () => {
    const series = [pieceOf('[PATCH 1/3] tidy', 'incomplete'), pieceOf('[PATCH 2/3] mend', 'good'), pieceOf('[PATCH 3/3] more', 'good')];
    const { id } = await push(series, { branch });
    await stage.hub.settle(upToCases);
    const shown = (await view(maintainer)).patches!.find((p) => p.id === id)!;
    expect(shown).toMatchObject({ branch, steps: [{ outcome: 'trips' }, { outcome: 'trips' }, { outcome: 'trips' }], stopsAt: null });
    expect(shown.series.map((s) => [s.author, s.subject])).toEqual([
      ['Ann <ann@up.example>', 'tidy'],
      ['Ann <ann@up.example>', 'mend'],
      ['Ann <ann@up.example>', 'more'],
    ]);
    const two = await stage.enter(await stage.hub.join('Timing', 'operator'), 2);
    const seen = (await view(two)).patches!.find((p) => p.id === id)!;
    expect(seen).toMatchObject({ passed: false, series: [{ passed: false }, {}, {}] });
    expect(Object.keys(seen)).not.toContain('verdict');
    expect(JSON.stringify(seen)).not.toMatch(/SECRET|PoC|trip/);
    expect(await stage.hub.do(two, patchProgress, { id: stage.caseId, patchId: id })).toEqual({ state: 'judged', progress: null });
    const three = await stage.enter(await stage.hub.join('Go-live', 'operator'), 3);
    expect(await stage.hub.try(three, patchProgress, { id: stage.caseId, patchId: id })).toMatchObject({ code: 'not_found' });
  });

  test('is superseded by the next push to its branch: what waits is not tried, what held is not what goes live', async () => {
    const [first, other] = [await push([pieceOf('a', 'good')], { branch }), await push([pieceOf('b', 'good')], { branch: 'else' })];
    const { id } = await push([pieceOf('c', 'incomplete')], { branch });
    const now = (await view(maintainer)).patches!;
    expect(now.find((p) => p.id === first.id)).toMatchObject({ state: 'superseded', supersededById: id });
    expect(now.find((p) => p.id === other.id)).toMatchObject({ state: 'submitted', supersededById: null });
    expect(await stage.hub.try(house, beginPatchCheck, { id: first.id })).toMatchObject({ code: 'wrong_state' });
    expect(await stage.hub.try(house, sayPatchProgress, { id: first.id })).toMatchObject({ code: 'wrong_state' });
    await stage.hub.do(house, sayPatchProgress, { id, step: { step: 'run', of: 'fixed poc 1' } });
    expect(await stage.hub.do(maintainer, patchProgress, { id: stage.caseId, patchId: id })).toMatchObject({
      progress: { of: 'fixed poc 1' },
    });
    await labourOnce(stage.hub.doors, patchCheck, id);
    await labourOnce(stage.hub.doors, patchCheck, other.id);
  });

  test('that is none, or tells of another order, is not taken', async () => {
    expect(await push([pieceOf('[PATCH 2/2] b', 'good'), pieceOf('[PATCH 1/2] a', 'good')])).toMatchObject({ code: 'malformed' });
    expect(await push([Buffer.from('no patch').toString('base64')])).toMatchObject({ code: 'malformed' });
    const piece = pieceOf('a', 'good');
    const own = (n: number) => ({ tests: Array(n).fill({ name: 'own', argv: ['true'] }), branch: 'own' });
    expect(await push([piece], own(limits.ownTestsPerSeries + 1))).toMatchObject({ code: 'malformed' });
    const words = (of: number, chars = 1) => ({ tests: [{ name: 'own', argv: Array(of).fill('x'.repeat(chars)) }], branch: 'own' });
    for (const tooMuch of [words(limits.ownTestWords + 1), words(1, limits.ownTestWordChars + 1)])
      expect(await push([piece], tooMuch)).toMatchObject({ code: 'malformed' });
    for (const most of [words(limits.ownTestWords), words(1, limits.ownTestWordChars)])
      expect(await push([piece], most)).toHaveProperty('id');
    const { id } = await push([piece], own(limits.ownTestsPerSeries));
    await labourOnce(stage.hub.doors, patchCheck, id);
  });
});

test('a worker killed in between is followed by another; nobody concludes twice, nor with what is not of this patch', async () => {
  const [{ id }, { id: otherId }] = [
    await submit(loopPatch('incomplete ')),
    await submit(loopPatch('good '), maintainer, { branch: 'other' }),
  ];
  const begin = (patchId: string) => stage.hub.do<CheckSpec>(house, beginPatchCheck, { id: patchId });
  const [first, second, other] = [await begin(id), await begin(id), await begin(otherId)];
  expect(second.plan).toEqual(first.plan);
  const foreign = await patchCheck.work(other, stage.hub.doors);
  expect(await stage.hub.try(house, concludePatchCheck, { id, evidence: foreign })).toMatchObject({ code: 'stale' });
  const evidence = await patchCheck.work(second, stage.hub.doors);
  const forged = { plan: (evidence as { plan: string }).plan, seen: (foreign as { seen: unknown }).seen };
  expect(
    await stage.hub.do(house, concludePatchCheck, {
      id: otherId,
      evidence: { ...forged, plan: (foreign as { plan: string }).plan, seen: { pocs: [] } },
    }),
  ).toMatchObject({
    verdict: 'could-not-tell',
  });
  expect(await stage.hub.do(house, concludePatchCheck, { id, evidence })).toMatchObject({ verdict: 'incomplete' });
  expect(await stage.hub.try(house, concludePatchCheck, { id, evidence })).toMatchObject({ code: 'wrong_state' });
  expect(await stage.hub.try(house, beginPatchCheck, { id })).toMatchObject({ code: 'wrong_state' });
});

test(`at most ${limits.patchBytes} bytes, and ${limits.patchesPerCase} patches a case`, async () => {
  const of = (bytes: number) => Buffer.alloc(bytes, 'x').toString('base64');
  expect(await submit(of(limits.patchBytes + 1))).toMatchObject({ code: 'malformed', at: '/patch' });
  expect(await submit('')).toMatchObject({ code: 'malformed' });
  await stage.hub.doors.db.transaction(house.reads, async (tx) => {
    const all = await patchesOf(tx, stage.caseId);
    for (let n = all.length; n < limits.patchesPerCase - 1; n++) await insertPatch(tx, { ...all[0]!, id: `pat_${n}` });
  });
  const largest = Buffer.concat([Buffer.from(loopPatch('good'), 'base64'), Buffer.alloc(limits.patchBytes)]).subarray(0, limits.patchBytes);
  expect(await submit(largest.toString('base64'))).toMatchObject({ state: 'submitted' });
  expect(await submit(loopPatch('good'))).toMatchObject({ code: 'too_many' });
});
