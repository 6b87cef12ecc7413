import { expect, onTestFinished, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { day, epochMs, plusMs } from '../../src/base/instant.ts';
import { draft } from '../../src/clearinghouse/advisories/actions.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as ladders from '../../src/clearinghouse/cases/contacts/ladders/actions.ts';
import { approveRecord, recordNonFix } from '../../src/clearinghouse/cases/contacts/records/actions.ts';
import * as cves from '../../src/clearinghouse/cases/cves/actions.ts';
import { insertCves } from '../../src/clearinghouse/cases/cves/store.ts';
import * as embargoes from '../../src/clearinghouse/cases/embargoes/actions.ts';
import * as ends from '../../src/clearinghouse/cases/embargoes/ends/actions.ts';
import { bindPolicy } from '../../src/clearinghouse/cases/embargoes/policies/actions.ts';
import { regressed } from '../../src/clearinghouse/cases/metrics/actions.ts';
import * as pacing from '../../src/clearinghouse/cases/pacing/actions.ts';
import { insertDelivery } from '../../src/clearinghouse/cases/pacing/store.ts';
import { addCoordinator, addSuppliers } from '../../src/clearinghouse/cases/participants/actions.ts';
import { endReadIn, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { delegate } from '../../src/clearinghouse/cases/read-ins/delegations/actions.ts';
import { assess } from '../../src/clearinghouse/priorities/actions.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import { house } from '../../src/trust/access.ts';
import { draftInput, openCase } from '../case.ts';
import { openHub } from '../hub.ts';
import { noneFound, placed } from './cases-stage.ts';

test('a coordinator of another organisation changes nothing of a case before it is let in, and stops a breach at once', async () => {
  const hub = await openHub();
  onTestFinished(() => hub.close());
  const desk = await hub.join('Clearinghouse', 'coordinator');
  const other = await hub.join('Second Treasury', 'coordinator');
  const [finder, upstream] = [await hub.join('North Lab', 'finder'), await hub.join('Upstream', 'maintainer')];
  const of = await openCase(hub, 'pkg:npm/looper@1.0.0', [finder]);
  const { id, label } = of;
  const now = hub.clock.now();
  const { ids } = await hub.do<{ ids: string[] }>(desk, addSuppliers, { id, suppliers: [{ name: 'A vendor' }, { name: 'Another' }] });
  const reached = { id, participantId: ids[0], channel: 'email', addressee: 'security@vendor.example' };
  const ladder = (await hub.do<{ id: string }>(desk, ladders.attemptContact, reached)).id;
  const recipient = {
    personId: upstream.id as `psn_${string}`,
    need: 'mends it',
    sponsorId: desk.id as `psn_${string}`,
    exclusions: noneFound,
  };
  const second = (await hub.do<{ id: string }>(desk, ladders.attemptContact, { ...reached, participantId: ids[1] })).id;
  await hub.do(desk, ladders.recordContact, { id: second, seq: 1, outcome: 'acknowledged' });
  const answered = { saidAt: now, position: 'no', type: 'wont-fix', rationale: 'no time', source: 'a mail', decision: 'advisory' };
  const record = (await hub.do<{ id: string }>(desk, recordNonFix, { id, participantId: ids[1], ...answered })).id;
  const delivery = makeId('dlv', epochMs(now), hub.doors.chance(10));
  const cveId = 'CVE-2026-0001';
  await hub.doors.db.transaction(house.reads, async (tx) => {
    await insertDelivery(tx, {
      ...{ id: delivery, caseId: id, package: of.package, recipient, band: 'NEEDS-INFO', severity: 'low', state: 'waiting' },
      ...{ queuedBy: desk.id, queuedAt: now, settledAt: null, because: null, label },
    });
    await insertCves(tx, [
      {
        ...{ cveId, year: 2026, state: 'assigned', assignedByCna: null, caseId: id, vulnerabilityId: of.vulnerabilities[0].id },
        ...{ assignedBy: desk.id, assignedAt: now, reservedAt: now, publishedAt: null, rejectedAt: null, because: null },
        ...{ replacedBy: null, label },
      },
    ]);
  });
  await hub.do(desk, embargoes.proposeEmbargo, { id, endsAt: plusMs(now, 20 * day), because: 'a release' });
  const because = 'as it looks';
  const placedAt = { id, personId: upstream.id, tier: 0, need: 'mends it', ...placed[0], sponsorId: desk.id, exclusions: noneFound };
  const delegated = { delegateId: finder.id, orgIds: [upstream.orgId], fromTier: 2, people: 1, expiresAt: plusMs(now, day) };
  const answer = (value: string) => ({ value, evidence: 'seen' });
  const answers = {
    exploitation: answer('none'),
    automatable: answer('yes'),
    technicalImpact: answer('total'),
    missionWellbeing: answer('high'),
  };
  const advisory = await hub.do<{ id: string }>(desk, draft, draftInput(of, [{ fixed: '2.0.0' }]));
  const data = Buffer.from('SecRule ARGS "@rx x" deny').toString('base64');
  const mitigation = { advisoryId: advisory.id, kind: 'mitigation', name: 'rule.conf', appliesTo: { version: '1.0.0' }, data };
  const artefactId = (await hub.do<{ id: string }>(desk, artefacts.attach, mitigation)).id;
  const asked: [Parameters<typeof hub.try>[1], object][] = [
    [cases.close, { id, outcome: 'abandoned', because }],
    [cases.observe, { id, what: 'public', because }],
    [embargoes.proposeEmbargo, { id, endsAt: plusMs(now, 9 * day), because }],
    [embargoes.answerEmbargo, { id, answer: 'accept', because }],
    [ends.terminateEmbargo, { id, reason: 'leak', because }],
    [ends.dismissLeak, { id, because }],
    [ends.judgeEligibility, { id, rule: 'already-public', holds: true, because }],
    [bindPolicy, { id, name: 'linux-distros', since: now }],
    [readIn, placedAt],
    [endReadIn, { id, personId: upstream.id, because: 'need-ended' }],
    [delegate, { id, ...delegated, because }],
    [pacing.deliver, { id, ...recipient }],
    [pacing.recallDelivery, { id: delivery, because }],
    [ladders.attemptContact, reached],
    [ladders.recordContact, { id: ladder, seq: 1, outcome: 'no-reply' }],
    [ladders.bendLadder, { id: ladder, tempo: 'urgent', because }],
    [ladders.decideContact, { id: ladder, outcome: 'silent', because }],
    [cves.assign, { id }],
    [cves.recordForeign, { id, cveId: 'CVE-2026-0002', by: 'another' }],
    [cves.reject, { cveId, because }],
    [
      recordNonFix,
      {
        id,
        participantId: ids[0],
        saidAt: now,
        position: 'no',
        type: 'end-of-life',
        rationale: 'no time',
        source: 'a mail',
        footprint: 'few',
        decision: 'advisory',
      },
    ],
    [approveRecord, { id: record }],
    [regressed, { id, because }],
    [assess, { caseId: id, cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', ssvc: answers }],
    [draft, draftInput(of, [{ fixed: '2.0.1' }])],
    [artefacts.attach, mitigation],
    [artefacts.approve, { id: artefactId }],
    [artefacts.stage, { id: artefactId }],
    [artefacts.withdraw, { id: artefactId, because }],
  ];
  const refused = { code: 'not_permitted', because: 'this case is coordinated by Clearinghouse: ask to be let in' };
  for (const [verb, input] of asked) expect(await hub.try(other, verb, input), verb.name).toMatchObject(refused);
  await hub.do(desk, addCoordinator, { id, orgId: other.orgId });
  for (const [verb, input] of asked.slice(2)) expect(await hub.try(other, verb, input), verb.name).not.toMatchObject(refused);
  const third = await hub.join('Third Treasury', 'coordinator');
  expect(await hub.do(third, endReadIn, { id, personId: upstream.id, because: 'suspected-breach' })).toEqual({ ok: true });
});
