import { day, plusMs } from '../src/base/instant.ts';
import type { Cast, Player } from './cast.ts';
import type { DrivenClock } from './clock.ts';
import type { Screen } from './screen.ts';

interface CaseView {
  readonly id: string;
  readonly package: string;
  readonly embargo: { state: string; endsAt: string; because: string };
  readonly patches?: { id: string; verdict: string | null; because?: string | null }[];
  readonly reports?: { orgId: string; title: string }[];
  readonly finderOrgIds?: string[];
}

/** One flaw on its way from the case to the approved advisory. */
interface Matter {
  readonly package: string;
  readonly maintainer: Player;
  readonly embargoDays: number;
  readonly cvss: string;
  readonly title: string;
  readonly summary: string;
  readonly affected: { introduced: string | null; fixed: string }[];
  readonly cve: string;
  readonly cwe: string;
  /** The maintainer's own patch; null = they point to their fixed version. */
  readonly patch: Uint8Array | null;
}

export interface Agreed {
  readonly caseId: string;
  readonly advisoryId: string;
  readonly goLiveAt: string;
  readonly finders: number;
}

export async function coordinate(matter: Matter, cast: Cast, clock: DrivenClock, screen: Screen): Promise<Agreed> {
  const { ada, bo } = cast;
  const { items } = await ada.until<{ items: CaseView[] }>(
    'cases.list',
    {},
    (l) => l.items.some((c) => c.package === matter.package),
    `the case of ${matter.package}`,
  );
  const caseId = items.find((c) => c.package === matter.package)!.id;
  await readIn(caseId, matter, cast, screen);
  if (matter.patch) await tryPatch(caseId, matter.maintainer, matter.patch, screen);
  const goLiveAt = await agreeOnEmbargo(caseId, matter, ada, clock, screen);
  await assess(caseId, matter, ada, screen);
  await state(caseId, matter, ada, screen);
  const advisoryId = await draft(caseId, matter, ada, bo, screen);
  const release = await ada.say<{ id: string }>('releases.schedule', { advisoryId, goLiveAt });
  screen.step('Ada', `schedules ${matter.cve} for ${goLiveAt}, the same hour for everybody (${release.id.slice(0, 12)}…)`);
  const view = await ada.say<CaseView>('cases.get', { id: caseId });
  return { caseId, advisoryId, goLiveAt, finders: view.finderOrgIds?.length ?? 0 };
}

async function readIn(caseId: string, matter: Matter, { ada }: Cast, screen: Screen): Promise<void> {
  const { maintainer } = matter;
  const before = await maintainer.ask('cases.get', { id: caseId });
  if ((before as { code?: string }).code !== 'not_found') throw new Error('the case was visible before the read-in');
  const sponsorId = ada.personId;
  const exclusions = { conflict: false, antitrust: false, breach: false, sanctions: false };
  await ada.say('cases.readIn', {
    id: caseId,
    personId: maintainer.personId,
    tier: 0,
    need: 'maintains the affected code',
    ability: 'patch',
    sponsorId,
    exclusions,
  });
  const { items } = await maintainer.say<{ items: { caseId: string; termsDigest: string }[] }>('cases.offers');
  const offer = items.find((o) => o.caseId === caseId);
  if (!offer) throw new Error('the offer did not reach the maintainer');
  await maintainer.say('cases.acknowledge', { id: caseId, termsDigest: offer.termsDigest });
  const view = await maintainer.say<CaseView>('cases.get', { id: caseId });
  screen.step(maintainer.name, `accepts the embargo terms and is read in: sees ${view.reports?.length ?? 0} report(s) with PoC, one case`);
}

async function tryPatch(caseId: string, maintainer: Player, patch: Uint8Array, screen: Screen): Promise<void> {
  const submitted = await maintainer.say<{ id: string }>('cases.submitPatch', {
    id: caseId,
    patch: Buffer.from(patch).toString('base64'),
    writtenBy: 'person',
  });
  const isJudged = (view: CaseView) => view.patches?.some((p) => p.id === submitted.id && p.verdict !== null) ?? false;
  const view = await maintainer.until<CaseView>('cases.get', { id: caseId }, isJudged, 'the verdict on the patch');
  const judged = view.patches!.find((p) => p.id === submitted.id)!;
  if (judged.verdict !== 'verified') throw new Error(`the patch was judged ${judged.verdict}: ${judged.because}`);
  screen.step('lab', `${maintainer.name}'s patch: ${judged.verdict}; ${judged.because ?? ''}`);
}

/** The coordinator proposes, the maintainer asks for a day less, the coordinator accepts: the shortest window governs. */
async function agreeOnEmbargo(caseId: string, matter: Matter, ada: Player, clock: DrivenClock, screen: Screen): Promise<string> {
  const hour = 60 * 60 * 1000;
  const round = (days: number) => new Date(Math.ceil(Date.parse(plusMs(clock.now(), days * day)) / hour) * hour).toISOString();
  await ada.say('cases.proposeEmbargo', { id: caseId, endsAt: round(matter.embargoDays), because: 'time to ship a tested fix' });
  const wanted = round(matter.embargoDays - 1);
  await matter.maintainer.say('cases.answerEmbargo', {
    id: caseId,
    answer: 'counter',
    endsAt: wanted,
    because: 'the fix is ready; sooner is better',
  });
  const agreed = await ada.say<{ state: string; endsAt: string; because: string }>('cases.answerEmbargo', { id: caseId, answer: 'accept' });
  screen.step('embargo', `${agreed.state} until ${agreed.endsAt} (${agreed.because})`);
  return agreed.endsAt;
}

async function assess(caseId: string, matter: Matter, ada: Player, screen: Screen): Promise<void> {
  const evidence = (value: string, text: string) => ({ value, evidence: text });
  const ssvc = {
    exploitation: evidence('none', 'no PoC is public and no attack was reported; ours is under embargo'),
    automatable: evidence('yes', 'one input without interaction is enough'),
    technicalImpact: evidence('partial', 'as far as the sanitizer shows'),
    missionWellbeing: evidence('medium', 'parses what comes from outside in many products'),
  };
  const ranked = await ada.say<{ decision: string; cvss: { base: number; severity: string } }>('priorities.assess', {
    caseId,
    cvssVector: matter.cvss,
    ssvc,
  });
  screen.step('Ada', `ranks it: SSVC ${ranked.decision}; CVSS ${ranked.cvss.base} (${ranked.cvss.severity}), kept apart from it`);
}

/** The maintainer says how the package stands; in the advisory it is their word, under their name. */
async function state(caseId: string, { maintainer, affected }: Matter, ada: Player, screen: Screen): Promise<void> {
  const text = `Update to ${affected.map((range) => range.fixed).join(' or ')}.`;
  const said = await maintainer.say<{ id: string }>('cases.state', { id: caseId, status: 'affected', affected, text });
  await ada.say('cases.approveStatement', { id: said.id });
  screen.step(maintainer.name, `says which versions are affected; approved for the advisory by Ada`);
}

interface Suggestion {
  readonly draft: { affected: Matter['affected'] };
  readonly origins: { at: string; from: string }[];
  readonly missing: string[];
}

async function draft(caseId: string, matter: Matter, ada: Player, bo: Player, screen: Screen): Promise<string> {
  const { title, summary, cve, cwe } = matter;
  const suggested = await ada.say<Suggestion>('advisories.suggest', { caseId });
  const { affected } = suggested.draft;
  const from = suggested.origins.find((o) => o.at === '/affected/0')?.from;
  screen.step('hub', `suggests a first draft: affected versions from ${from}; not known yet: ${suggested.missing.join('; ') || 'nothing'}`);
  const drafted = await ada.say<{ id: string; digest: string }>('advisories.draft', { caseId, title, summary, affected, cve, cwe });
  const own = await ada.ask('advisories.approve', { id: drafted.id, digest: drafted.digest });
  if ((own as { refused?: boolean }).refused !== true) throw new Error('the drafter approved their own advisory');
  await bo.say('advisories.approve', { id: drafted.id, digest: drafted.digest });
  screen.step('Bo', `approves the advisory that Ada drafted (Ada herself was refused: ${(own as { code: string }).code})`);
  return drafted.id;
}
