/**
 * CISA Coordinator decision table, SSVC `cisa:DT_CO:2.0.3` (https://github.com/CERTCC/SSVC, data/json/decision_tables/cisa),
 * re-expressed: one line per exploitation and automatable, one letter per technical impact and mission & well-being.
 */
export const ssvcTable = 'cisa:DT_CO:2.0.3';

export const exploitations = ['none', 'public-poc', 'active'] as const;
export const automatables = ['no', 'yes'] as const;
export const technicalImpacts = ['partial', 'total'] as const;
export const missionWellbeings = ['low', 'medium', 'high'] as const;
/** In rising order of urgency. */
export const decisions = ['track', 'track*', 'attend', 'act'] as const;
export type SsvcDecision = (typeof decisions)[number];

export interface SsvcPoints {
  readonly exploitation: (typeof exploitations)[number];
  readonly automatable: (typeof automatables)[number];
  readonly technicalImpact: (typeof technicalImpacts)[number];
  readonly missionWellbeing: (typeof missionWellbeings)[number];
}

// partial: low medium high · total: low medium high
const rows: Record<SsvcPoints['exploitation'], Record<SsvcPoints['automatable'], string>> = {
  none: { no: 'ttt tt*', yes: 'tta tta' },
  'public-poc': { no: 'tt* t*a', yes: 'tta t*a' },
  active: { no: 'tta taA', yes: 'aaA aAA' },
};
const letters: Record<string, SsvcDecision> = { t: 'track', '*': 'track*', a: 'attend', A: 'act' };

/** Total over its inputs: every one of the 36 rows has an outcome. */
export function decideSsvc(points: SsvcPoints): SsvcDecision {
  const [partial, total] = rows[points.exploitation][points.automatable].split(' ') as [string, string];
  const half = points.technicalImpact === 'partial' ? partial : total;
  return letters[half[missionWellbeings.indexOf(points.missionWellbeing)]!]!;
}
