import { makeId } from '../src/base/id.ts';
import { day, epochMs, type Instant, plusMs } from '../src/base/instant.ts';
import { label } from '../src/base/label.ts';
import * as advisories from '../src/clearinghouse/advisories/actions.ts';
import type { Case } from '../src/clearinghouse/cases/case.ts';
import { openEmbargo } from '../src/clearinghouse/cases/embargoes/embargo.ts';
import { caseById, insertCase, saveCase } from '../src/clearinghouse/cases/store.ts';
import { nothingYet } from '../src/clearinghouse/cases/vfdpxa.ts';
import * as findings from '../src/clearinghouse/findings/actions.ts';
import { packageOf } from '../src/clearinghouse/inventories/package-name.ts';
import * as releases from '../src/clearinghouse/releases/actions.ts';
import { type Actor, house } from '../src/trust/access.ts';
import type { TestHub } from './hub.ts';

/** A case as it stands after validation, put straight into the store, on findings that were really handed in. */
export async function openCase(hub: TestHub, purl: string, finders: readonly Actor[]): Promise<Case> {
  const findingIds: Case['findingIds'][number][] = [];
  for (const finder of finders) {
    const given = { title: 'A flaw', text: 'It breaks.', purl };
    findingIds.push((await hub.do<{ id: Case['findingIds'][number] }>(finder, findings.submit, given)).id);
  }
  const now = hub.clock.now();
  const id = <K extends 'cas' | 'vul'>(kind: K) => makeId(kind, epochMs(now), hub.doors.chance(10));
  const caseId = id('cas');
  const of: Case = {
    id: caseId,
    vulnerabilities: [{ id: id('vul'), addedAt: now, continuesInId: null }],
    package: packageOf(purl),
    title: 'A flaw',
    findingIds,
    finderOrgIds: finders.map((f) => f.orgId as Case['finderOrgIds'][number]),
    state: 'open',
    vfdpxa: nothingYet,
    embargo: openEmbargo(now, []),
    label: label('RED', caseId),
    openedAt: now,
    disclosedAt: null,
    closedAt: null,
    outcome: null,
  };
  await hub.doors.db.transaction(house.reads, (tx) => insertCase(tx, of));
  return of;
}

/** Changes a case behind everybody's back, as another station would. */
export async function changeCase(hub: TestHub, id: string, change: (of: Case) => Case): Promise<void> {
  await hub.doors.db.transaction(house.reads, async (tx) => saveCase(tx, change((await caseById(tx, id))!)));
}

export interface Range {
  readonly package?: string;
  readonly introduced?: string | null;
  readonly fixed?: string | null;
}

/** Drafts, approves, schedules for right after the embargo, waits for the hour and publishes. Returns the release's id. */
export async function publishCase(
  hub: TestHub,
  of: Case,
  [drafter, approver]: readonly [Actor, Actor],
  affected: readonly Range[],
  more: object = {},
): Promise<string> {
  const advisoryId = await approveDraft(hub, of, [drafter, approver], affected, more);
  const goLiveAt = embargoOver(hub, of);
  const { id } = await hub.do<{ id: string }>(drafter, releases.schedule, { advisoryId, goLiveAt });
  hub.clock.advance(epochMs(goLiveAt) - epochMs(hub.clock.now()));
  await hub.do(house, releases.publishDue, {});
  return id;
}

export async function approveDraft(
  hub: TestHub,
  of: Case,
  [drafter, approver]: readonly [Actor, Actor],
  affected: readonly Range[],
  more: object = {},
): Promise<string> {
  const { id } = await hub.do<{ id: string }>(drafter, advisories.draft, { ...draftInput(of, affected), ...more });
  await hub.do(approver, advisories.approve, { id });
  return id;
}

export function draftInput(of: Case, affected: readonly Range[]): Record<string, unknown> {
  return { caseId: of.id, title: `A flaw in ${of.package}`, summary: 'A crafted input breaks it.', affected };
}

/** A moment after the embargo, and after now. */
export function embargoOver(hub: TestHub, of: Case): Instant {
  const over = plusMs(of.openedAt, 22 * day);
  return over > hub.clock.now() ? over : plusMs(hub.clock.now(), 1000);
}
