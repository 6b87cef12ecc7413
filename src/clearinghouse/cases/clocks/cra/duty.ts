import type { Instant } from '../../../../base/instant.ts';
import type { Label } from '../../../../base/label.ts';
import { type ClockKind, dueOf } from '../clock.ts';

/** Regulation (EU) 2024/2847 (Cyber Resilience Act), Article 14(2), in force since 11 September 2026 (Article 71(2)). */
export const craStages = ['early-warning', 'notification', 'final-report'] as const;
type CraStage = (typeof craStages)[number];
export const clockOf: Readonly<Record<CraStage, ClockKind>> = {
  'early-warning': 'cra-early-warning',
  notification: 'cra-notification',
  'final-report': 'cra-final-report',
};

/** What only the manufacturer knows, by the name of a field. */
export const toldFields = ['product', 'exploit', 'vulnerability', 'measures', 'userMeasures', 'sensitivity', 'actor', 'update'] as const;
type ToldField = (typeof toldFields)[number];

export interface Duty {
  readonly caseId: string;
  readonly orgId: string;
  /** Null: nobody has said; taken to be one, so that no hour is lost. */
  readonly isManufacturer: boolean | null;
  readonly awareAt: Instant;
  readonly measureAt: Instant | null;
  /** ISO 3166-1 alpha-2, where the product is known to have been made available. */
  readonly memberStates: readonly string[];
  readonly told: Readonly<Partial<Record<ToldField, string>>>;
  readonly sent: Readonly<Partial<Record<CraStage, { readonly at: Instant; readonly reference: string }>>>;
  readonly label: Label;
}

/** The first two run from when the manufacturer knew, the last from when a measure was there; undefined while there is none. */
export function dueOfStage(duty: Pick<Duty, 'awareAt' | 'measureAt'>, stage: CraStage): Instant | undefined {
  const from = stage === 'final-report' ? duty.measureAt : duty.awareAt;
  return from === null ? undefined : dueOf(clockOf[stage], from);
}

/** What the case itself can say; null = it cannot. */
export interface Known {
  readonly package: string;
  readonly orgName: string;
  readonly affected: readonly { readonly introduced: string | null; readonly fixed: string | null }[];
  readonly title: string | null;
  readonly weaknesses: readonly string[];
  readonly cvss: readonly string[];
  readonly isExploited: boolean;
  readonly fixSha256: string | null;
  readonly awareWritten: string;
}

export interface Field {
  readonly name: string;
  /** The point of Article 14 that asks for it. */
  readonly clause: string;
  readonly value: string | null;
  readonly origin: 'case' | 'told' | 'missing';
}

/** The form of a stage, as far as the case and the manufacturer have filled it; what is missing says so. */
export function formOf(stage: CraStage, duty: Duty, known: Known): Field[] {
  const { told } = duty;
  const field = (name: string, clause: string, own: string | undefined, ofCase: string | null): Field => ({
    ...{ name, clause, value: own ?? ofCase },
    origin: own !== undefined ? 'told' : ofCase !== null ? 'case' : 'missing',
  });
  const product = field('product', '14(2)(b)', told.product, productOf(known));
  const states = duty.memberStates.length > 0 ? duty.memberStates.join(', ') : undefined;
  const common = [
    field('manufacturer', '14(1)', undefined, known.orgName),
    field('aware', '14(2)', undefined, known.awareWritten),
    field(
      'recipients',
      '14(1), (7)',
      undefined,
      'the CSIRT designated as coordinator where your main establishment is, and ENISA, by the single reporting platform',
    ),
  ];
  if (stage === 'early-warning') return [...common, product, field('member states', '14(2)(a)', states, null)];
  const vulnerability = field('vulnerability', stage === 'notification' ? '14(2)(b)' : '14(2)(c)(i)', told.vulnerability, natureOf(known));
  if (stage === 'notification')
    return [
      ...[...common, product, vulnerability],
      field('exploit', '14(2)(b)', told.exploit, known.isExploited ? 'attacks were observed; their nature is to be described' : null),
      field(
        'measures taken',
        '14(2)(b)',
        told.measures,
        known.fixSha256 === null ? null : `a fix was verified, SHA-256 ${known.fixSha256}`,
      ),
      field('measures for users', '14(2)(b)', told.userMeasures, null),
      field('sensitivity', '14(2)(b)', told.sensitivity, 'under embargo in a coordinated disclosure: TLP:RED'),
    ];
  return [
    ...[...common, product, vulnerability],
    field('severity and impact', '14(2)(c)(i)', undefined, known.cvss.length > 0 ? known.cvss.join('; ') : null),
    field('malicious actor', '14(2)(c)(ii)', told.actor, null),
    field('security update', '14(2)(c)(iii)', told.update, updateOf(duty, known)),
  ];
}

function productOf({ package: name, affected }: Known): string {
  const ranges = affected.map((r) => `from ${r.introduced ?? 'the first'} to before ${r.fixed ?? 'a version still to come'}`);
  return ranges.length > 0 ? `${name}, versions ${ranges.join('; ')}` : name;
}

function natureOf({ title, weaknesses }: Known): string | null {
  if (title === null) return null;
  return weaknesses.length > 0 ? `${title} (${weaknesses.join(', ')})` : title;
}

function updateOf(duty: Duty, { affected, fixSha256 }: Known): string | null {
  const versions = affected.flatMap((r) => r.fixed ?? []);
  if (duty.measureAt === null) return null;
  return versions.length > 0 ? `fixed in ${versions.join(', ')}` : fixSha256 === null ? null : `a fix with SHA-256 ${fixSha256}`;
}
