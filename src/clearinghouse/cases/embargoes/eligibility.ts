import type { Instant } from '../../../base/instant.ts';
import type { Vfdpxa } from '../vfdpxa.ts';
import type { Policy } from './policies/policy.ts';

/** What takes an embargo away, or ties it to the date of others; what is graver first. */
export const eligibilityRules = ['already-public', 'disclosed-elsewhere', 'public-tooling', 'project-rule', 'embargo-elsewhere'] as const;
export type EligibilityRule = (typeof eligibilityRules)[number];

const sources: Record<EligibilityRule, string> = {
  'already-public': 'CERT/CC, Vultron embargo model, early termination: at once when it is public',
  'disclosed-elsewhere': 'Akrites embargo handling guidance, section 4.2',
  'public-tooling': 'Akrites embargo handling guidance, section 4.3',
  'project-rule': 'the policy of the project',
  'embargo-elsewhere': 'Akrites embargo handling guidance, section 4.2',
};

/** What a person found out about one rule; it goes before what the hub can tell. */
export interface Judged {
  readonly rule: EligibilityRule;
  readonly holds: boolean;
  readonly because: string;
  readonly byId: string;
  readonly at: Instant;
  /** Of an embargo elsewhere: when that one ends. */
  readonly endsAt: Instant | null;
}

interface Row {
  readonly rule: EligibilityRule;
  readonly holds: 'yes' | 'no' | 'could-not-tell';
  readonly because: string;
  readonly source: string;
}

export interface Eligibility {
  /** `could-not-tell` counts as closed: nothing beyond the house's own default is agreed before somebody has told. */
  readonly verdict: 'available' | 'none' | 'could-not-tell';
  readonly because: string;
  readonly rows: readonly Row[];
}

/** What a report says of how it was found. */
interface Provenance {
  readonly toolingAccess: 'public' | 'confidential' | null;
  readonly discoveryMethod: string | null;
  readonly discoveryModel: string | null;
}

interface Facts {
  readonly reports: readonly Provenance[];
  readonly policies: readonly Pick<Policy, 'name' | 'aiReports'>[];
  readonly vfdpxa: Vfdpxa;
  readonly judged: readonly Judged[];
}

type Told = Pick<Row, 'holds' | 'because'>;
const no = (because: string): Told => ({ holds: 'no', because });
const yes = (because: string): Told => ({ holds: 'yes', because });

export function decideEligibility(facts: Facts): Eligibility {
  const rows = eligibilityRules.map((rule): Row => ({ rule, source: sources[rule], ...told(rule, facts) }));
  const against = rows.find((row) => row.holds === 'yes' && row.rule !== 'embargo-elsewhere');
  const open = rows.find((row) => row.holds === 'could-not-tell');
  if (against) return { verdict: 'none', because: against.because, rows };
  return open
    ? { verdict: 'could-not-tell', because: open.because, rows }
    : { verdict: 'available', because: 'nothing speaks against it', rows };
}

function told(rule: EligibilityRule, facts: Facts): Told {
  const judged = facts.judged.findLast((j) => j.rule === rule);
  if (judged) return { holds: judged.holds ? 'yes' : 'no', because: judged.because };
  switch (rule) {
    case 'already-public':
      return facts.vfdpxa.includes('P') ? yes('it is public') : no('not known to be public');
    case 'public-tooling':
      return tooling(facts.reports);
    case 'project-rule':
      return projectRule(facts);
    default:
      return no('nobody has said so');
  }
}

function tooling(reports: readonly Provenance[]): Told {
  if (reports.some((r) => r.toolingAccess === 'public')) return yes('found with public AI tooling: assume that it is exposed');
  const untold = reports.filter((r) => r.toolingAccess === null && usedAi(r) !== false);
  if (untold.length === 0) return no('no report was made with public tooling');
  return { holds: 'could-not-tell', because: 'a report does not say whether AI was used, or whether the tooling was confidential' };
}

function projectRule({ reports, policies }: Facts): Told {
  const rule = policies.find((policy) => policy.aiReports === 'public');
  if (!rule) return no('no policy known for this package makes reports public');
  const used = reports.map((r) => (r.toolingAccess === null ? usedAi(r) : (usedAi(r) ?? true)));
  if (used.includes(true)) return yes(`${rule.name} treats what AI found as public`);
  if (!used.includes(undefined)) return no(`no report was found with AI, which ${rule.name} would treat as public`);
  return { holds: 'could-not-tell', because: `a report does not say whether AI was used, which ${rule.name} would treat as public` };
}

/** Undefined where the report does not say. */
function usedAi({ discoveryMethod, discoveryModel }: Provenance): boolean | undefined {
  if (discoveryModel !== null || /\b(ai|llm)\b/i.test(discoveryMethod ?? '')) return true;
  return discoveryMethod === null ? undefined : false;
}
