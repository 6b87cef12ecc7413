import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { CvssScore } from './cvss.ts';
import { decideSsvc, type SsvcDecision, type SsvcPoints, ssvcTable } from './ssvc.ts';

/** How urgent a case is for the coordinator. Severity (CVSS) stands beside it and never decides it. */
export interface Priority {
  readonly id: Id<'pri'>;
  readonly caseId: Id<'cas'>;
  readonly cvss: CvssScore;
  readonly ssvc: { readonly table: string; readonly decision: SsvcDecision; readonly points: SsvcPoints };
  /** What each answer rests on; stays in the house. */
  readonly evidence: Readonly<Record<keyof SsvcPoints, string>>;
  /** The table's decision, or a person's, who then says why. */
  readonly decision: SsvcDecision;
  readonly deviation: Deviation | null;
  readonly assessedBy: string;
  readonly assessedAt: Instant;
  readonly label: Label;
}

export interface Deviation {
  readonly decision: SsvcDecision;
  readonly because: string;
}

/** Every point's answer with what it rests on. */
type Answers = { readonly [K in keyof SsvcPoints]: { readonly value: SsvcPoints[K]; readonly evidence: string } };

export function assess(answers: Answers, deviation: Deviation | null): Pick<Priority, 'ssvc' | 'evidence' | 'decision' | 'deviation'> {
  const { exploitation, automatable, technicalImpact, missionWellbeing } = answers;
  const points: SsvcPoints = {
    exploitation: exploitation.value,
    automatable: automatable.value,
    technicalImpact: technicalImpact.value,
    missionWellbeing: missionWellbeing.value,
  };
  const evidence = {
    exploitation: exploitation.evidence,
    automatable: automatable.evidence,
    technicalImpact: technicalImpact.evidence,
    missionWellbeing: missionWellbeing.evidence,
  };
  const ssvc = { table: ssvcTable, decision: decideSsvc(points), points };
  // A deviation to what the table says anyway is none.
  const real = deviation && deviation.decision !== ssvc.decision ? deviation : null;
  return { ssvc, evidence, decision: real?.decision ?? ssvc.decision, deviation: real };
}
