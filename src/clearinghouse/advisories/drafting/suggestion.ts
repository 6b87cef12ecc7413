import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import type { AffectedRange as BisectedRange } from '../../../lab/bisect/bisect.ts';
import type { Thanks } from '../../cases/credits/credit.ts';
import { artefactOf, type Patch } from '../../cases/patches/patch.ts';
import type { Statement } from '../../cases/statements/statement.ts';
import type { Finding } from '../../findings/finding.ts';
import { scoreCvss } from '../../priorities/cvss.ts';
import { creditsOf } from '../advisory.ts';
import type { AffectedRange, AiUse, Credit, SupplierSays, Workaround } from '../text.ts';

/** What a case holds that an advisory can be made of. */
export interface Material {
  readonly package: string;
  readonly title: string;
  /** In the order of the case. */
  readonly reports: readonly Report[];
  readonly tried: readonly Tried[];
  readonly bisected: readonly Bisected[];
  readonly patches: readonly Patch[];
  /** Current ones. */
  readonly statements: readonly (Statement & { readonly orgName: string })[];
  readonly hasPriority: boolean;
  /** What maintainers said who will not fix, in their own words, as it was recorded and approved. */
  readonly nonFixes: readonly { readonly supplier: string; readonly position: string; readonly saidAt: Instant }[];
}

type Report = Pick<
  Finding,
  | 'orgId'
  | 'text'
  | 'versions'
  | 'cwe'
  | 'cvss'
  | 'references'
  | 'upstreamIds'
  | 'introducedCommit'
  | 'fixedCommit'
  | 'discoveryMethod'
  | 'discoveryTooling'
  | 'discoveryModel'
  | 'receivedAt'
> & { readonly orgName: string; readonly thanks: Thanks };

/** A replay that reproduced, by the versions that it was tried on. */
export interface Tried {
  readonly recipeId: string;
  readonly package: string;
  readonly vulnerable: string;
  /** The version on which it was silent; null where the recipe's fixed build is a patch, or there is none. */
  readonly fixed: string | null;
}

/** What a search of the history found: one range of it, by versions of a registry. */
export interface Bisected {
  readonly recipeId: string;
  readonly package: string;
  readonly range: BisectedRange;
}

/** Where a proposed value comes from, by JSON pointer into the draft. */
interface Origin {
  readonly at: string;
  readonly from: string;
}

interface Suggestion {
  readonly draft: {
    readonly title: string;
    readonly summary: string;
    readonly affected: readonly AffectedRange[];
    readonly cve: string | null;
    readonly cwe: string | null;
    readonly references: readonly { readonly kind: 'web'; readonly url: string }[];
    readonly otherScores: readonly { readonly by: string; readonly vector: string }[];
    readonly workarounds: readonly Workaround[];
  };
  readonly origins: readonly Origin[];
  /** What nobody has said yet. */
  readonly missing: readonly string[];
}

/** A first draft from what is known. Nothing in it is more certain than what it names as its origin. */
export function suggestionOf(material: Material): Suggestion {
  const [first] = material.reports;
  const { ranges, from } = rangesOf(material);
  const cwe = weaknessOf(material.reports);
  const cve = material.reports.flatMap((r) => r.upstreamIds).find((id) => /^CVE-\d{4}-\d{4,12}$/.test(id)) ?? null;
  const isUsable = (url: string) => URL.canParse(url) && /^https?:/.test(url) && url.length <= limits.referenceBytes;
  const urls = [...new Set(material.reports.flatMap((r) => r.references))].filter(isUsable).slice(0, limits.referencesPerAdvisory);
  // Whoever is not to be named is not named as the giver of a score either.
  const claims = material.reports.flatMap((r) => (r.cvss ? [{ by: r.thanks.line ?? 'a finder', vector: r.cvss }] : []));
  const otherScores = claims.filter((claim) => !isRefusal(scoreCvss(claim.vector))).slice(0, limits.otherScoresPerAdvisory);
  // Where there is a version with a fix, "none is planned" would contradict it (CSAF 2.1 6.1.35).
  const unfixed = ranges.every((r) => r.fixed === null) ? material.nonFixes.slice(0, limits.workaroundsPerAdvisory) : [];
  const origins: Origin[] = [
    { at: '/title', from: 'the case' },
    { at: '/summary', from: `the report of ${first?.orgName ?? 'nobody'}: say how it shows, not how it is done` },
    ...from.map((origin, i) => ({ at: `/affected/${i}`, from: origin })),
    ...(cwe ? [{ at: '/cwe', from: `the report of ${cwe.orgName}` }] : []),
    ...(cve ? [{ at: '/cve', from: 'a report names it' }] : []),
    ...otherScores.map((s, i) => ({ at: `/otherScores/${i}`, from: `the report of ${s.by}` })),
    ...unfixed.map((n, i) => ({ at: `/workarounds/${i}`, from: `the non-fix record of ${n.supplier}, said ${n.saidAt}` })),
  ];
  return {
    draft: {
      ...{ title: material.title, summary: first?.text ?? '', affected: ranges, cve, cwe: cwe?.id ?? null },
      ...{ references: urls.map((url) => ({ kind: 'web' as const, url })), otherScores },
      workarounds: unfixed.map(({ position }) => ({ kind: 'no_fix_planned' as const, text: position })),
    },
    origins,
    missing: missingIn(material, ranges, cve),
  };
}

/** Those between published versions: a position in a patch series, a revision or an archive is no version of an advisory. */
export function publishedRanges(kind: string, ranges: readonly BisectedRange[]): readonly BisectedRange[] {
  if (!['npm', 'pypi', 'debian'].includes(kind)) return [];
  return ranges.filter(({ introduced, lastKnownAffected, fixed }) =>
    [introduced.by, lastKnownAffected, fixed?.by ?? ''].every((name) => !name.includes(' ')),
  );
}

/** Suppliers know best where it begins; next what a search of the history showed, then what was replayed here; a version that was merely reported bounds nothing. */
function rangesOf(material: Material): { ranges: AffectedRange[]; from: string[] } {
  const said = material.statements
    .filter((s) => s.state === 'approved')
    .flatMap((s) => s.affected.map((range) => ({ range: { package: s.package, ...range }, from: `the statement of ${s.orgName}` })));
  const saidOf = new Set(said.map((s) => s.range.package));
  const bisected = material.bisected
    .filter((b) => !saidOf.has(b.package))
    .map(({ package: name, recipeId, range: { introduced, lastKnownAffected, fixed } }) => ({
      range: { package: name, introduced: introduced.after === null ? null : introduced.by, fixed: fixed?.by ?? null },
      from: `from bisect (${recipeId}): ${cameIn(introduced)}, last seen with ${lastKnownAffected}, ${fixed ? `gone ${behind(fixed)}` : 'in every later version that was looked at'}`,
    }));
  const bisectedOf = new Set(bisected.map((b) => b.range.package));
  const replayed = material.tried
    .filter((t) => !saidOf.has(t.package) && !bisectedOf.has(t.package))
    .map((t) => ({
      range: { package: t.package, introduced: null, fixed: t.fixed },
      from: `replayed here (${t.recipeId}): fails with ${t.vulnerable}${t.fixed === null ? '' : `, silent with ${t.fixed}`}; where it begins was not looked for`,
    }));
  const known = [...said, ...bisected, ...replayed].filter(
    (a, i, all) => all.findIndex((b) => JSON.stringify(b.range) === JSON.stringify(a.range)) === i,
  );
  const fitting = known.slice(0, limits.rangesPerAdvisory);
  if (fitting.length > 0) return { ranges: fitting.map((k) => k.range), from: fitting.map((k) => k.from) };
  const versions = [...new Set(material.reports.flatMap((r) => r.versions))];
  const from =
    versions.length > 0 ? `reported with ${versions.join(', ')}; nobody said where it begins or ends` : 'nobody said which versions';
  return { ranges: [{ package: material.package, introduced: null, fixed: null }], from: [from] };
}

function cameIn(introduced: BisectedRange['introduced']): string {
  return introduced.after === null ? `there from the first version that was looked at, ${introduced.by}` : `came in ${behind(introduced)}`;
}

function behind({ after, by, exact }: BisectedRange['introduced']): string {
  return exact ? `with ${by}` : `after ${after} and no later than ${by}`;
}

/** The weakness that most reports name, the earlier one of two. */
export function weaknessOf(
  reports: readonly Pick<Report, 'cwe' | 'orgName' | 'thanks'>[],
): { id: string; orgName: string; by: string | null } | undefined {
  const byId = Map.groupBy(
    reports.filter((r) => r.cwe !== null),
    (r) => r.cwe,
  );
  const [most] = [...byId.values()].toSorted((a, b) => b.length - a.length);
  const [first] = most ?? [];
  return first?.cwe ? { id: first.cwe, orgName: first.orgName, by: first.thanks.line } : undefined;
}

function missingIn(material: Material, ranges: readonly AffectedRange[], cve: string | null): string[] {
  const given = material.statements.filter((s) => s.state === 'given');
  const unasked = [...new Set(material.reports.filter((r) => !r.thanks.isChosen).map((r) => r.orgName))];
  return [
    ...(cve === null ? ['no CVE id is known'] : []),
    ...(ranges.every((r) => r.fixed === null) ? ['no fixed version is known'] : []),
    ...(ranges.every((r) => r.introduced === null) && material.bisected.length === 0
      ? ['where it begins is not known: no supplier said it, and nothing was bisected']
      : []),
    ...(artefactOf(material.patches) ? [] : ['no patch was verified here']),
    ...(material.hasPriority ? [] : ['nobody assessed its severity and priority']),
    ...unasked.map((name) => `${name} has not said how it wants to be thanked`),
    ...given.map((s) => `the statement of ${s.orgName} waits to be approved`),
  ];
}

/** What may be said of a supplier: its own words, once somebody else approved them. */
export function saidBySuppliers(statements: Material['statements']): SupplierSays[] {
  return statements.flatMap(({ state, orgName, package: name, status, justification, text, saidAt }) =>
    // Whoever cannot tell tells the reader nothing.
    state === 'approved' && status !== 'unknown' ? [{ supplier: orgName, package: name, status, justification, text, at: saidAt }] : [],
  );
}

/** Every finder as it consented to be named, with the time of its first report. */
export function creditsIn(reports: Material['reports']): Credit[] {
  return creditsOf(
    reports.flatMap(({ thanks: { key, line }, receivedAt }) => (line === null ? [] : [{ key, name: line, at: receivedAt }])),
  );
}

/** Where AI had a part, as the finders told it and the patch says; with what, where they want it told; absent where it had none. */
export function aiUseOf(material: Pick<Material, 'reports' | 'patches'>, isDraftedByAgent: boolean): AiUse | undefined {
  const found = material.reports
    .filter((r) => r.discoveryModel !== null || r.discoveryMethod?.startsWith('ai'))
    .map(({ thanks, discoveryTooling, discoveryModel }) => ({
      by: thanks.line,
      tooling: thanks.namesTools ? discoveryTooling : null,
      model: thanks.namesTools ? discoveryModel : null,
    }));
  // Once each; and nothing of whoever says more of itself elsewhere.
  const saysNothing = (use: (typeof found)[number]) => use.tooling === null && use.model === null;
  const discovery = found.filter(
    (a, i) =>
      found.findIndex((b) => JSON.stringify(b) === JSON.stringify(a)) === i &&
      !(saysNothing(a) && found.some((b) => b.by === a.by && !saysNothing(b))),
  );
  const patch = artefactOf(material.patches)?.writtenBy === 'ai';
  return discovery.length > 0 || patch || isDraftedByAgent ? { discovery, patch, drafting: isDraftedByAgent } : undefined;
}
