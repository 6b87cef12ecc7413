import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { followOnce, labourOnce } from '../../src/app/worker.ts';
import { sha256 } from '../../src/base/canonical.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as minimisations from '../../src/clearinghouse/validations/minimisations/actions.ts';
import type { MinimiseSpec } from '../../src/clearinghouse/validations/minimisations/labour.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

let hub: TestHub;
let [finder, stranger, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  finder = await hub.join('North Lab', 'finder');
  stranger = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());
// What a test did by hand is not done again.
afterEach(async () => {
  while ((await followOnce(hub.doors, flow, async () => {})) > 0);
});

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly sha256: string | null;
  readonly because: string | null;
}
async function replayed(poc: string): Promise<string> {
  hub.clock.advance(1000);
  const { id } = await hub.do<{ id: string }>(finder!, findings.submit, loopReport(`of ${poc.length}`, poc));
  await hub.settle(flow);
  return id;
}
const ask = (id: string, as = desk!) => hub.try(as, minimisations.request, { id }) as Promise<Shown & { code?: string }>;

test('a smaller input with the same crash is kept beside the one that was handed in', async () => {
  const poc = `${'a line that does nothing\n'.repeat(40)}here it will loop for ever\n${'and more\n'.repeat(20)}`;
  const findingId = await replayed(poc);
  const before = await hub.do<{ attachments: object[]; contentDigest: string }>(finder!, findings.get, { id: findingId });
  const { id } = await ask(findingId);
  expect(await ask(findingId)).toMatchObject({ code: 'wrong_state' });
  await hub.settle(flow);
  const found = await hub.do<Shown>(finder!, minimisations.get, { id });
  expect(found).toMatchObject({ state: 'concluded', outcome: 'smaller', bytes: { before: poc.length, after: 4 } });
  const { data } = await hub.do<{ data: string }>(finder!, minimisations.poc, { id });
  expect(Buffer.from(data, 'base64').toString()).toBe('loop');
  expect(found.sha256).toBe(sha256('loop'));
  expect(await hub.do(finder!, findings.get, { id: findingId })).toMatchObject({
    attachments: before.attachments,
    contentDigest: before.contentDigest,
  });
  expect(await hub.do<{ items: Shown[] }>(finder!, minimisations.list, { id: findingId })).toMatchObject({ items: [{ id }] });
});

test('one that is as small as can be stays', async () => {
  const { id } = await ask(await replayed('loop'));
  await hub.settle(flow);
  expect(await hub.do(desk!, minimisations.get, { id })).toMatchObject({ outcome: 'as-small-as-it-was', sha256: null });
  expect(await hub.try(desk!, minimisations.poc, { id })).toMatchObject({ code: 'not_found' });
});

test('only of what reproduced, and only a coordinator asks', async () => {
  expect(await ask(await replayed('harmless'))).toMatchObject({ code: 'wrong_state' });
  expect(await ask(await replayed('loop here'), finder!)).toMatchObject({ code: 'not_permitted' });
});

test('a worker killed in between is followed by another, which concludes once; evidence of another search is not believed', async () => {
  const [one, two] = [await replayed('loop one'), await replayed('loop two')];
  const [first, second] = [await ask(one), await ask(two)];
  const specs: MinimiseSpec[] = [];
  for (const { id } of [first, first, second]) specs.push(await hub.do<MinimiseSpec>(house, minimisations.begin, { id }));
  expect(specs[0]).toEqual(specs[1]);
  const evidence = await minimisations.minimisation.work(specs[1]!, hub.doors);
  const swapped = await hub.do(house, minimisations.conclude, { id: second.id, evidence });
  expect(swapped).toMatchObject({ outcome: 'could-not-tell', because: 'the evidence is of another search', sha256: null });
  expect(await hub.do(house, minimisations.conclude, { id: first.id, evidence })).toMatchObject({ outcome: 'smaller' });
  expect(await hub.try(house, minimisations.conclude, { id: first.id, evidence })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(house, minimisations.begin, { id: first.id })).toMatchObject({ code: 'wrong_state' });
});

test('parked, and taken up again', async () => {
  const { id } = await ask(await replayed('loop parked'));
  expect(await hub.do(house, minimisations.park, { id, tries: 4 })).toMatchObject({ state: 'parked' });
  expect(await hub.try(house, minimisations.sayProgress, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.do(desk!, minimisations.retry, { id })).toMatchObject({ state: 'requested', because: null });
  expect(await labourOnce(hub.doors, minimisations.minimisation, id)).toBeUndefined();
  expect(await hub.do(desk!, minimisations.get, { id })).toMatchObject({ state: 'concluded', outcome: 'smaller' });
});

test('cancelled while it runs: nothing is concluded, and another may be asked for', async () => {
  const findingId = await replayed('loop cancelled');
  const { id } = await ask(findingId);
  await hub.do(house, minimisations.begin, { id });
  expect(await hub.try(finder!, minimisations.cancel, { id, because: 'mine' })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(desk!, minimisations.cancel, { id, because: 'not needed' })).toMatchObject({
    ...{ state: 'cancelled', because: 'not needed' },
  });
  expect(await hub.try(house, minimisations.sayProgress, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(house, minimisations.conclude, { id, evidence: {} })).toMatchObject({ code: 'wrong_state' });
  expect(await ask(findingId)).toMatchObject({ state: 'requested' });
});

test('another finder learns nothing', async () => {
  const findingId = await replayed('loop secret');
  const { id } = await ask(findingId);
  await hub.settle(flow);
  for (const [verb, of] of [
    [minimisations.get, id],
    [minimisations.poc, id],
    [minimisations.list, findingId],
  ] as const)
    expect(await hub.try(stranger!, verb, { id: of })).toMatchObject({ code: 'not_found', because: 'no such thing' });
});
