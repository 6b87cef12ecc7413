import type { z } from 'zod';
import { digestOf } from '../../base/canonical.ts';
import { label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, originOf, presentItems } from '../../trust/action.ts';
import { agentById, listOrgs, orgById } from '../../trust/orgs/store.ts';
import { type Case, flawsIn, ledgerLabel } from '../cases/case.ts';
import { interimOf } from '../cases/embargoes/wire.ts';
import { mayDraft } from '../cases/participants/coordinating.ts';
import { caseById } from '../cases/store.ts';
import { bareOf } from '../inventories/package-name.ts';
import { scoreCvss } from '../priorities/cvss.ts';
import { priorityOfCase } from '../priorities/store.ts';
import { type Advisory, advisoryMoves, decideApproval } from './advisory.ts';
import { assistanceActions } from './assistance/actions.ts';
import { type Bulletin, trackingIdOf } from './bulletin.ts';
import { written } from './documents.ts';
import { type FlawMaterial, gather, suggest } from './drafting/actions.ts';
import { aiUseOf, creditsIn, type Material, saidBySuppliers, weaknessOf } from './drafting/suggestion.ts';
import { revisionActions } from './revisions/actions.ts';
import { insertRevision } from './revisions/store.ts';
import { asSeen, type Seen } from './seen.ts';
import * as store from './store.ts';
import {
  type AdvisoryText,
  type AffectedRange,
  type Cvss,
  type FlawText,
  type FurtherFlaw,
  faultOfText,
  flawsOf,
  rangesIn,
  textDigest,
} from './text.ts';
import * as wire from './wire.ts';

export const draft = action({
  name: 'advisories.draft',
  at: 'POST /api/advisories',
  summary: 'Draft the advisory of a case, or draft it anew; credits, CVSS, SSVC and suppliers’ statements come from the case.',
  by: ['coordinator'],
  input: wire.draftInput,
  output: wire.advisoryOut,
  on: (ctx, input) => caseById(ctx.tx, input.caseId),
  async run(ctx, input, of: Case) {
    if (of.state === 'closed') return refuse('wrong_state', 'this case is closed');
    const refused = await mayDraft(ctx, of);
    if (refused) return refused;
    const before = await store.advisoryOfCase(ctx.tx, of.id);
    const text = await textOf(ctx, input, of, { change: before ? 'Corrected.' : 'First version.', before: before?.text });
    return isRefusal(text) ? text : keepDraft(ctx, of, before, text);
  },
  present: wire.present,
});

/** The words are the house's own and say nothing of the flaw: they may stand until somebody has better ones, who need only draft anew. */
export const draftInterim = action({
  name: 'advisories.draftInterim',
  at: 'POST /api/advisories/interim',
  summary: 'Draft the interim advisory of a case that could not wait, where nobody has drafted one; a person approves it.',
  by: ['coordinator'],
  internal: true,
  input: wire.byCase,
  output: wire.ofCaseOut,
  on: (ctx, input) => caseById(ctx.tx, input.caseId),
  async run(ctx, _input, of: Case) {
    const before = await store.advisoryOfCase(ctx.tx, of.id);
    if (before || of.state !== 'open') return done({ advisory: before ?? null });
    const input = wire.draftInput.parse({ caseId: of.id, ...interimOf(of), affected: [{}] });
    const publisher = (await listOrgs(ctx.tx, '', limits.pageRows)).find((org) => org.roles.includes('coordinator') && !org.disabledAt);
    const text = await textOf(ctx, input, of, { change: 'Interim.', publisher: publisher?.name, isInterim: true });
    if (isRefusal(text)) return text;
    const drafted = await keepDraft(ctx, of, undefined, text);
    return isRefusal(drafted) ? drafted : { ...drafted, result: { advisory: drafted.result } };
  },
  present: ({ advisory }: { advisory: Advisory | null }, viewer) => ({ advisory: advisory && wire.present(advisory, viewer) }),
});

export const withdraw = action({
  name: 'advisories.withdraw',
  at: 'POST /api/advisories/:id/withdraw',
  summary:
    'Draft that an advisory is taken back, or one of its flaws, and why; it takes effect like any other version, when another person approved it and it is released.',
  by: ['coordinator'],
  input: wire.withdrawInput,
  output: wire.advisoryOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, input, advisory: Advisory) {
    const of = await caseById(ctx.tx, advisory.caseId);
    if (!of) return refuse('not_found', 'no such case');
    const refused = await mayDraft(ctx, of);
    if (refused) return refused;
    const { because, vulnerabilityId } = input;
    const text = vulnerabilityId === undefined ? wholly(advisory.text, because) : withoutFlaw(advisory.text, of, vulnerabilityId, because);
    return isRefusal(text) ? text : keepDraft(ctx, of, advisory, text);
  },
  present: wire.present,
});

export const approve = action({
  name: 'advisories.approve',
  at: 'POST /api/advisories/:id/approve',
  summary: 'Approve a draft that somebody else made.',
  by: ['coordinator'],
  input: wire.approveInput,
  output: wire.advisoryOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, input, advisory: Advisory) {
    const no = decideApproval(advisory, ctx.actor);
    if (no) return no;
    const state = move(advisoryMoves, advisory.state, 'approve');
    if (isRefusal(state)) return state;
    if (input.digest !== undefined && input.digest !== advisory.digest)
      return refuse('stale', 'the draft has changed since you read it', '/digest');
    const of = await caseById(ctx.tx, advisory.caseId);
    if (!of) return refuse('not_found', 'no such case');
    const stale = staleBecause(advisory, of, await gather(ctx, of));
    if (stale !== undefined) return refuse('stale', `${stale}; draft it anew`);
    const approved: Advisory = { ...advisory, state, approvedBy: ctx.actor.id, approvedAt: ctx.now };
    await store.saveAdvisory(ctx.tx, approved);
    const payload = { caseId: advisory.caseId, revision: advisory.revision, digest: advisory.digest };
    return done(approved, { event: 'advisory.approved', thing: advisory.id, label: ledgerLabel({ id: of.id }), payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'advisories.get',
  at: 'GET /api/advisories/:id',
  summary: 'An advisory of a case that you are read into, as far as your tier goes.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.advisoryOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, _input, advisory: Advisory) {
    return done(await asSeen(ctx, advisory));
  },
  present: wire.present,
});

export const ofCase = action({
  name: 'advisories.ofCase',
  at: 'GET /api/cases/:caseId/advisory',
  summary: 'The advisory of a case that you are read into; null while none was drafted.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.ofCaseOut,
  on: (ctx, input) => caseById(ctx.tx, input.caseId),
  async run(ctx, _input, of: Case) {
    const advisory = await store.advisoryOfCase(ctx.tx, of.id);
    return done({ advisory: advisory ? await asSeen(ctx, advisory) : null });
  },
  present: ({ advisory }: { advisory: Seen | null }, viewer) => ({ advisory: advisory && wire.present(advisory, viewer) }),
});

export const list = action({
  name: 'advisories.list',
  at: 'GET /api/advisories',
  summary: 'Advisories of the cases that you are read into, oldest first.',
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    const items: Seen[] = [];
    for (const advisory of await store.listAdvisories(ctx.tx, input.after, input.limit)) items.push(await asSeen(ctx, advisory));
    return done({ items });
  },
  present: presentItems(wire.present),
});

export const preview = action({
  name: 'advisories.preview',
  at: 'GET /api/advisories/:id/preview',
  summary: 'The documents as they would be published, without their number.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.previewOut,
  on: (ctx, input) => store.advisoryById(ctx.tx, input.id),
  async run(ctx, _input, advisory: Advisory) {
    const versions = [{ number: 1, at: ctx.now, change: advisory.text.change }];
    const trackingId = trackingIdOf(ctx.now.slice(0, 4), 0);
    const bulletin: Bulletin = { trackingId, status: 'draft', text: advisory.text, origin: originOf(ctx), versions };
    return done(
      Object.fromEntries(written(bulletin).map(({ format, part, content }) => [part === 1 ? format : `${format}-${part}`, content])),
    );
  },
});

/** Keeps a text as the next draft; whatever was approved before is not any more. */
async function keepDraft(ctx: Ctx, of: Case, before: Advisory | undefined, text: AdvisoryText) {
  const state = before ? move(advisoryMoves, before.state, 'redraft') : 'draft';
  if (isRefusal(state)) return state;
  const agent = ctx.actor.kind === 'agent' ? await agentById(ctx.tx, ctx.actor.id) : undefined;
  const advisory: Advisory = {
    ...{ id: before?.id ?? ctx.id('adv'), caseId: of.id, text, digest: textDigest(text), revision: (before?.revision ?? 0) + 1, state },
    ...{ draftedBy: ctx.actor.id, answerableId: agent?.answerableId ?? ctx.actor.id, draftedAt: ctx.now },
    ...{ approvedBy: null, approvedAt: null, label: label('RED', of.id) },
  };
  await (before ? store.saveAdvisory : store.insertAdvisory)(ctx.tx, advisory);
  await insertRevision(ctx.tx, { ...advisory, advisoryId: advisory.id });
  const payload = { caseId: of.id, revision: advisory.revision, digest: advisory.digest };
  return done(advisory, { event: 'advisory.drafted', thing: advisory.id, label: ledgerLabel({ id: of.id }), payload });
}

function wholly(text: AdvisoryText, because: string): AdvisoryText {
  return { ...text, change: 'Withdrawn.', withdrawn: { because } };
}

/** The other flaws stand; the last that stands is taken back with the advisory. */
function withoutFlaw(text: AdvisoryText, of: Case, vulnerabilityId: string, because: string): AdvisoryText | Refusal {
  const [first] = flawsIn(of);
  const number = vulnerabilityId === first ? 1 : text.further?.find((f) => f.vulnerabilityId === vulnerabilityId)?.number;
  const at = '/vulnerabilityId';
  if (number === undefined) return refuse('not_found', 'the advisory does not speak of this flaw', at);
  const flaw = flawsOf(text).find((f) => f.number === number)!;
  if (flaw.takenBack || text.withdrawn) return refuse('wrong_state', 'it is taken back already', at);
  if (!flawsOf(text).some((f) => f.number !== number && !f.takenBack))
    return refuse('wrong_state', 'no other flaw would stand: take the advisory back', at);
  const change = `Withdrawn: ${flaw.title}`.slice(0, limits.nameChars);
  const further = text.further?.map((f) => (f.number === number ? { ...f, takenBack: { because } } : f));
  return { ...text, change, ...(further ? { further } : {}), ...(number === 1 ? { takenBack: { because } } : {}) };
}

type Given = z.output<typeof wire.draftInput>;
interface Drafting {
  readonly change: string;
  /** The text of the last draft. */
  readonly before?: AdvisoryText | undefined;
  readonly publisher?: string | undefined;
  /** The house's own words, which say nothing of any flaw. */
  readonly isInterim?: boolean;
}

/** What a coordinator writes, with what the case says by itself. */
async function textOf(ctx: Ctx, input: Given, of: Case, as: Drafting): Promise<AdvisoryText | Refusal> {
  const [first, ...others] = await gather(ctx, of);
  const said = flawTextOf(input, of, first.material);
  if (isRefusal(said)) return said;
  const further = as.isInterim ? [] : furtherIn(input.further, of, others, as.before);
  if (isRefusal(further)) return further;
  const priority = await priorityOfCase(ctx.tx, of.id);
  const { references, translations } = input;
  const reports = [first, ...others].flatMap((o) => o.material.reports);
  const aiUse = aiUseOf({ reports, patches: first.material.patches }, ctx.actor.kind === 'agent');
  const indicators = input.indicators.map((i) => ({ text: i.text, pattern: i.pattern ?? null }));
  const text: AdvisoryText = {
    ...said,
    package: of.package,
    cvss: priority ? cvssOf(priority.cvss) : null,
    ssvc: priority ? { decision: priority.decision, points: { ...priority.ssvc.points } } : null,
    references,
    publisher: as.publisher ?? (await orgById(ctx.tx, ctx.actor.orgId ?? ''))?.name ?? '',
    change: input.change ?? as.change,
    ...(input.profile ? { profile: input.profile } : {}),
    ...(input.license === undefined ? {} : { license: input.license }),
    ...(input.tlp && input.tlp !== 'CLEAR' ? { tlp: input.tlp } : {}),
    ...some({ indicators, translations, further }),
    ...stillTakenBack(as.before, as.before),
    ...(aiUse ? { aiUse } : {}),
  };
  if (rangesIn(text).length > limits.rangesPerAdvisory)
    return refuse('too_many', `an advisory has at most ${limits.rangesPerAdvisory} ranges, of all its flaws together`, '/further');
  return faultOfText(text) ?? text;
}

/** What was taken back by itself does not come back with a correction of the others; with an advisory that was taken back whole, and is drafted anew, it does. */
function stillTakenBack(flaw: FlawText | undefined, before: AdvisoryText | undefined): Pick<FlawText, 'takenBack'> {
  return flaw?.takenBack && !before?.withdrawn ? { takenBack: flaw.takenBack } : {};
}

/** Of one flaw, but its score. */
function flawTextOf(
  given: Omit<Given['further'][number], 'vulnerabilityId' | 'cvss'>,
  of: Case,
  material: Pick<Material, 'reports' | 'statements'>,
): FlawText | Refusal {
  const affected = rangesOf(given.affected, of.package);
  if (isRefusal(affected)) return affected;
  const otherScores = scoresOf(given.otherScores);
  if (isRefusal(otherScores)) return otherScores;
  const { title, summary, cve = null, cwe = null, workarounds } = given;
  const weakness = weaknessOf(material.reports);
  return {
    ...{ title, summary, affected, cve, cwe, credits: creditsIn(material.reports), cvss: null },
    ...(cwe !== null && weakness?.id === cwe && weakness.by !== null ? { saidBy: { cwe: weakness.by } } : {}),
    ...some({ otherScores, statements: saidBySuppliers(material.statements), workarounds }),
  };
}

/** Each of the other flaws is spoken of, as all of them become public with the advisory; a number that was given stays. */
function furtherIn(
  given: Given['further'],
  of: Case,
  others: readonly FlawMaterial[],
  before: AdvisoryText | undefined,
): readonly FurtherFlaw[] | Refusal {
  const numbers = new Map<string, number>((before?.further ?? []).map((f) => [f.vulnerabilityId, f.number]));
  // What has been published of a flaw is not left out of the next version.
  const kept = of.state === 'open' ? [] : [...numbers.keys()];
  const wanted = [...new Set<string>([...others.map((o) => o.vulnerabilityId), ...kept])];
  const left = wanted.find((id) => !given.some((g) => g.vulnerabilityId === id));
  if (left !== undefined)
    return refuse('malformed', `the case is also of ${left}: say what it is, or have the case coordinate it no longer`, '/further');
  const flaws: FurtherFlaw[] = [];
  for (const [i, { vulnerabilityId, cvss, ...said }] of given.entries()) {
    const at = `/further/${i}`;
    if (!wanted.includes(vulnerabilityId))
      return refuse('malformed', 'the case does not coordinate this flaw beside its first', `${at}/vulnerabilityId`);
    if (flaws.some((f) => f.vulnerabilityId === vulnerabilityId))
      return refuse('malformed', 'this flaw is given twice', `${at}/vulnerabilityId`);
    const material = others.find((o) => o.vulnerabilityId === vulnerabilityId)?.material ?? { reports: [], statements: [] };
    const text = flawTextOf(said, of, material);
    if (isRefusal(text)) return { ...text, at: `${at}${text.at ?? ''}` };
    const score = cvss ? scoreCvss(cvss) : undefined;
    if (isRefusal(score)) return { ...score, at: `${at}/cvss` };
    const number = numbers.get(vulnerabilityId) ?? Math.max(1, ...numbers.values()) + 1;
    numbers.set(vulnerabilityId, number);
    const was = before?.further?.find((f) => f.vulnerabilityId === vulnerabilityId);
    flaws.push({ ...text, ...(score ? { cvss: cvssOf(score) } : {}), ...stillTakenBack(was, before), vulnerabilityId, number });
  }
  return flaws.sort((a, b) => a.number - b.number);
}

/** What the case says by itself, and says otherwise than when this was drafted. */
function staleBecause({ text, draftedAt }: Advisory, of: Case, gathered: readonly FlawMaterial[]): string | undefined {
  if (of.vulnerabilities.some((v) => v.addedAt > draftedAt)) return 'a flaw has been added to the case since this was drafted';
  const [first] = gathered;
  const pairs: [FlawText, Material | undefined][] = [
    [text, first?.material],
    ...(text.further ?? []).map((f): [FlawText, Material | undefined] => [
      f,
      gathered.find((g) => g.vulnerabilityId === f.vulnerabilityId)?.material,
    ]),
  ];
  for (const [flaw, material] of pairs) {
    if (!material) {
      // What was public of it stays as it was said.
      if (of.state === 'open') return 'the case is not of all these flaws any more';
      continue;
    }
    if (digestOf(creditsIn(material.reports)) !== digestOf(flaw.credits))
      return 'the co-finders, or how they want to be thanked, have changed since this was drafted';
    if (digestOf(saidBySuppliers(material.statements)) !== digestOf(flaw.statements ?? []))
      return 'the suppliers’ statements have changed since this was drafted';
  }
  return undefined;
}

/** An advisory does not say what it says nothing of. */
function some<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}

function scoresOf(given: readonly { readonly by: string; readonly vector: string }[]): { by: string; cvss: Cvss }[] | Refusal {
  const scores: { by: string; cvss: Cvss }[] = [];
  for (const [i, { by, vector }] of given.entries()) {
    const score = scoreCvss(vector);
    if (isRefusal(score)) return { ...score, at: `/otherScores/${i}/vector` };
    scores.push({ by, cvss: cvssOf(score) });
  }
  return scores;
}

function rangesOf(
  given: readonly { package?: string | undefined; introduced?: string | null | undefined; fixed?: string | null | undefined }[],
  ofCase: string,
) {
  const ranges: AffectedRange[] = [];
  for (const [i, range] of given.entries()) {
    const purl = range.package === undefined ? ofCase : bareOf(range.package, `/affected/${i}/package`);
    if (isRefusal(purl)) return purl;
    ranges.push({ package: purl, introduced: range.introduced ?? null, fixed: range.fixed ?? null });
  }
  return ranges;
}

/** Of a score only what an advisory says: threat and environment are each reader's own. */
function cvssOf({ version, vector, base, severity }: Cvss): Cvss {
  return { version, vector, base, severity };
}

export const advisoryActions = [
  suggest,
  draft,
  draftInterim,
  withdraw,
  approve,
  get,
  ofCase,
  list,
  preview,
  ...revisionActions,
  ...assistanceActions,
];
