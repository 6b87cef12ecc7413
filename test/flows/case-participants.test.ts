import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyOf } from '../../src/clearinghouse/cases/participants/observing.ts';
import { participantById, participantsOf, transitionsOf } from '../../src/clearinghouse/cases/participants/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { loopPackage } from '../lab-rehearsal.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
let maintainer: Actor;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.hub.close());

const all = () => stage.hub.doors.db.transaction(house.reads, (tx) => participantsOf(tx, stage.caseId));

describe('who takes part', () => {
  test('from the opening on: the finder, and the package’s own supplier, whom nobody has told yet', async () => {
    expect(await all()).toMatchObject([
      { kind: 'supplier', orgId: null, name: loopPackage, rm: 'start', vfd: 'vfd', askedAt: null },
      { kind: 'finder', orgId: stage.finder.orgId, name: 'North Lab', rm: 'accepted', vfd: null },
    ]);
  });

  test('a maintainer who is read in is that supplier, and a second one another', async () => {
    maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
    await stage.enter(await stage.hub.join('Downstream', 'maintainer'), 1);
    const [first, , second] = await all();
    expect(first).toMatchObject({ orgId: maintainer.orgId, name: 'Upstream', rm: 'received', vfd: 'Vfd' });
    expect(second).toMatchObject({ name: 'Downstream', rm: 'received', vfd: 'Vfd' });
    const kept = await stage.hub.doors.db.transaction(house.reads, async (tx) => ({
      one: await participantById(tx, first!.id),
      log: await transitionsOf(tx, stage.caseId),
    }));
    expect(kept.one).toEqual(first);
    expect(historyOf(kept.log, first!.id)).toEqual(['V']);
  });
});
