import { sha256 } from '../../../base/canonical.ts';
import type { Tx } from '../../../base/doors.ts';
import { day, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { wireOk } from '../../../base/wire.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { vulnerabilityById } from '../../duplicates/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { takesPart } from '../participants/coordinating.ts';
import { readInsOfCase } from '../read-ins/store.ts';
import { caseById, continuedVulnerabilities } from '../store.ts';
import { isOnlyFinder, tierIn } from '../wire.ts';
import { cnaFor, readCnas } from './cna.ts';
import * as rules from './cve.ts';
import { type Cve, cveLabel, type Errand } from './cve.ts';
import { foundBy } from './found.ts';
import { type ErrandSpec, workErrand } from './labour.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const setPool = action({
  name: 'cves.setPool',
  at: 'POST /api/cves/pool',
  summary: 'How many reserved CVE ids are kept ready: refilled up to `most` when fewer than `least` are left.',
  by: ['coordinator'],
  input: wire.poolInput,
  output: wireOk,
  async run(ctx, input) {
    await store.savePool(ctx.tx, input);
    return done({ ok: true as const }, ofPool('cve.pool-set', 'pool', input));
  },
});

export const pool = action({
  name: 'cves.pool',
  at: 'GET /api/cves/pool',
  summary: 'The pool of CVE ids, what is asked of CVE Services and not done, and flaws that have two ids.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.poolOut,
  async run(ctx) {
    const year = rules.yearOf(ctx.now);
    const { least, most } = (await store.poolOf(ctx.tx)) ?? { least: 0, most: 0 };
    const pairs = await store.doubled(ctx.tx, await continuedVulnerabilities(ctx.tx, limits.pageRows));
    const doubled = pairs.map(([a, b]) =>
      rules.keptOf(a, b) === a ? { keep: a.cveId, reject: b.cveId } : { keep: b.cveId, reject: a.cveId },
    );
    const errands = (await store.openErrands(ctx.tx, limits.pageRows)).map(wire.presentErrand);
    const cna = ctx.doors.cves.account?.org ?? null;
    return done({ cna, least, most, year, left: await store.pooledOf(ctx.tx, year), errands, doubled });
  },
});

export const list = action({
  name: 'cves.list',
  at: 'GET /api/cves',
  summary: 'The CVE ids of this hub, and those that others gave to flaws of its cases.',
  by: ['coordinator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, { after, limit }) {
    return done({ items: await store.listCves(ctx.tx, after, limit) });
  },
  present: presentItems(wire.present),
});

export const ofCase = action({
  name: 'cves.ofCase',
  at: 'GET /api/cases/:id/cves',
  summary: 'The CVE ids of the flaw of a case, for tiers 0 and 1.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.ofCaseOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_permitted', 'CVE ids are for tiers 0 and 1 until they are public');
    const all = await ctx.acrossCompartments((tx) => store.cvesOfCase(tx, of.id));
    if (!isOnlyFinder({ case: of, readIns: await readInsOfCase(ctx.tx, of.id) }, ctx.actor)) return done({ items: all });
    const found = await ctx.acrossCompartments((tx) => foundBy(tx, of, ctx.actor.orgId));
    return done({ items: all.filter((c) => c.vulnerabilityId !== null && found.has(c.vulnerabilityId)) });
  },
  present: presentItems(wire.present),
});

export const assign = action({
  name: 'cves.assign',
  at: 'POST /api/cases/:id/cves',
  summary: 'Give the flaw of a case a CVE id of the pool: one flaw, one id.',
  by: ['coordinator'],
  input: wire.assignInput,
  output: wire.cveOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const flaw = (await takesPart(ctx, of)) ?? flawIn(of, input.vulnerabilityId);
    if (isRefusal(flaw)) return flaw;
    const no = rules.decideAssignment(await factsOf(ctx.tx, of, flaw));
    if (no) return no;
    const match = cnaFor(of.package, await store.scopesRead(ctx.tx), await store.cnasRead(ctx.tx));
    if (match.shortName !== null && match.shortName !== ctx.doors.cves.account?.org && input.because === undefined)
      return refuse(
        'not_permitted',
        `this package is ${match.shortName}’s (${match.because}): ask there first, and say what came of it`,
        '/because',
      );
    const free = await store.takePooled(ctx.tx, rules.yearOf(ctx.now));
    if (!free)
      return refuse('unavailable', 'no reserved CVE id is left; the pool is refilled by itself where it is set and CVE Services answers');
    const given: Cve = {
      ...free,
      ...{ state: 'assigned', caseId: of.id, vulnerabilityId: flaw.id, assignedBy: ctx.actor.id, assignedAt: ctx.now },
      because: input.because ?? null,
    };
    await store.saveCve(ctx.tx, given);
    const { cveId, because } = given;
    return done(given, ofFlaw(of, 'cve.assigned', { cveId, because }));
  },
  present: wire.present,
});

export const recordForeign = action({
  name: 'cves.recordForeign',
  at: 'POST /api/cases/:id/cves/foreign',
  summary: 'Record the CVE id that another numbering authority gave to the flaw of a case.',
  by: ['coordinator'],
  input: wire.foreignInput,
  output: wire.cveOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, { cveId, by, vulnerabilityId }, of: Case) {
    const flaw = (await takesPart(ctx, of)) ?? flawIn(of, vulnerabilityId);
    if (isRefusal(flaw)) return flaw;
    const has = await store.cveOfFlaw(ctx.tx, flaw.id);
    if (has) return refuse('conflict', `this flaw has ${has.cveId}: one flaw, one id; reject the one that is not to stay`);
    const foreign: Cve = {
      ...{ cveId, year: rules.yearOfId(cveId), state: 'foreign', assignedByCna: by, caseId: of.id, vulnerabilityId: flaw.id },
      ...{ assignedBy: ctx.actor.id, assignedAt: ctx.now, reservedAt: ctx.now, publishedAt: null, rejectedAt: null },
      ...{ because: null, replacedBy: null, label: cveLabel },
    };
    if ((await store.insertCves(ctx.tx, [foreign])) === 0) return refuse('conflict', `${cveId} is another flaw’s here`);
    return done(foreign, ofFlaw(of, 'cve.recorded', { cveId, by }));
  },
  present: wire.present,
});

export const reject = action({
  name: 'cves.reject',
  at: 'POST /api/cves/:cveId/reject',
  summary: 'Reject a CVE id of the hub’s own, and why; as a duplicate with the id that stays.',
  by: ['coordinator'],
  input: wire.rejectInput,
  output: wire.cveOut,
  on: (ctx, input) => store.cveById(ctx.tx, input.cveId),
  async run(ctx, { cveId, because, replacedBy }, of: Cve) {
    const given = of.caseId && (await caseById(ctx.tx, of.caseId));
    const refused = given && (await takesPart(ctx, given));
    if (refused) return refused;
    if (of.state === 'foreign') return refuse('not_permitted', `${cveId} is ${of.assignedByCna}’s to reject`);
    if (of.state === 'rejected' || of.state === 'rejecting') return refuse('wrong_state', 'it is rejected already');
    if (replacedBy === cveId) return refuse('malformed', 'an id is no duplicate of itself', '/replacedBy');
    const text = replacedBy ? `This id is a duplicate of ${replacedBy}. ${because}` : because;
    const next: Cve = { ...of, state: 'rejecting', because, replacedBy: replacedBy ?? null };
    await store.saveCve(ctx.tx, next);
    await ask(ctx, { kind: 'reject', cveId, container: rules.rejection(text, replacedBy ?? null) });
    const told = of.caseId ? ofFlaw({ id: of.caseId }, 'cve.rejecting', { cveId, because, replacedBy: replacedBy ?? null }) : undefined;
    return done(next, told ?? ofPool('cve.rejecting', cveId, { because }));
  },
  present: wire.present,
});

export const takeRecord = action({
  name: 'cves.takeRecord',
  at: 'POST /api/cves/record',
  summary: 'What a release says of a flaw is what its CVE record is to say.',
  by: ['coordinator'],
  internal: true,
  input: wire.recordInput,
  output: wireOk,
  async run(ctx, { caseId, cveId, container, isWithdrawn }) {
    const of = await store.cveById(ctx.tx, cveId);
    const released = await caseById(ctx.tx, caseId);
    const isOfCase = released?.vulnerabilities.some((v) => v.id === of?.vulnerabilityId);
    const isOurs = of && (of.state === 'assigned' || of.state === 'published') && isOfCase;
    // Another authority's record, or one that is rejected: theirs to write, or done with.
    if (!isOurs) return done({ ok: true as const });
    await ask(ctx, { kind: isWithdrawn ? 'reject' : 'publish', cveId, container: container as object });
    return done({ ok: true as const }, ofFlaw({ id: caseId }, 'cve.record-due', { cveId, isWithdrawn }));
  },
});

export const tend = action({
  name: 'cves.tend',
  at: 'POST /api/cves/tend',
  summary: 'Refill the pool, let go what is left of a year that is over, and have every errand done whose hour has come.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wireOk,
  async run(ctx) {
    if (!ctx.doors.cves.account) return done({ ok: true as const });
    await refill(ctx);
    for (const of of await store.expired(ctx.tx, rules.lastExpired(ctx.now), limits.followBatchRows)) {
      const because = `Reserved in ${of.year} and not used.`;
      await store.saveCve(ctx.tx, { ...of, state: 'rejecting', because });
      await ask(ctx, { kind: 'reject', cveId: of.cveId, container: rules.rejection(because, null) });
    }
    const due = await store.dueErrands(ctx.tx, ctx.now, limits.followBatchRows);
    return done({ ok: true as const }, ...due.map((errand) => ofPool('cve.errand-due', errand.id, { kind: errand.kind })));
  },
});

export const retry = action({
  name: 'cves.retry',
  at: 'POST /api/cves/errands/:id/retry',
  summary: 'Ask CVE Services again for what it refused, once what was wrong is mended.',
  by: ['coordinator'],
  input: wire.byErrand,
  output: wire.errandOut,
  on: (ctx, input) => store.errandById(ctx.tx, input.id),
  async run(ctx, _input, errand: Errand) {
    if (errand.state !== 'refused') return refuse('wrong_state', 'it was not refused');
    const again: Errand = { ...errand, state: 'waiting', tries: 0, dueAt: ctx.now, leasedUntil: null };
    await store.saveErrand(ctx.tx, again);
    return done(again, ofPool('cve.errand-retried', errand.id, null));
  },
  present: wire.presentErrand,
});

export const readList = action({
  name: 'cves.readCnas',
  at: 'POST /api/cnas',
  summary: 'Read the public list of numbering authorities (CNAsList.json), given as a file.',
  by: ['coordinator'],
  input: wire.cnasInput,
  output: wire.readOut,
  async run(ctx, { list: text, url }) {
    const read = readCnas(text);
    if (isRefusal(read)) return read;
    const digest = sha256(text);
    await store.saveCnas(ctx.tx, read.cnas, url, digest, ctx.now);
    const said = { read: read.cnas.length, skipped: read.skipped, sha256: digest };
    return done(said, ofPool('cve.authorities-read', 'authorities', { ...said, url }));
  },
});

export const setScope = action({
  name: 'cves.setScope',
  at: 'POST /api/cnas/scopes',
  summary: 'Record what you have read out of an authority’s scope: which packages it covers, and where it says so.',
  by: ['coordinator'],
  input: wire.scopeInput,
  output: wireOk,
  async run(ctx, input) {
    if (!(await store.cnasRead(ctx.tx)).some((cna) => cna.shortName === input.shortName))
      return refuse('not_found', 'no authority of that name was read', '/shortName');
    const known = await store.scopesRead(ctx.tx);
    if (known.length >= limits.cnaScopes && !known.some((s) => s.covers === input.covers))
      return refuse('too_many', `at most ${limits.cnaScopes} scopes`);
    await store.saveScope(ctx.tx, input, ctx.actor.id, ctx.now);
    return done({ ok: true as const }, ofPool('cve.scope-read', input.covers, input));
  },
});

export const match = action({
  name: 'cves.cnaFor',
  at: 'GET /api/cnas/match',
  summary: 'Whose scope covers a package, as far as somebody has read it; otherwise whose words name it.',
  by: ['coordinator'],
  input: wire.matchInput,
  output: wire.matchOut,
  async run(ctx, { purl }) {
    return done(cnaFor(purl, await store.scopesRead(ctx.tx), await store.cnasRead(ctx.tx)));
  },
});

export const beginErrand = action({
  name: 'cves.begin',
  at: 'POST /api/cves/errands/:id/begin',
  summary: 'What is asked of CVE Services.',
  by: ['coordinator'],
  internal: true,
  input: wire.byErrand,
  output: wire.specOut,
  on: (ctx, input) => store.errandById(ctx.tx, input.id),
  async run(ctx, _input, { kind, year, amount, cveId, container, state }: Errand) {
    if (state !== 'waiting') return refuse('wrong_state', 'this is done');
    const known = year === null ? [] : await store.idsOfYear(ctx.tx, year);
    const spec: ErrandSpec = { kind, year, amount, cveId, container, known };
    return done(spec);
  },
});

export const concludeErrand = action({
  name: 'cves.conclude',
  at: 'POST /api/cves/errands/:id/conclude',
  summary: 'Take down what CVE Services said.',
  by: ['coordinator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.errandOut,
  on: (ctx, input) => store.errandById(ctx.tx, input.id),
  async run(ctx, { evidence }, errand: Errand) {
    if (errand.state !== 'waiting') return refuse('wrong_state', 'this is done');
    const next = rules.afterTry(errand, evidence.refused ?? undefined, ctx.now);
    await store.saveErrand(ctx.tx, next);
    const events: Happening[] = [];
    // Whatever else came of it: what is reserved there is held here.
    const ids = [...new Set([...evidence.found, ...evidence.reserved])].filter((id) => rules.yearOfId(id) === errand.year);
    const taken = await store.insertCves(
      ctx.tx,
      ids.map((cveId) => pooled(ctx, cveId)),
    );
    if (taken > 0) events.push(ofPool('cve.reserved', errand.id, { year: errand.year, taken, found: evidence.found.length }));
    for (const { cveId, state } of evidence.changed) await followUpstream(ctx, cveId, state);
    if (errand.cveId !== null && next.state === 'done') events.push(...(await settle(ctx, errand)));
    if (next.state === 'refused') events.push(ofPool('cve.errand-refused', errand.id, { kind: errand.kind, because: next.because }));
    return done(next, ...events);
  },
  present: wire.presentErrand,
});

/** An id that was published or rejected past this hub is not given out. */
async function followUpstream(ctx: Ctx, cveId: string, state: 'PUBLISHED' | 'REJECTED'): Promise<void> {
  const of = await store.cveById(ctx.tx, cveId);
  if (of?.state !== 'pooled') return;
  const because = `${state.toLowerCase()} at CVE Services, not by this hub`;
  await store.saveCve(ctx.tx, { ...of, state: 'rejected', because, rejectedAt: ctx.now });
}

async function settle(ctx: Ctx, errand: Errand): Promise<Happening[]> {
  const of = await store.cveById(ctx.tx, errand.cveId!);
  if (!of) return [];
  const isRejected = errand.kind === 'reject';
  const next: Cve = isRejected
    ? { ...of, state: 'rejected', rejectedAt: ctx.now }
    : { ...of, state: 'published', publishedAt: of.publishedAt ?? ctx.now };
  await store.saveCve(ctx.tx, next);
  const event = isRejected ? 'cve.rejected' : 'cve.published';
  return [of.caseId ? ofFlaw({ id: of.caseId }, event, { cveId: of.cveId }) : ofPool(event, of.cveId, null)];
}

async function refill(ctx: Ctx): Promise<void> {
  const set = await store.poolOf(ctx.tx);
  const year = rules.yearOf(ctx.now);
  const amount = set ? rules.decideRefill(set, await store.pooledOf(ctx.tx, year)) : 0;
  if (amount === 0) return;
  // One at a time; what was refused, for want of quota or rights, is asked for again the next day.
  const mustWait = await store.unmetReservation(ctx.tx, plusMs(ctx.now, -day));
  if (!mustWait) await ask(ctx, { kind: 'reserve', year, amount });
}

async function ask(ctx: Ctx, what: Pick<Errand, 'kind'> & Partial<Errand>): Promise<void> {
  const blank = { year: null, amount: null, cveId: null, container: null, leasedUntil: null, because: null };
  const waiting = { state: 'waiting', tries: 0, dueAt: ctx.now, askedAt: ctx.now, label: cveLabel } as const;
  const errand: Errand = { ...blank, ...what, id: ctx.id('cve'), ...waiting };
  await store.replaceErrands(ctx.tx, errand);
  await store.insertErrand(ctx.tx, errand);
}

function pooled(ctx: Ctx, cveId: string): Cve {
  return {
    ...{ cveId, year: rules.yearOfId(cveId), state: 'pooled', assignedByCna: null, caseId: null, vulnerabilityId: null, assignedBy: null },
    ...{ assignedAt: null, reservedAt: ctx.now, publishedAt: null, rejectedAt: null, because: null, replacedBy: null, label: cveLabel },
  };
}

/** The flaw of a case that is meant; where it has several, one must be named. */
function flawIn(of: Case, id: string | undefined) {
  const [first, ...others] = of.vulnerabilities;
  if (id === undefined)
    return others.length === 0 ? first : refuse('malformed', 'this case has several flaws: name one', '/vulnerabilityId');
  return of.vulnerabilities.find((v) => v.id === id) ?? refuse('not_found', 'no such flaw in this case', '/vulnerabilityId');
}

async function factsOf(tx: Tx, of: Case, flaw: Case['vulnerabilities'][number]): Promise<rules.Flaw> {
  const into = flaw.continuesInId ?? (await vulnerabilityById(tx, flaw.id))?.subsumedById ?? null;
  const other = into ? await store.cveOfFlaw(tx, into) : undefined;
  const continuesIn = into && { vulnerabilityId: into, cveId: other?.cveId ?? null };
  return { outcome: of.outcome, has: (await store.cveOfFlaw(tx, flaw.id)) ?? null, continuesIn };
}

function ofPool(event: Happening['event'], thing: string, payload: unknown): Happening {
  return { event, thing, label: cveLabel, payload };
}

function ofFlaw(of: Pick<Case, 'id'>, event: Happening['event'], payload: unknown): Happening {
  return { event, thing: of.id, label: ledgerLabel(of), payload };
}

export const cveErrand: Labour<ErrandSpec, unknown> = {
  name: 'cve-errand',
  begin: beginErrand,
  work: workErrand,
  conclude: concludeErrand,
};

export const cveActions = [
  ...[setPool, pool, list, ofCase, assign, recordForeign, reject, takeRecord, tend, retry],
  ...[readList, setScope, match, beginErrand, concludeErrand],
];
