import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText } from '../../base/wire.ts';
import { type Actor, tierOf } from '../../trust/access.ts';
import { type Rung, rungs } from '../findings/finding.ts';
import { markText } from './canaries/canary.ts';
import { type Case, continuesIn, outcomes, type Report } from './case.ts';
import { embargoStates, governing, windowSources } from './embargoes/embargo.ts';
import { copied as copiedMessage, messageOut, present as presentMessage, type Shown } from './messages/wire.ts';
import { artefactOf, type Patch } from './patches/patch.ts';
import { presentPush, pushOut } from './patches/wire.ts';
import type { ReadIn } from './read-ins/read-in.ts';
import { happenings } from './vfdpxa.ts';

export const byId = z.object({ id: wireId('cas') });
export const byVulnerability = z.object({ id: wireId('vul') });
export const followInput = byVulnerability.extend({ intoId: wireId('vul') });
export const byFinding = z.object({ findingId: wireId('fnd') });
export const page = wirePage;
export const attachmentInput = z.object({ id: wireId('cas'), blobId: wireId('blb') });
export const observeInput = z.object({
  id: wireId('cas'),
  what: z.enum(happenings),
  because: wireName,
  /** The supplier it happened at, where there are several; what is public, exploited or attacked is everybody's. */
  participantId: wireId('par').optional(),
});
export const closeInput = z.object({ id: wireId('cas'), outcome: z.enum(outcomes), because: wireText(limits.textChars) });

/** Everything about a case, before the viewer's tier takes away. */
export interface CaseView {
  readonly case: Case;
  readonly reports: readonly Report[];
  readonly readIns: readonly ReadIn[];
  readonly messages: readonly Shown[];
  readonly patches: readonly Patch[];
}

const caseStates = z.enum(['open', 'disclosed', 'closed']);
const attachmentOut = z.object({ id: wireId('blb'), filename: z.string(), type: z.string(), sha256: z.string(), bytes: z.number() });
const reportOut = z.object({
  id: wireId('fnd'),
  orgId: wireId('org'),
  /** Who sees the report may thank its finder by name. */
  orgName: z.string(),
  title: z.string(),
  text: z.string(),
  purl: z.string(),
  rung: z.enum(rungs),
  verdict: z.string().nullable(),
  crashState: z.string().nullable(),
  receivedAt: wireInstant,
  attachments: z.array(attachmentOut),
});
const proposalOut = z.object({
  byId: z.string(),
  byOrgId: z.string().nullable(),
  endsAt: wireInstant,
  because: z.string(),
  at: wireInstant,
});
const embargoOut = z.object({
  state: z.enum(embargoStates),
  endsAt: wireInstant,
  source: z.enum(windowSources),
  because: z.string(),
  proposal: proposalOut.nullish(),
});

const coordinatedOut = z.object({ id: wireId('vul'), addedAt: wireInstant, continuesInId: wireId('vul').nullable() });

/** What is optional is there as far as the viewer's tier goes (DESIGN §7, read-in). */
export const caseOut = z.object({
  id: wireId('cas'),
  tier: z.number(),
  package: z.string(),
  state: caseStates,
  goLiveAt: wireInstant,
  artefact: z.object({ sha256: z.string(), bytes: z.number() }).nullable(),
  openedAt: wireInstant.optional(),
  disclosedAt: wireInstant.nullish(),
  closedAt: wireInstant.nullish(),
  outcome: z.enum(outcomes).nullish(),
  vfdpxa: z.string().optional(),
  embargo: embargoOut.optional(),
  patches: z.array(pushOut).optional(),
  title: z.string().optional(),
  /** The first of its vulnerabilities: the one it was opened for. */
  vulnerabilityId: wireId('vul').optional(),
  vulnerabilities: z.array(coordinatedOut).optional(),
  /** The vulnerability in whose case the work goes on, where it does. */
  continuesInId: wireId('vul').nullish(),
  reports: z.array(reportOut).optional(),
  messages: z.array(messageOut).optional(),
  finderOrgIds: z.array(wireId('org')).optional(),
  /** How far the best evidence has come of the reports that the viewer may see. */
  rung: z.enum(rungs).optional(),
});
export type CaseOut = z.input<typeof caseOut>;
const listed = caseOut.pick({
  id: true,
  tier: true,
  package: true,
  state: true,
  goLiveAt: true,
  openedAt: true,
  title: true,
  vfdpxa: true,
  rung: true,
});
export const listOut = z.object({ items: z.array(listed) });
export const ofFindingOut = z.object({
  /** Null: in no case, or in none that you see it in. */
  caseId: wireId('cas').nullable(),
});
export const openOut = z.object({ id: wireId('cas') });
export const attachmentOutput = z.object({
  filename: z.string(),
  data: z.string(),
  /** A patch has a line before its first file that names this copy; without it, it has the digest that the case tells. */
  isMarked: z.boolean(),
});
export const countedOut = z.object({ ids: z.array(wireId('cas')) });
export const changedOut = z.object({ id: wireId('cas'), state: caseStates, vfdpxa: z.string() });

/** The tier at which somebody sees this case; whoever got here is read in, so that nothing known counts as least. */
export function tierIn(of: Pick<Case, 'id'>, viewer: Actor): number {
  return tierOf(viewer, of.id) ?? 3;
}

/** A finder sees its own reports; those of co-finders only when read in by name, or as the clearinghouse. */
export function visibleReports(view: Pick<CaseView, 'case' | 'reports' | 'readIns'>, viewer: Actor): readonly Report[] {
  if (tierIn(view.case, viewer) > 1) return [];
  return isOnlyFinder(view, viewer) ? view.reports.filter((r) => r.orgId === viewer.orgId) : view.reports;
}

export function isOnlyFinder({ case: of, readIns }: Pick<CaseView, 'case' | 'readIns'>, viewer: Actor): boolean {
  if (viewer.roles.includes('coordinator')) return false;
  const isReadIn = readIns.some((r) => r.personId === viewer.id && r.state === 'acknowledged' && r.tier <= 1);
  return !isReadIn && of.finderOrgIds.some((id) => id === viewer.orgId);
}

/** The copy of one viewer: what others wrote has that viewer's marks. */
export function copied(view: CaseView, code: string, viewer: Actor): CaseView {
  return {
    ...view,
    reports: view.reports.map((r) => (r.orgId === viewer.orgId ? r : { ...r, text: markText(r.text, code) })),
    messages: view.messages.map((m) => copiedMessage(m, code, viewer.id)),
  };
}

export function present(view: CaseView, viewer: Actor): CaseOut {
  const { case: of } = view;
  const tier = tierIn(of, viewer);
  const artefact = artefactOf(view.patches);
  const least: CaseOut = {
    id: of.id,
    tier,
    package: of.package,
    state: of.state,
    goLiveAt: governing(of.embargo).endsAt,
    artefact: artefact ? { sha256: artefact.sha256, bytes: artefact.bytes } : null,
  };
  return { ...least, ...(tier <= 2 ? fixAndTiming(view, tier) : {}), ...(tier <= 1 ? contents(view, viewer, tier) : {}) };
}

function fixAndTiming({ case: of, patches }: CaseView, tier: number): Partial<CaseOut> {
  const { openedAt, disclosedAt, closedAt, outcome, vfdpxa, embargo } = of;
  const { endsAt, source, because } = governing(embargo);
  const shown = patches.map((p) => presentPush(p, tier));
  const terms = { state: embargo.state, endsAt, source, because, ...(tier <= 1 ? { proposal: embargo.proposal } : {}) };
  return { openedAt, disclosedAt, closedAt, outcome, vfdpxa, embargo: terms, patches: shown };
}

function contents(view: CaseView, viewer: Actor, tier: number): Partial<CaseOut> {
  const { case: of } = view;
  const reports = visibleReports(view, viewer);
  const onlyFinder = isOnlyFinder(view, viewer);
  const finders = onlyFinder ? of.finderOrgIds.filter((id) => id === viewer.orgId) : of.finderOrgIds;
  return {
    // The case is named after its first report; a co-finder knows it by its own.
    ...(onlyFinder && reports[0] ? { title: reports[0].title } : { title: of.title }),
    // Which flaws belong together, or are one, says that somebody found the other ones: not for a finder.
    ...(onlyFinder ? {} : { vulnerabilities: of.vulnerabilities.map((v) => ({ ...v })), continuesInId: continuesIn(of) }),
    ...(onlyFinder && of.vulnerabilities.length > 1 ? {} : { vulnerabilityId: of.vulnerabilities[0].id }),
    reports: reports.map((r) => ({ ...r, attachments: r.attachments.map((a) => ({ ...a })) })),
    ...highestOf(reports.map((r) => r.rung)),
    messages: view.messages.map(presentMessage),
    ...(tier === 0 ? { finderOrgIds: [...finders] } : {}),
  };
}

/** What a list loads of the reports: whose, and how far. */
interface Evidence {
  readonly id: string;
  readonly orgId: string;
  readonly rung: Rung;
}

/** A case in a list, before the viewer's tier takes away. */
export interface Listed {
  readonly of: Case;
  readonly evidence: readonly Evidence[];
}

function highestOf(reached: readonly Rung[]): { rung?: Rung } {
  const rung = rungs.findLast((r) => reached.includes(r));
  return rung === undefined ? {} : { rung };
}

export function presentListed(of: Case, evidence: readonly Evidence[], viewer: Actor): z.input<typeof listed> {
  const tier = tierIn(of, viewer);
  const isFinder = !viewer.roles.includes('coordinator') && of.finderOrgIds.some((id) => id === viewer.orgId);
  return {
    id: of.id,
    tier,
    package: of.package,
    state: of.state,
    goLiveAt: governing(of.embargo).endsAt,
    ...(tier <= 2 ? { openedAt: of.openedAt, vfdpxa: of.vfdpxa } : {}),
    // One of several finders knows the case by its own report, which a list does not load.
    ...(tier <= 1 && !(isFinder && of.finderOrgIds.length > 1) ? { title: of.title } : {}),
    // A finder sees how far its own reports have come, not those of the others.
    ...(tier <= 1 ? highestOf(evidence.filter((e) => !isFinder || e.orgId === viewer.orgId).map((e) => e.rung)) : {}),
  };
}
