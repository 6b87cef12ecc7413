import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { beginPatchCheck, concludePatchCheck, getPatch, patchCheck, submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
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

const submit = (patch: string, as = maintainer) => {
  stage.hub.clock.advance(1000);
  return stage.hub.try(as, submitPatch, { id: stage.caseId, patch }) as Promise<{ id: string }>;
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
    expect(await read(second)).toMatchObject({ data: loopPatch('incomplete') });
    expect(await read(third)).toMatchObject({ code: 'not_found', because: 'no such thing' });
  });
});

test('a worker killed in between is followed by another; nobody concludes twice, nor with what is not of this patch', async () => {
  const [{ id }, { id: otherId }] = [await submit(loopPatch('incomplete ')), await submit(loopPatch('good '))];
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
  expect(await submit(of(limits.patchBytes))).toMatchObject({ state: 'submitted' });
  expect(await submit(loopPatch('good'))).toMatchObject({ code: 'too_many' });
});
