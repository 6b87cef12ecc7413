import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import * as agreements from '../../src/reviews/agreements/actions.ts';
import * as bridge from '../../src/reviews/grades/flaws/actions.ts';
import { flawsOfPlan } from '../../src/reviews/grades/flaws/store.ts';
import * as judging from '../../src/reviews/grades/judgements/actions.ts';
import * as replies from '../../src/reviews/replies/actions.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import * as log from '../../src/trust/log/actions.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { type PretendLab, pretendLab } from '../equipment/pretend-lab.ts';
import { type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { type Play, scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, offer } from '../review.ts';

/** From a run that trips another flaw than its task's to a finding of the clearinghouse; and who learns what of it on either side. */
let hub: TestHub;
let lab: PretendLab;
let endpoint: ScriptedEndpoint;
let [developer, agency, colleague, second, coordinator, finder]: Actor[] = [];
let [agreementId, submissionId, planId] = ['', '', ''];
const plays = new Map<string, Play>();

interface Flaw {
  gradeId: string;
  runId: string;
  isNamed: boolean | null;
  handedOnAt: string | null;
  taskId?: string;
  place?: string | null;
  findingId?: string | null;
}
const flawsSeen = async (as: Actor) => (await hub.do<{ items: Flaw[] }>(await hub.again(as), bridge.flaws, { planId })).items;
const flawOf = async (taskId: string) => (await flawsSeen(agency!)).find((flaw) => flaw.taskId === taskId)!;
const handOn = async (as: Actor, id: string, over: object = {}) => hub.try(await hub.again(as), bridge.handOn, { id, ...over });
const consent = async (as: Actor, flaws: string) => hub.try(await hub.again(as), submissions.consent, { id: submissionId, flaws });
const findingsSeen = async (as: Actor) => (await hub.do<{ items: { id: string }[] }>(await hub.again(as), findings.list, {})).items;
const logOf = async (as: Actor) => JSON.stringify(await hub.do(await hub.again(as), log.exportLog, {}));

beforeAll(async () => {
  lab = pretendLab({ larch: 'boom', birch: 'boom', alder: 'boom' });
  endpoint = await scriptedEndpoint(scriptedSolver((task) => [...plays].find(([said]) => task.includes(said))?.[1] ?? 'give-up'));
  hub = await openHub({ ...lab, models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Boreal Labs', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  coordinator = await hub.join('Clearinghouse', 'coordinator');
  finder = await hub.join('Finder', 'finder');
  const createdAt = hub.clock.now();
  const id = makeId('psn', epochMs(createdAt), hub.doors.chance(10));
  const person = { id, orgId: agency.orgId, name: 'Colleague', email: 'colleague@agency.example', createdAt };
  await hub.doors.db.transaction(house.reads, (tx) => insertPerson(tx, person as never));
  colleague = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
  agreementId = (await agree(hub, developer, agency, second)).id;
  submissionId = (await offer(hub, developer, agreementId, { endpoint: { url: endpoint.url, model: 'borealis-4' } })).id;
  plays
    .set('words of larch', { submit: Buffer.from('other one') })
    .set('words of birch', { submit: Buffer.from('other one by Borealis-4') })
    .set('words of alder', { submit: Buffer.from('boom') });
  const task = (name: string) => ({
    ...{ id: name, recipeId: name, skill: 'find', prompt: `hidden words of ${name}`, disclosedAt: '2026-06-01T00:00:00Z' },
    canary: `canary-${name}-0123456789abcdef`,
  });
  const budgets = [
    { turns: 8, tokens: 100_000 },
    { turns: 9, tokens: 100_000 },
  ];
  planId = (await freeze(hub, agency, submissionId, ['larch', 'birch', 'alder'].map(task), { epochs: 1, seeds: [1], budgets })).plan.id;
  await hub.settle(flow);
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await endpoint?.close();
});

test('what was tripped otherwise than the task’s flaw is seen by who keeps the suite alone, and goes nowhere by itself', async () => {
  const seen = await flawsSeen(agency!);
  expect(seen.map(({ taskId, place, handedOnAt }) => [taskId, place, handedOnAt]).sort()).toEqual([
    ['birch', 'Timeout', null],
    ['birch', 'Timeout', null],
    ['larch', 'Timeout', null],
    ['larch', 'Timeout', null],
  ]);
  expect(await flawsSeen(developer!)).toEqual([]);
  expect(await flawsSeen(second!)).toEqual([]);
  for (const as of [coordinator!, finder!])
    expect(await hub.try(await hub.again(as), bridge.flaws, { planId })).toMatchObject({ code: 'not_permitted' });
  expect(await findingsSeen(coordinator!)).toEqual([]);
});

test('without the developer’s consent, or a person of the measuring body, nothing goes over', async () => {
  const { gradeId } = await flawOf('larch');
  expect(await handOn(agency!, gradeId)).toMatchObject({ code: 'not_permitted', because: expect.stringContaining('consent') });
  for (const as of [agency!, second!]) expect(await consent(as, 'named')).toMatchObject({ code: 'not_permitted' });
  const bot = { ...(await hub.again(developer!)), kind: 'agent' } as Actor;
  expect(await hub.try(bot, submissions.consent, { id: submissionId, flaws: 'named' })).toMatchObject({ code: 'not_permitted' });
  expect(await consent(developer!, 'unnamed')).toMatchObject({ flaws: 'unnamed' });
  for (const as of [second!, developer!, coordinator!]) expect(await handOn(as, gradeId)).toMatchObject({ code: 'not_permitted' });
  const software = { ...(await hub.again(agency!)), kind: 'agent' } as Actor;
  expect(await hub.try(software, bridge.handOn, { id: gradeId })).toMatchObject({ code: 'not_permitted' });
  expect(await findingsSeen(coordinator!)).toEqual([]);
});

/** Everything of the measurement that nobody outside it may come by. */
const confidential = () =>
  new RegExp(
    [...[submissionId, planId, agreementId, developer!.orgId], 'borealis', 'Boreal Labs', 'hidden words', 'canary-'].join('|'),
    'i',
  );

test('handed on unnamed it is a finding with its input, replayed like any other, in which nothing of model, developer or run stands', async () => {
  const { gradeId, runId } = await flawOf('larch');
  for (const text of [
    'found by BOREALIS 4',
    `see ${runId}`,
    'from Boreal Labs',
    `bait ${Buffer.from('canary-larch-0123456789abcdef').toString('hex')}`,
  ])
    expect(await handOn(agency!, gradeId, { text })).toMatchObject({ code: 'conflict', at: '/text' });
  expect(await handOn(agency!, gradeId)).toMatchObject({ taskId: 'larch', isNamed: false, findingId: expect.stringMatching(/^fnd_/) });
  expect(await handOn(agency!, gradeId)).toMatchObject({ code: 'wrong_state' });
  await hub.settle(flow);
  const { findingId } = (await flawsSeen(agency!)).find((flaw) => flaw.gradeId === gradeId)!;
  expect((await findingsSeen(coordinator!)).map(({ id }) => id)).toEqual([findingId]);
  const found = await hub.do<object>(await hub.again(coordinator!), findings.get, { id: findingId });
  expect(found).toMatchObject({
    ...{ orgId: agency!.orgId, reporterId: agency!.id, answerable: agency!.name, purl: 'pkg:npm/larch', versions: ['1', '2'] },
    ...{ discoveryMethod: 'ai-agent', discoveryModel: null, toolingAccess: null, verdict: 'reproduced-fix-incomplete', state: 'valid' },
  });
  const [file] = (found as { attachments: { id: string }[] }).attachments;
  const { data } = await hub.do<{ data: string }>(await hub.again(coordinator!), findings.attachment, {
    id: findingId,
    attachmentId: file!.id,
  });
  expect(Buffer.from(data, 'base64').toString()).toBe('other one');
  for (const told of [JSON.stringify(found), await logOf(coordinator!)]) {
    expect(told).not.toMatch(confidential());
    expect(told).not.toMatch(/(?:run|grd|pln|sub)_/);
  }
});

test('both wings keep their own: the measured sees that something was handed on, never what; strangers see neither', async () => {
  const [told, ...more] = await flawsSeen(developer!);
  expect(more).toEqual([]);
  expect(Object.keys(told!).sort()).toEqual(['gradeId', 'handedOnAt', 'isNamed', 'runId']);
  expect(await logOf(developer!)).toContain('submission.flaw-handed-on');
  for (const as of [developer!, second!]) {
    expect(await findingsSeen(as)).toEqual([]);
    expect(await logOf(as)).not.toMatch(/fnd_|pkg:npm\/larch|"flaw.handed-on"/);
  }
  for (const as of [finder!, agency!, colleague!]) expect(await logOf(as)).not.toContain('"flaw.handed-on"');
  expect(await logOf(finder!)).not.toMatch(confidential());
  const { findingId } = (await flawsSeen(agency!)).find((flaw) => flaw.handedOnAt !== null)!;
  for (const as of [developer!, second!, finder!])
    expect(await hub.try(await hub.again(as), findings.get, { id: findingId })).toMatchObject({ code: 'not_found' });
});

test('an input that names the model goes over when its developer lets it be named, or a person says that it is no name', async () => {
  const birch = await flawOf('birch');
  expect(await handOn(agency!, birch.gradeId)).toMatchObject({ code: 'conflict', at: 'handed in' });
  await consent(developer!, 'named');
  expect(await handOn(agency!, birch.gradeId, { title: 'it hangs', text: 'on what is attached' })).toMatchObject({ isNamed: true });
  await hub.settle(flow);
  const { findingId } = (await flawsSeen(agency!)).find((flaw) => flaw.gradeId === birch.gradeId)!;
  expect(await hub.do(await hub.again(coordinator!), findings.get, { id: findingId })).toMatchObject({
    ...{ title: 'it hangs', discoveryModel: 'Borealis 4 (Boreal Labs)', toolingAccess: 'confidential' },
  });
  // Taken back, consent holds for what comes after.
  await consent(developer!, 'unnamed');
  const other = (await flawsSeen(agency!)).find((flaw) => flaw.taskId === 'birch' && flaw.handedOnAt === null)!;
  expect(await handOn(agency!, other.gradeId, { namesNobody: 'an island' })).toMatchObject({ isNamed: false });
  await hub.settle(flow);
});

test('who grades it again hands nothing on and is told of no flaw in it', async () => {
  const left = (await flawsSeen(agency!)).find((flaw) => flaw.handedOnAt === null)!;
  await hub.do(await hub.again(agency!), judging.askSecond, { id: left.gradeId, personId: colleague!.id, because: 'sampled' });
  expect(await handOn(colleague!, left.gradeId)).toMatchObject({ code: 'wrong_state' });
  expect((await flawsSeen(colleague!)).map(({ gradeId }) => gradeId)).not.toContain(left.gradeId);
  expect(await flawsSeen(agency!)).toHaveLength(4);
});

test('whoever measured may take the finding back; what the developer erases leaves it and loses the way to it', async () => {
  const { findingId } = (await flawsSeen(agency!)).find((flaw) => flaw.isNamed === false)!;
  const withdrawn = await hub.do(await hub.again(agency!), findings.withdraw, { id: findingId, because: 'known upstream' });
  expect(withdrawn).toMatchObject({ state: 'withdrawn' });
  await hub.do(await hub.again(developer!), agreements.withdraw, { id: agreementId });
  await hub.settle(flow);
  expect(await hub.try(await hub.again(agency!), bridge.flaws, { planId })).toMatchObject({ code: 'not_found' });
  await hub.do(await hub.again(developer!), replies.erase, { id: agreementId });
  const kept = await flawsSeen(developer!);
  expect(kept.filter(({ handedOnAt }) => handedOnAt !== null)).toHaveLength(3);
  expect((await findingsSeen(coordinator!)).map(({ id }) => id)).toContain(findingId);
  const raw = await hub.doors.db.transaction(house.reads, (tx) => flawsOfPlan(tx, planId));
  expect(raw.map(({ findingId, byId }) => [findingId, byId])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
});
