import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Tlp } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { readLicenseExpression } from './csaf/license-expression.ts';
import type { Indicator } from './indicator.ts';

/** One half-open range of versions: `introduced` is in it, `fixed` is not. Several ranges of a package are a union. */
export interface AffectedRange {
  /** Canonical purl without version. */
  readonly package: string;
  /** The first affected version; null = from the beginning. */
  readonly introduced: string | null;
  /** The first version without the flaw; null = there is none yet. */
  readonly fixed: string | null;
}

/** A co-finder as it consented to be named. All of them keep their credit and the time of their report, in that order. */
export interface Credit {
  readonly name: string;
  readonly at: Instant;
}

export const referenceKinds = ['advisory', 'article', 'detection', 'discussion', 'report', 'fix', 'package', 'evidence', 'web'] as const;
interface Reference {
  readonly kind: (typeof referenceKinds)[number];
  readonly url: string;
}

export interface Cvss {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  readonly vector: string;
  readonly base: number;
  readonly severity: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
}

/** The coordinator's SSVC outcome and its decision points by name. */
export interface Ssvc {
  readonly decision: string;
  readonly points: Readonly<Record<string, string>>;
}

/** What a supplier says of its own package, by name and date: our own ranges may differ, and both are shown. */
export interface SupplierSays {
  readonly supplier: string;
  readonly package: string;
  readonly status: 'affected' | 'not-affected' | 'fixed' | 'under-investigation';
  /** One of the five VEX justifications, with `not-affected`. */
  readonly justification: string | null;
  readonly text: string;
  readonly at: Instant;
}

/** What can be done without a fix, or that there will be none: CSAF's categories. */
export const workaroundKinds = ['workaround', 'mitigation', 'no_fix_planned'] as const;
export interface Workaround {
  readonly kind: (typeof workaroundKinds)[number];
  readonly text: string;
}

/** Where AI had a part, and the human who answers for it; whose it was and with what as far as they consented to have it said. */
export interface AiUse {
  readonly discovery: readonly { readonly by: string | null; readonly tooling: string | null; readonly model: string | null }[];
  readonly patch: boolean;
  readonly drafting: boolean;
}

interface Translation {
  /** BCP 47. */
  readonly language: string;
  readonly title: string;
  readonly summary: string;
}

/** CSAF document profile (CSAF 2.1 §4). */
export const profiles = ['security-advisory', 'vex', 'vulnerability-report'] as const;

/** Who said what of it; a field that is absent was said by the publisher. */
interface SaidBy {
  readonly cvss?: string;
  readonly cwe?: string;
  readonly ssvc?: string;
}

/** What an advisory says of one flaw. */
export interface FlawText {
  readonly title: string;
  readonly summary: string;
  readonly affected: readonly AffectedRange[];
  readonly cve: string | null;
  readonly cwe: string | null;
  readonly credits: readonly Credit[];
  readonly cvss: Cvss | null;
  readonly saidBy?: SaidBy;
  /** Scores of others beside ours. */
  readonly otherScores?: readonly { readonly by: string; readonly cvss: Cvss }[];
  readonly statements?: readonly SupplierSays[];
  readonly workarounds?: readonly Workaround[];
  /** Of one of several: that it was taken back by itself, and why. The others stand. */
  readonly takenBack?: { readonly because: string };
}

/** One more flaw of the same case, with all that is said of it alone. */
export interface FurtherFlaw extends FlawText {
  /** From 2; what is published of a flaw keeps its number. */
  readonly number: number;
  readonly vulnerabilityId: Id<'vul'>;
}

/**
 * What an advisory says: exactly this, in whatever format, becomes public. The digest that people approve is over this, so what an
 * advisory does not say is absent, not null.
 */
export interface AdvisoryText extends FlawText {
  /** The package the case is about. */
  readonly package: string;
  readonly ssvc: Ssvc | null;
  /** The other flaws that the case coordinates: one advisory, one hour, and in every format each flaw by itself. */
  readonly further?: readonly FurtherFlaw[];
  readonly references: readonly Reference[];
  /** Name of the coordinating organisation. */
  readonly publisher: string;
  /** What this revision changes, for the revision history. */
  readonly change: string;
  readonly profile?: (typeof profiles)[number];
  /** To whom it may ever go; absent = everybody. */
  readonly tlp?: Tlp;
  readonly indicators?: readonly Indicator[];
  readonly aiUse?: AiUse;
  /** SPDX licence expression under which the advisory itself may be used. */
  readonly license?: string;
  readonly translations?: readonly Translation[];
  /** Taken back, and why. */
  readonly withdrawn?: { readonly because: string };
}

/** The flaws that an advisory speaks of, the one that the case was opened for first. */
export function flawsOf(text: AdvisoryText): readonly (FlawText & { readonly number: number })[] {
  return [{ ...text, number: 1 }, ...(text.further ?? [])];
}

/** Every range that is written, of what was taken back as well. */
export function rangesIn(text: AdvisoryText): readonly AffectedRange[] {
  return flawsOf(text).flatMap((flaw) => flaw.affected);
}

/** Versions with any of the flaws that stand: a package is out of it where it has none of them. */
export function affectedBy(text: AdvisoryText): readonly AffectedRange[] {
  return flawsOf(text).flatMap((flaw) => (flaw.takenBack ? [] : flaw.affected));
}

export function packagesIn(text: AdvisoryText): string[] {
  return [...new Set(rangesIn(text).map((range) => range.package))];
}

/** The ranges to act upon: none of what was taken back. */
export function inForce(text: AdvisoryText): readonly AffectedRange[] {
  return text.withdrawn ? [] : affectedBy(text);
}

export function textDigest(text: AdvisoryText): string {
  return digestOf(text);
}

/** What contradicts itself; whether versions are in order is known only where an ecosystem's order is. */
export function faultOfText(text: AdvisoryText): Refusal | undefined {
  const flaws = flawsOf(text);
  for (const [i, flaw] of flaws.entries()) {
    const fault = faultOfRanges(flaw.affected) ?? faultOfStatements(flaw);
    if (fault) return i === 0 ? fault : { ...fault, at: `/further/${i - 1}${fault.at}` };
  }
  // CSAF 2.0 6.1.23: one flaw, one id.
  const ids = flaws.map((flaw) => flaw.cve);
  const twice = ids.findIndex((cve, i) => cve !== null && ids.indexOf(cve) !== i);
  if (twice > 0) return refuse('malformed', `${ids[twice]} is another flaw’s`, `/further/${twice - 1}/cve`);
  return faultOfTranslations(text.translations ?? []) ?? faultOfLicense(text);
}

function faultOfLicense({ license }: AdvisoryText): Refusal | undefined {
  const read = license === undefined ? [] : readLicenseExpression(license);
  return typeof read === 'string' ? refuse('malformed', `${read}: an SPDX licence expression is like CC-BY-4.0`, '/license') : undefined;
}

function faultOfRanges(affected: readonly AffectedRange[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const [i, range] of affected.entries()) {
    if (range.introduced !== null && range.introduced === range.fixed)
      return refuse('malformed', 'introduced and fixed are the same version: nothing would be affected', `/affected/${i}/fixed`);
    const key = JSON.stringify([range.package, range.introduced, range.fixed]);
    if (seen.has(key)) return refuse('malformed', 'this range is given twice', `/affected/${i}`);
    seen.add(key);
  }
  return undefined;
}

/** CSAF 6.1.6: of one product nothing may be said twice in different words. */
function faultOfStatements(text: FlawText): Refusal | undefined {
  const ranged = new Set(text.affected.map((a) => a.package));
  const said = new Set<string>();
  for (const [i, statement] of (text.statements ?? []).entries()) {
    const at = `/statements/${i}`;
    if (statement.status === 'not-affected' && ranged.has(statement.package))
      return refuse('malformed', `${statement.package} is listed as affected; its supplier says that it is not: settle that first`, at);
    const key = JSON.stringify([statement.supplier, statement.package]);
    if (said.has(key)) return refuse('malformed', 'this supplier speaks of this package twice', at);
    said.add(key);
  }
  return undefined;
}

function faultOfTranslations(translations: readonly Translation[]): Refusal | undefined {
  const languages = translations.map((t) => t.language.toLowerCase());
  const twice = languages.findIndex((l, i) => l === 'en' || languages.indexOf(l) !== i);
  return twice < 0
    ? undefined
    : refuse('malformed', 'each language once, and English is the text itself', `/translations/${twice}/language`);
}
