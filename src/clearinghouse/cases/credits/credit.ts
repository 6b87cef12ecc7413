import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Participant } from '../participants/participant.ts';

/** Under the organisation's name, a name of the finder's own choice (a person's, a handle), or not at all. */
export const namings = ['organisation', 'name', 'none'] as const;

/** How a finder consented to be thanked (Akrites, acknowledgements and attribution: opt-in, and the finder's to say). */
export interface CreditChoice {
  readonly participantId: Id<'par'>;
  readonly caseId: Id<'cas'>;
  readonly naming: (typeof namings)[number];
  /** With `name` only. */
  readonly name: string | null;
  /** Which tools and models it used may be told; otherwise only that AI had a part. */
  readonly namesTools: boolean;
  /** Of a finder behind a proxy: its reports among those that the proxy handed in. */
  readonly findingIds: readonly string[];
  readonly chosenBy: string;
  readonly chosenAt: Instant;
  readonly label: Label;
}

/** How one report's finder is thanked. */
export interface Thanks {
  /** Reports with the same key are one finder's. */
  readonly key: string;
  /** Null: not at all. */
  readonly line: string | null;
  readonly namesTools: boolean;
  /** The finder said so itself; else it is what the house does where nobody has said anything. */
  readonly isChosen: boolean;
}

type Finder = Pick<Participant, 'id' | 'kind' | 'orgId' | 'proxyOrgId' | 'withdrawnAt'>;
type Reported = Pick<Finding, 'id' | 'orgId' | 'format' | 'original'>;

/**
 * Whose a report is, and how that finder wants to be thanked. Of those whom a proxy speaks for, a report is whose it is said to be, else
 * the only one's of whom nothing is said; where that could be several, nobody is named.
 */
export function thanksFor(report: Reported, orgName: string, finders: readonly Finder[], choices: readonly CreditChoice[]): Thanks {
  const behind = finders.filter((p) => p.kind === 'finder' && p.proxyOrgId === report.orgId);
  const own = finders.filter((p) => p.kind === 'finder' && p.orgId === report.orgId);
  const chosenBy = (of: Finder) => choices.find((c) => c.participantId === of.id);
  const claimed = behind.find((p) => chosenBy(p)?.findingIds.includes(report.id));
  const open = behind.filter((p) => !chosenBy(p)?.findingIds.length);
  const whose = claimed ?? (open.length === 1 ? open[0] : undefined);
  if (!whose && open.length > 0) return { key: report.id, line: null, namesTools: false, isChosen: false };
  const choice = whose ? chosenBy(whose) : own.flatMap((p) => chosenBy(p) ?? []).sort(latestFirst)[0];
  const key = whose?.id ?? report.orgId;
  if (!choice) return { key, line: whose || declines(report) ? null : orgName, namesTools: false, isChosen: false };
  const line = { organisation: orgName, name: choice.name, none: null }[choice.naming];
  return { key, line, namesTools: choice.namesTools, isChosen: true };
}

/** Whoever left a case and found it again is in it twice. */
function latestFirst(a: CreditChoice, b: CreditChoice): number {
  return a.chosenAt < b.chosenAt ? 1 : -1;
}

/** VINCE asks at intake whether the reporter's name may be released. */
function declines({ format, original }: Reported): boolean {
  return format === 'vince' && original?.credit_release === false;
}
