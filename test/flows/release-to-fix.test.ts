import { expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, epochMs, plusMs } from '../../src/base/instant.ts';
import { caseById } from '../../src/clearinghouse/cases/store.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as fixes from '../../src/clearinghouse/fixes/actions.ts';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import { assess } from '../../src/clearinghouse/priorities/actions.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { approveDraft, embargoOver, openCase } from '../case.ts';
import { openHub } from '../hub.ts';

const sbom = (version: string) => {
  const purl = `pkg:deb/debian/cjson@${encodeURIComponent(version)}`;
  return JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ type: 'library', name: 'cjson', version, purl }] });
};

test('at the hour the hub by itself publishes, discloses the case, finds who is exposed, and later sees the fix', async () => {
  const hub = await openHub();
  const [lab, desk, clinic] = [
    await hub.join('Lab', 'finder'),
    await hub.join('Desk', 'coordinator'),
    await hub.join('Clinic', 'operator'),
  ];
  const id = 'psn_00000000000000000000000001';
  const orgId = desk.orgId as `org_${string}`;
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, { id, orgId, name: 'Second', email: 'second@example.org', createdAt: hub.clock.now() }),
  );
  const second = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
  await hub.do(clinic, inventories.keep, { name: 'Ward', document: sbom('1.7.15-1+deb12u3') });
  const of = await openCase(hub, 'pkg:deb/debian/cjson@1.7.15-1', [lab]);
  const answer = (value: string) => ({ value, evidence: 'seen by us' });
  const ssvc = {
    ...{ exploitation: answer('none'), automatable: answer('yes') },
    ...{ technicalImpact: answer('partial'), missionWellbeing: answer('low') },
  };
  await hub.do(desk, assess, { caseId: of.id, cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', ssvc });
  const advisoryId = await approveDraft(hub, of, [desk, second], [{ fixed: '1.7.15-1+deb12u4' }]);
  const goLiveAt = embargoOver(hub, of);
  const { id: releaseId } = await hub.do<{ id: string }>(desk, releases.schedule, { advisoryId, goLiveAt });
  const states = async () => (await hub.do<{ items: { state: string }[] }>(clinic, fixes.list, {})).items.map((f) => f.state);

  const { commitment } = await hub.do<{ commitment: string }>(lab, findings.get, { id: of.findingIds[0]! });
  const revealed = async () =>
    (await hub.doors.db.transaction([], (tx) => entriesAfter(tx, 0, 10_000))).filter(({ body }) => body?.thing === commitment).length;

  hub.clock.advance(epochMs(goLiveAt) - epochMs(hub.clock.now()) - 1);
  await hub.settle({ ...flow, works: [] });
  expect([await states(), await revealed()]).toEqual([[], 0]);
  hub.clock.advance(1);
  await hub.settle({ ...flow, works: [] });
  expect(await hub.do(clinic, releases.get, { id: releaseId })).toMatchObject({ state: 'published', seq: 1 });
  const disclosed = await hub.doors.db.transaction(house.reads, (tx) => caseById(tx, of.id));
  expect(disclosed).toMatchObject({ state: 'disclosed', disclosedAt: goLiveAt });
  expect([await states(), await revealed()]).toEqual([['exposed'], 1]);
  const at = plusMs(goLiveAt, 14 * day);
  expect(await hub.do(clinic, fixes.list, {})).toMatchObject({
    items: [{ due: { at, because: expect.stringContaining('60 days elsewhere') } }],
  });
  await hub.do(clinic, inventories.keep, { name: 'Ward', document: sbom('1.7.15-1+deb12u4') });
  await hub.settle({ ...flow, works: [] });
  expect(await states()).toEqual(['observed']);
  await hub.close();
});
