import { isObject } from '../json.ts';
import { type CvssMember, cvssProperties } from './cvss-properties.ts';
import { numberFrom, object, pattern, type Shape, wordOf } from './shape.ts';

const score = numberFrom(0, 10);
const severity = wordOf('NONE LOW MEDIUM HIGH CRITICAL');
const impact = '[XHLN]';

function properties(member: CvssMember): Record<string, Shape> {
  return Object.fromEntries(Object.entries(cvssProperties[member]).map(([name, [, values]]) => [name, wordOf(values)]));
}

/** Metrics in any order, as FIRST's patterns of 2.0 and 3.x take them. */
function vector(prefix: string, metrics: string): Shape {
  return pattern(new RegExp(`^${prefix}(?:(?:${metrics})(?:/(?!$)|$))+$`), 'a CVSS vector');
}

const metrics2 =
  'AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND)';
const metrics3 =
  'AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH]';

const vector2 = vector('', metrics2);
const cvss2 = object(
  {
    ...properties('cvss_v2'),
    version: wordOf('2.0'),
    vectorString: vector2,
    baseScore: score,
    temporalScore: score,
    environmentalScore: score,
  },
  { required: 'version vectorString baseScore' },
);

const vector3 = (version: '3.0' | '3.1') => vector(`CVSS:${version.replace('.', '\\.')}/`, metrics3);
const cvss3 = (version: '3.0' | '3.1') =>
  object(
    {
      ...properties('cvss_v3'),
      version: wordOf(version),
      vectorString: vector3(version),
      baseScore: score,
      baseSeverity: severity,
      temporalScore: score,
      temporalSeverity: severity,
      environmentalScore: score,
      environmentalSeverity: severity,
    },
    { required: 'version vectorString baseScore baseSeverity' },
  );
const [cvss30, cvss31] = [cvss3('3.0'), cvss3('3.1')];

const modified = [
  'MAV:[XNALP]',
  'MAC:[XLH]',
  'MAT:[XNP]',
  'MPR:[XNLH]',
  'MUI:[XNPA]',
  ...['MVC', 'MVI', 'MVA', 'MSC'].map((m) => `${m}:${impact}`),
];
const optional4 = [
  'E:[XAPU]',
  ...['CR', 'IR', 'AR'].map((m) => `${m}:[XHML]`),
  ...modified,
  'MSI:[XNLHS]',
  'MSA:[XNLHS]',
  'S:[XNP]',
  'AU:[XNY]',
  'R:[XAUI]',
  'V:[XDC]',
  'RE:[XLMH]',
  'U:(?:X|Clear|Green|Amber|Red)',
];
const base4 = ['AV:[NALP]', 'AC:[LH]', 'AT:[NP]', 'PR:[NLH]', 'UI:[NPA]', ...['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].map((m) => `${m}:[HLN]`)];
const vector4 = pattern(new RegExp(`^CVSS:4\\.0/${base4.join('/')}${optional4.map((m) => `(?:/${m})?`).join('')}$`), 'a CVSS vector');
/** FIRST's patterns of a vector. */
export const cvssVectors = { '2.0': vector2, '3.0': vector3('3.0'), '3.1': vector3('3.1'), '4.0': vector4 };

const members4 = object(
  {
    ...properties('cvss_v4'),
    version: wordOf('4.0'),
    vectorString: vector4,
    baseScore: score,
    baseSeverity: severity,
  },
  { required: 'version vectorString baseScore baseSeverity', closed: true },
);
/** From the lowest score to the highest, CVSS 3.0 and later. */
export const severityBands: Readonly<Record<string, readonly [number, number]>> = {
  NONE: [0, 0],
  LOW: [0.1, 3.9],
  MEDIUM: [4, 6.9],
  HIGH: [7, 8.9],
  CRITICAL: [9, 10],
};

/** FIRST's schemas of CVSS in JSON, by the member of a score or of a metric's content. */
export const cvssShapes: Readonly<Record<CvssMember, Shape>> = {
  cvss_v2: cvss2,
  cvss_v3: (value, pointer, to) => {
    const version = isObject(value) ? value.version : undefined;
    if (isObject(value) && version !== '3.0' && version !== '3.1' && version !== undefined)
      to.error(`${pointer}/version`, 'must be 3.0 or 3.1');
    else (version === '3.0' ? cvss30 : cvss31)(value, pointer, to);
  },
  cvss_v4: (value, pointer, to) => {
    members4(value, pointer, to);
    const { baseScore, baseSeverity } = isObject(value) ? value : {};
    const band = typeof baseSeverity === 'string' && Object.hasOwn(severityBands, baseSeverity) ? severityBands[baseSeverity] : undefined;
    if (band && typeof baseScore === 'number' && (baseScore < band[0] || baseScore > band[1]))
      to.error(`${pointer}/baseSeverity`, `${String(baseSeverity)} is from ${band[0]} to ${band[1]}`);
  },
};
