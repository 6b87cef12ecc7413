import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { limits } from '../../src/base/limits.ts';
import { inToto, seal, signerOf } from '../../src/base/signature.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import { contamination } from '../../src/reviews/suites/contamination/actions.ts';
import { importSummary, summaries } from '../../src/reviews/suites/sealed/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { pretendLab } from '../equipment/pretend-lab.ts';
import { type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, offer } from '../review.ts';

let hub: TestHub;
let endpoint: ScriptedEndpoint;
let [developer, agency, other]: Actor[] = [];
const canary = 'breakwater-canary-5f4dcc3b5aa765d61d8327deb882cf99';

beforeAll(async () => {
  const leaked = Buffer.from([...Buffer.from(`x${canary}`).toString('base64')].join(' '));
  endpoint = await scriptedEndpoint(scriptedSolver((task) => (task.includes('words of leak') ? { submit: leaked } : 'give-up')));
  hub = await openHub({ ...pretendLab({ larch: 'boom' }), models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  other = await hub.join('Other Agency', 'evaluator');
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await endpoint?.close();
});

test('a canary that a model hands in, encoded and split, is an entry of the ledger that nobody can take away', async () => {
  const agreement = await agree(hub, developer!, agency!, other!);
  const model = await offer(hub, developer!, agreement.id, { endpoint: { url: endpoint.url, model: 'borealis-4' } });
  const task = (id: string, said: string, disclosedAt: string) => ({
    ...{ id, recipeId: 'larch', skill: 'reproduce', prompt: `hidden words of ${id}`, disclosedAt, canary: said },
  });
  const tasks = [task('leak', canary, '2026-06-01T00:00:00Z'), task('calm', `${canary}-other-0123456789`, '2025-06-01T00:00:00Z')];
  const budgets = [
    { turns: 8, tokens: 100_000 },
    { turns: 9, tokens: 100_000 },
  ];
  const { suite } = await freeze(hub, agency!, model.id, tasks, { epochs: 1, seeds: [1], budgets });
  await hub.settle(flow);
  const read = async (as: Actor) => hub.try(await hub.again(as), contamination, { id: suite.id, cutoffAt: '2026-01-01T00:00:00Z' });
  const ledger = (await read(agency!)) as { items: { taskId: string; guise: string; seenAt: string }[] };
  expect(ledger).toMatchObject({ tasks: 2, afterCutoff: 1, shareAfterCutoff: 0.5 });
  const places = ledger.items.map(({ taskId, guise, seenAt }) => `${taskId} ${guise} ${seenAt}`);
  expect(places).toContain('leak base64 handed in');
  expect(ledger.items.length).toBeLessThanOrEqual(limits.contaminationPerRun * 2);
  expect(ledger.items.every(({ taskId }) => taskId === 'leak')).toBe(true);
  expect(JSON.stringify(ledger)).not.toContain(canary);
  for (const who of [other!, developer!]) expect(['not_found', 'not_permitted']).toContain(((await read(who)) as { code: string }).code);
  for (const sql of ['delete', 'update'] as const) {
    const change = hub.doors.db.transaction(house.reads, async (tx) => {
      const of = tx.withTables<{ contamination: { task_id: string } }>();
      await (sql === 'delete' ? of.deleteFrom('contamination').execute() : of.updateTable('contamination').set({ task_id: 'x' }).execute());
    });
    await expect(change).rejects.toThrow('stays as it is');
  }
});

test('of a sealed suite come counts that its custodian signed, one way, and no task', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const custodianKey = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const announced = { name: 'Vault', digest: 'e'.repeat(64), custodian: 'Vault Trust', count: 40 };
  const suite = await hub.do<{ id: string }>(await hub.again(agency!), suites.seal, { ...announced, custodianKey });
  expect(suite).toMatchObject({ ...announced, tasks: [] });
  expect(JSON.stringify(suite)).not.toContain('PUBLIC KEY');
  expect(await hub.try(await hub.again(agency!), suites.seal, { ...announced, name: 'Bad', custodianKey: 'x' })).toMatchObject({
    code: 'malformed',
  });
  const outcomes = { solved: 30, 'not-solved': 40, refused: 5, 'infra-error': 3, ungradable: 1, 'suspected-cheat': 1 };
  const counts = { model: 'Borealis 4', budget: null, tasks: 40, runs: 80, outcomes, ranAt: '2026-05-01T00:00:00.000Z' };
  const envelope = (over: object = {}, digest = announced.digest, key = privateKey) => {
    const subject = [{ name: 'Vault', digest: { sha256: digest } }];
    const said = {
      _type: 'https://in-toto.io/Statement/v1',
      subject,
      predicateType: 'urn:breakwater:sealed-summary:1',
      predicate: { ...counts, ...over },
    };
    return seal(signerOf('vault', key), inToto, Buffer.from(JSON.stringify(said)));
  };
  const take = async (given: object, as = agency!) => hub.try(await hub.again(as), importSummary, { id: suite.id, envelope: given });
  expect(await take(envelope({}, 'f'.repeat(64)))).toMatchObject({ code: 'untrusted' });
  expect(await take(envelope({}, announced.digest, generateKeyPairSync('ed25519').privateKey))).toMatchObject({ code: 'untrusted' });
  expect(await take(envelope({ tasks: 41 }))).toMatchObject({ code: 'untrusted' });
  expect(await take(envelope({ runs: 81 }))).toMatchObject({ code: 'malformed' });
  expect(await take(envelope({ perTask: [{ id: 'secret', solved: true }] }))).toMatchObject({ code: 'malformed' });
  expect(await take(envelope(), other!)).toMatchObject({ code: 'not_found' });
  expect(await take(envelope())).toMatchObject({ runs: 80, outcomes, shareAsCounted: { low: 30 / 80, high: 40 / 80 } });
  expect(await take(envelope())).toMatchObject({ code: 'conflict' });
  for (let n = 1; n < limits.sealedSummaries; n++) expect(await take(envelope({ model: `m${n}` }))).toHaveProperty('id');
  expect(await take(envelope({ model: 'one more' }))).toMatchObject({ code: 'too_many' });
  const { items } = await hub.do<{ items: object[] }>(await hub.again(agency!), summaries, { id: suite.id });
  expect(items).toHaveLength(limits.sealedSummaries);
  const keyless = await hub.do<{ id: string }>(await hub.again(agency!), suites.seal, { ...announced, name: 'Keyless' });
  expect(await hub.try(await hub.again(agency!), importSummary, { id: keyless.id, envelope: envelope() })).toMatchObject({
    code: 'wrong_state',
  });
});
