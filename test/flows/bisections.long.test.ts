import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { labourOnce } from '../../src/app/worker.ts';
import type { Source, Sources } from '../../src/base/doors.ts';
import { suggest } from '../../src/clearinghouse/advisories/drafting/actions.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as bisections from '../../src/clearinghouse/validations/bisections/actions.ts';
import type { BisectSpec } from '../../src/clearinghouse/validations/bisections/labour.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopPackage, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

const line: Source[] = ['0.8.0', '0.9.0', '1.0.0', '1.0.1', '1.1.0'].map((version) => ({ kind: 'npm', package: 'looper', version }));
const sources: Sources = { ...loopSources, history: async () => line };

let hub: TestHub;
let [finder, stranger, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub({ box: loopBox(), sources, recipes: loopRecipes });
  finder = await hub.join('North Lab', 'finder');
  stranger = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

async function replayed(poc: string): Promise<string> {
  hub.clock.advance(1000);
  const { id } = await hub.do<{ id: string }>(finder!, findings.submit, loopReport(poc, poc));
  await hub.settle(flow);
  return id;
}
const ask = (id: string, as = desk!) => hub.try(as, bisections.request, { id }) as Promise<{ id: string }>;
interface Suggested {
  readonly draft: { readonly affected: object[] };
  readonly origins: readonly { readonly at: string; readonly from: string }[];
  readonly missing: readonly string[];
}
const suggested = async (findingId: string) => {
  const { caseId } = await hub.do<{ caseId: string }>(desk!, cases.ofFinding, { findingId });
  return hub.do<Suggested>(desk!, suggest, { caseId });
};

test('where a flaw came in and where it went is found in the history, and proposed for the advisory with its origin', async () => {
  const findingId = await replayed('loop');
  expect((await suggested(findingId)).missing.join()).toContain('nothing was bisected');
  const { id } = await ask(findingId);
  expect(await ask(findingId)).toMatchObject({ code: 'wrong_state' });
  await hub.settle(flow);
  const range = {
    introduced: { after: '0.9.0', by: '1.0.0', exact: true },
    lastKnownAffected: '1.0.0',
    fixed: { after: '1.0.0', by: '1.0.1', exact: true },
  };
  expect(await hub.do(finder!, bisections.get, { id })).toMatchObject({ state: 'concluded', outcome: 'found', found: { ranges: [range] } });
  const { draft, origins, missing } = await suggested(findingId);
  expect(draft.affected).toEqual([{ package: loopPackage, introduced: '1.0.0', fixed: '1.0.1' }]);
  expect(origins.find((o) => o.at === '/affected/0')?.from).toBe(
    'from bisect (looper): came in with 1.0.0, last seen with 1.0.0, gone with 1.0.1',
  );
  expect(missing.join()).not.toContain('bisected');
});

test('only of what reproduced; only a coordinator asks; another finder learns nothing', async () => {
  expect(await ask(await replayed('harmless'))).toMatchObject({ code: 'wrong_state' });
  const findingId = await replayed('loop again');
  expect(await ask(findingId, finder!)).toMatchObject({ code: 'not_permitted' });
  const { id } = await ask(findingId);
  await hub.settle(flow);
  expect(await hub.try(stranger!, bisections.get, { id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  expect(await hub.try(stranger!, bisections.list, { id: findingId })).toMatchObject({ code: 'not_found' });
  expect(await hub.do<{ items: object[] }>(finder!, bisections.list, { id: findingId })).toMatchObject({ items: [{ id }] });
});

test('begun twice, concluded once; evidence of another search is not believed; parked, and taken up again', async () => {
  const [one, two] = [await replayed('loop one'), await replayed('loop two')];
  const [first, second] = [await ask(one), await ask(two)];
  const specs: BisectSpec[] = [];
  for (const { id } of [first, first, second]) specs.push(await hub.do<BisectSpec>(house, bisections.begin, { id }));
  expect(specs[0]).toEqual(specs[1]);
  const evidence = await bisections.bisection.work(specs[1]!, hub.doors);
  const swapped = await hub.do(house, bisections.conclude, { id: second.id, evidence });
  expect(swapped).toMatchObject({ outcome: 'could-not-tell', because: 'the evidence is of another search', found: null });
  expect(await hub.do(house, bisections.park, { id: first.id, tries: 4 })).toMatchObject({ state: 'parked' });
  expect(await hub.try(house, bisections.conclude, { id: first.id, evidence })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.do(desk!, bisections.retry, { id: first.id })).toMatchObject({ state: 'requested' });
  expect(await labourOnce(hub.doors, bisections.bisection, first.id)).toBeUndefined();
  expect(await hub.do(desk!, bisections.get, { id: first.id })).toMatchObject({ outcome: 'found' });
  expect(await hub.try(house, bisections.begin, { id: first.id })).toMatchObject({ code: 'wrong_state' });
  const third = await ask(one);
  expect(await hub.do(desk!, bisections.cancel, { id: third.id, because: 'not needed' })).toMatchObject({ state: 'cancelled' });
  expect(await hub.try(house, bisections.begin, { id: third.id })).toMatchObject({ code: 'wrong_state' });
});
