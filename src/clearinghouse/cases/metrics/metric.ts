import { day, type Instant, msBetween, plusMs } from '../../../base/instant.ts';

/** What the log said of one case or report. */
export interface Fact {
  readonly seq: number;
  readonly event: string;
  readonly subject: string;
  readonly at: Instant;
  readonly said: Readonly<Record<string, unknown>>;
}

/** The events that metrics are made of, and what of each payload is kept. */
export const counted: Readonly<Record<string, readonly string[]>> = {
  'finding.received': [],
  'finding.judged': ['verdict'],
  'vulnerability.joined': ['findingId'],
  'case.opened': ['package', 'findingIds'],
  'case.patch-submitted': ['patchId'],
  'case.patch-judged': ['patchId', 'verdict'],
  'case.observed': ['what'],
  'case.disclosed': [],
  'case.closed': ['outcome'],
  'case.regressed': ['because'],
};

/** One case as the log tells it, up to the end of a period. */
export interface CaseHistory {
  readonly id: string;
  readonly package: string;
  readonly openedAt: Instant;
  /** Of the first of its reports that the log still tells of. */
  readonly reportedAt: Instant;
  readonly maintainerActed: boolean;
  readonly fixReadyAt: Instant | null;
  readonly fixDeployed: boolean;
  readonly disclosedAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly outcome: string | null;
  /** It became public, or was exploited, before it was disclosed. */
  readonly embargoBroken: boolean;
  readonly regressed: boolean;
}

export interface Period {
  readonly from: Instant;
  /** Not in it. */
  readonly to: Instant;
}

export interface World {
  readonly period: Period;
  readonly cases: readonly CaseHistory[];
  readonly reports: readonly { readonly id: string; readonly at: Instant; readonly joined: boolean; readonly byLab: boolean }[];
}

const isIn = (at: Instant | null, { from, to }: Period) => at !== null && from <= at && at < to;

/** The order of the facts is that of the log; a fact that comes later than the period is not there. */
export function worldOf(period: Period, all: readonly Fact[]): World {
  const facts = all.filter((fact) => fact.at < period.to).toSorted((a, b) => a.seq - b.seq);
  const received = new Map(facts.filter((f) => f.event === 'finding.received').map((f) => [f.subject, f.at]));
  const joined = new Set(facts.filter((f) => f.event === 'vulnerability.joined').map((f) => String(f.said.findingId)));
  const judged = new Set(facts.filter((f) => f.event === 'finding.judged' && f.said.verdict).map((f) => f.subject));
  const cases = [
    ...Map.groupBy(
      facts.filter((f) => f.event.startsWith('case.')),
      (f) => f.subject,
    ),
  ].flatMap(([id, own]) => historyOf(id, own, received));
  const reports = [...received].map(([id, at]) => ({ id, at, joined: joined.has(id), byLab: judged.has(id) }));
  return { period, cases, reports };
}

function historyOf(id: string, facts: readonly Fact[], received: ReadonlyMap<string, Instant>): CaseHistory[] {
  const first = (event: string, is: (said: Fact['said']) => boolean = () => true) => facts.find((f) => f.event === event && is(f.said));
  const opened = first('case.opened');
  if (!opened) return [];
  const reports = (opened.said.findingIds as string[]).flatMap((finding) => received.get(finding) ?? []).sort();
  const fixed = [first('case.patch-judged', (s) => s.verdict === 'verified'), first('case.observed', (s) => s.what === 'fix-ready')];
  const disclosed = first('case.disclosed');
  const broke = first('case.observed', (s) => ['public', 'exploit-public', 'attacks'].includes(String(s.what)));
  const closed = first('case.closed');
  return [
    {
      ...{ id, package: String(opened.said.package), openedAt: opened.at, reportedAt: reports[0] ?? opened.at },
      maintainerActed: first('case.patch-submitted') !== undefined,
      fixReadyAt: fixed.flatMap((f) => f?.at ?? []).sort()[0] ?? null,
      fixDeployed: first('case.observed', (s) => s.what === 'fix-deployed') !== undefined,
      ...{ disclosedAt: disclosed?.at ?? null, closedAt: closed?.at ?? null, outcome: closed ? String(closed.said.outcome) : null },
      embargoBroken: broke !== undefined && (disclosed === undefined || broke.seq < disclosed.seq),
      regressed: first('case.regressed') !== undefined,
    },
  ];
}

export const cuts = ['staff', 'board', 'public'] as const;
export type Cut = (typeof cuts)[number];

interface Measured {
  /** Keys of what is counted: cases, packages or reports. */
  readonly counted: readonly string[];
  /** Of these; null where it is a plain count. */
  readonly of: readonly string[] | null;
  readonly days?: readonly number[];
}

export interface Definition {
  readonly id: string;
  readonly title: string;
  readonly unit: 'count' | 'share' | 'median-days';
  readonly keys: 'cases' | 'packages' | 'reports';
  readonly numerator: string;
  readonly denominator: string | null;
  readonly start: string | null;
  readonly stop: string;
  readonly cuts: readonly Cut[];
  /** Speed stands beside its quality or not at all. */
  readonly quality: string | null;
  /** Which event the product does not have; then there is no number. */
  readonly missing: string | null;
  measure(world: World): Measured;
}

const disclosedIn = ({ cases, period }: World) => cases.filter((c) => isIn(c.disclosedAt, period));
const endedIn = ({ cases, period }: World) => cases.filter((c) => isIn(c.disclosedAt ?? c.closedAt, period));
const ids = (of: readonly { readonly id: string }[]) => of.map((c) => c.id);
const none = (): Measured => ({ counted: [], of: null });
const daysOf = (c: CaseHistory) => msBetween(c.reportedAt, c.fixReadyAt!) / day;

/**
 * The eleven metrics of Akrites' proposal (docs/Akrites_SIRT_Metrics.md), which its audit of 2026-08-28 (MET-1) found to have neither
 * numerator nor denominator, window, nor events. A case is counted in the period of its stop event; public ones are of disclosed cases only.
 */
export const definitions: readonly Definition[] = [
  {
    ...{
      id: 'disclosed',
      title: 'Coordinated disclosures completed',
      unit: 'count',
      keys: 'cases',
      numerator: 'cases disclosed',
      denominator: null,
    },
    ...{ start: null, stop: 'case.disclosed', cuts: cuts, quality: null, missing: null },
    measure: (world) => ({ counted: ids(disclosedIn(world)), of: null }),
  },
  {
    ...{
      id: 'fixes',
      title: 'Upstream fixes shipped',
      unit: 'share',
      keys: 'cases',
      numerator: 'disclosed cases with a fix ready before or at disclosure',
    },
    ...{ denominator: 'cases disclosed', start: 'case.opened', stop: 'case.disclosed', cuts: cuts, quality: null, missing: null },
    measure: (world) => ({
      counted: ids(disclosedIn(world).filter((c) => c.fixReadyAt !== null && c.fixReadyAt <= c.disclosedAt!)),
      of: ids(disclosedIn(world)),
    }),
  },
  {
    ...{
      id: 'projects',
      title: 'Projects supported',
      unit: 'count',
      keys: 'packages',
      numerator: 'packages with a disclosed case',
      denominator: null,
    },
    ...{ start: null, stop: 'case.disclosed', cuts: cuts, quality: null, missing: null },
    measure: (world) => ({ counted: [...new Set(disclosedIn(world).map((c) => c.package))], of: null }),
  },
  {
    ...{
      id: 'regressions',
      title: 'Disclosed fixes that broke something',
      unit: 'share',
      keys: 'cases',
      numerator: 'of these, cases with a regression recorded',
    },
    ...{
      denominator: 'disclosed cases with a fix',
      start: 'case.disclosed',
      stop: 'case.regressed',
      cuts: cuts,
      quality: null,
      missing: null,
    },
    measure: (world) => {
      const fixed = disclosedIn(world).filter((c) => c.fixReadyAt !== null);
      return { counted: ids(fixed.filter((c) => c.regressed)), of: ids(fixed) };
    },
  },
  {
    ...{
      id: 'report-to-fix',
      title: 'Median time from report to fix',
      unit: 'median-days',
      keys: 'cases',
      numerator: 'days from the first report to the first fix that held',
    },
    ...{
      denominator: 'disclosed cases with a fix',
      start: 'finding.received',
      stop: 'case.patch-judged (verified) or case.observed (fix-ready)',
    },
    ...{ cuts: cuts, quality: 'regressions', missing: null },
    measure: (world) => {
      const fixed = disclosedIn(world).filter((c) => c.fixReadyAt !== null);
      return { counted: ids(fixed), of: null, days: fixed.map(daysOf) };
    },
  },
  {
    ...{
      id: 'embargo',
      title: 'Coordinations without an embargo incident',
      unit: 'share',
      keys: 'cases',
      numerator: 'of these, neither public nor exploited before disclosure',
    },
    ...{
      denominator: 'cases disclosed, or closed undisclosed',
      start: 'case.opened',
      stop: 'case.disclosed or case.closed',
      cuts: cuts,
      quality: null,
      missing: null,
    },
    measure: (world) => ({ counted: ids(endedIn(world).filter((c) => !c.embargoBroken)), of: ids(endedIn(world)) }),
  },
  {
    ...{
      id: 'downstream',
      title: 'Downstream remediation enabled',
      unit: 'share',
      keys: 'cases',
      numerator: 'of these, a fix observed as deployed',
    },
    ...{
      denominator: 'cases disclosed',
      start: 'case.disclosed',
      stop: 'case.observed (fix-deployed)',
      cuts: ['staff', 'board'],
      quality: null,
      missing: null,
    },
    measure: (world) => ({ counted: ids(disclosedIn(world).filter((c) => c.fixDeployed)), of: ids(disclosedIn(world)) }),
  },
  {
    ...{
      id: 'watched',
      title: 'Projects with a case under way',
      unit: 'count',
      keys: 'packages',
      numerator: 'packages with a case open at the end of the period',
    },
    ...{ denominator: null, start: 'case.opened', stop: 'case.disclosed or case.closed', cuts: ['staff', 'board'], quality: null },
    missing: null,
    measure: ({ cases }) => ({
      counted: [...new Set(cases.filter((c) => c.disclosedAt === null && c.closedAt === null).map((c) => c.package))],
      of: null,
    }),
  },
  {
    ...{
      id: 'experience',
      title: 'Maintainers’ experience',
      unit: 'share',
      keys: 'cases',
      numerator: 'maintainers who would work with us again',
      denominator: 'maintainers asked',
    },
    ...{
      start: 'case.disclosed',
      stop: 'none',
      cuts: ['staff', 'board'],
      quality: null,
      missing: 'nobody asks maintainers: there is no event of an answer',
    },
    measure: none,
  },
  {
    ...{
      id: 'duplicates',
      title: 'Reports that met another',
      unit: 'share',
      keys: 'reports',
      numerator: 'of these, joined to a vulnerability that was known',
    },
    ...{
      denominator: 'reports received',
      start: 'finding.received',
      stop: 'vulnerability.joined',
      cuts: ['staff', 'board'],
      quality: null,
      missing: null,
    },
    measure: ({ reports, period }) => {
      const came = reports.filter((r) => isIn(r.at, period));
      return { counted: ids(came.filter((r) => r.joined)), of: ids(came) };
    },
  },
  {
    ...{
      id: 'automation',
      title: 'Reports with a verdict of the lab',
      unit: 'share',
      keys: 'reports',
      numerator: 'of these, judged by a re-run',
    },
    ...{
      denominator: 'reports received',
      start: 'finding.received',
      stop: 'finding.judged',
      cuts: ['staff', 'board'],
      quality: null,
      missing: null,
    },
    measure: ({ reports, period }) => {
      const came = reports.filter((r) => isIn(r.at, period));
      return { counted: ids(came.filter((r) => r.byLab)), of: ids(came) };
    },
  },
];

/** `2026-Q4`: from its first moment to the next's. */
export function quarter(name: string): Period | undefined {
  const [, year, q] = /^(\d{4})-Q([1-4])$/.exec(name) ?? [];
  if (!year || !q) return undefined;
  const first = (y: number, month: number) => `${String(y).padStart(4, '0')}-${String(month).padStart(2, '0')}-01T00:00:00.000Z` as Instant;
  const from = first(Number(year), Number(q) * 3 - 2);
  return { from, to: q === '4' ? first(Number(year) + 1, 1) : first(Number(year), Number(q) * 3 + 1) };
}

export function quarterOf(at: Instant): string {
  return `${at.slice(0, 4)}-Q${Math.ceil(Number(at.slice(5, 7)) / 3)}`;
}

/** The newest quarter that is over for so many days: what comes late is in it by then. */
export function publishable(now: Instant, lagDays: number): string {
  const then = plusMs(now, -lagDays * day);
  return quarterOf(plusMs(quarter(quarterOf(then))!.from, -1));
}
