/**
 * The equations of CVSS 2.0 (§3.2), 3.0 and 3.1 (§8 and §7.1), with their weights. Scores have one decimal, and are those of decimal
 * arithmetic: a product that is 4.6 on paper is 4.6, whatever binary fractions make of it.
 */
export interface EquationScores {
  readonly base: number;
  readonly temporal: number;
  readonly environmental: number;
}

type Metrics = ReadonlyMap<string, string>;
type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Far above the error of a double here, far below a step of any exact score. */
const slack = 1e-9;

const weights2: Weights = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  impact: { N: 0, P: 0.275, C: 0.66 },
  E: { U: 0.85, POC: 0.9, F: 0.95, H: 1, ND: 1 },
  RL: { OF: 0.87, TF: 0.9, W: 0.95, U: 1, ND: 1 },
  RC: { UC: 0.9, UR: 0.95, C: 1, ND: 1 },
  CDP: { N: 0, L: 0.1, LM: 0.3, MH: 0.4, H: 0.5, ND: 0 },
  TD: { N: 0, L: 0.25, M: 0.75, H: 1, ND: 1 },
  requirement: { L: 0.5, M: 1, H: 1.51, ND: 1 },
};

function nearest(score: number): number {
  return Math.floor(score * 10 + 0.5 + slack) / 10;
}

export function scores2(metrics: Metrics): EquationScores {
  const of = (name: string, table = name) => weights2[table]![metrics.get(name) ?? 'ND']!;
  const base = (required: boolean) => {
    const left = (name: string, need: string) => 1 - of(name, 'impact') * (required ? of(need, 'requirement') : 1);
    const impact = 10.41 * (1 - left('C', 'CR') * left('I', 'IR') * left('A', 'AR'));
    const capped = required ? Math.min(10, impact) : impact;
    const exploitability = 20 * of('AV') * of('AC') * of('Au');
    return nearest((0.6 * capped + 0.4 * exploitability - 1.5) * (impact < slack ? 0 : 1.176));
  };
  const temporal = (score: number) => nearest(score * of('E') * of('RL') * of('RC'));
  const adjusted = temporal(base(true));
  return {
    base: base(false),
    temporal: temporal(base(false)),
    environmental: nearest((adjusted + (10 - adjusted) * of('CDP')) * of('TD')),
  };
}

const weights3: Weights = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  changedPR: { N: 0.85, L: 0.68, H: 0.5 },
  UI: { N: 0.85, R: 0.62 },
  impact: { H: 0.56, L: 0.22, N: 0 },
  E: { X: 1, H: 1, F: 0.97, P: 0.94, U: 0.91 },
  RL: { X: 1, U: 1, W: 0.97, T: 0.96, O: 0.95 },
  RC: { X: 1, C: 1, R: 0.96, U: 0.92 },
  requirement: { X: 1, M: 1, H: 1.5, L: 0.5 },
};

/** 3.1 (appendix A) rounds up after the fifth decimal only. */
function roundUp3(version: '3.0' | '3.1', score: number): number {
  return Math.ceil(version === '3.1' ? Math.round(score * 1e5) / 1e4 - slack : score * 10 - slack) / 10;
}

export function scores3(version: '3.0' | '3.1', metrics: Metrics): EquationScores {
  const up = (score: number) => roundUp3(version, score);
  const given = (name: string) => metrics.get(name) ?? 'X';
  const score = (modified: boolean) => {
    const value = (name: string) => (modified && given(`M${name}`) !== 'X' ? given(`M${name}`) : given(name));
    const changed = value('S') === 'C';
    const left = (name: string) => 1 - weights3.impact![value(name)]! * (modified ? weights3.requirement![given(`${name}R`)]! : 1);
    const lost = 1 - left('C') * left('I') * left('A');
    const sub = modified ? Math.min(lost, 0.915) : lost;
    const impact = impact3(version, sub, changed, modified);
    const privileges = weights3[changed ? 'changedPR' : 'PR']![value('PR')]!;
    const exploitability = 8.22 * weights3.AV![value('AV')]! * weights3.AC![value('AC')]! * privileges * weights3.UI![value('UI')]!;
    return impact <= 0 ? 0 : up(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
  };
  const temporal = (of: number) => up(of * weights3.E![given('E')]! * weights3.RL![given('RL')]! * weights3.RC![given('RC')]!);
  return { base: score(false), temporal: temporal(score(false)), environmental: temporal(score(true)) };
}

/** Only the modified impact of a changed scope was rewritten in 3.1. */
function impact3(version: '3.0' | '3.1', sub: number, changed: boolean, modified: boolean): number {
  if (!changed) return 6.42 * sub;
  const bent = version === '3.1' && modified ? (sub * 0.9731 - 0.02) ** 13 : (sub - 0.02) ** 15;
  return 7.52 * (sub - 0.029) - 3.25 * bent;
}
