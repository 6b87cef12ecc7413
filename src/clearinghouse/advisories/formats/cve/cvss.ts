import { isObject } from '../../csaf/json.ts';
import { cvssVectors, severityBands } from '../../csaf/shapes/cvss.ts';
import { type CvssMember, cvssProperties } from '../../csaf/shapes/cvss-properties.ts';
import { numberFrom, object, type Shape, wordOf } from '../../csaf/shapes/shape.ts';

const score = numberFrom(0, 10);
const severity = wordOf('NONE LOW MEDIUM HIGH CRITICAL');

type CvssVersion = keyof typeof cvssVectors;

/** CVSS 4.0.1 names the lowest impact on what comes after `NEGLIGIBLE`, CVSS 4.0 `NONE`: both are taken. */
function properties(member: CvssMember): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(cvssProperties[member]).map(([name, [, values]]) => [
      name,
      wordOf(name.startsWith('modifiedSub') ? `NONE ${values}` : values),
    ]),
  );
}

function closed(member: CvssMember, version: CvssVersion, more: Record<string, Shape>): Shape {
  const isOld = version === '2.0';
  const own = {
    version: wordOf(version),
    vectorString: cvssVectors[version],
    baseScore: score,
    ...(isOld ? {} : { baseSeverity: severity }),
  };
  return object(
    { ...properties(member), ...own, ...more },
    { required: `version vectorString baseScore${isOld ? '' : ' baseSeverity'}`, closed: true },
  );
}

/** The base score has one decimal, and lies in the band that its severity names. */
function banded(shape: Shape): Shape {
  return (value, pointer, to) => {
    shape(value, pointer, to);
    const { baseScore, baseSeverity } = isObject(value) ? value : {};
    if (typeof baseScore !== 'number' || typeof baseSeverity !== 'string' || !Object.hasOwn(severityBands, baseSeverity)) return;
    const [least, most] = severityBands[baseSeverity]!;
    if (baseScore < least || baseScore > most) to.error(`${pointer}/baseSeverity`, `${baseSeverity} is from ${least} to ${most}`);
    else if (Math.round(baseScore * 10) / 10 !== baseScore) to.error(`${pointer}/baseScore`, 'has one decimal at most');
  };
}

const later = { temporalScore: score, environmentalScore: score };
const later3 = { ...later, temporalSeverity: severity, environmentalSeverity: severity };

/** FIRST's CVSS objects as the record format takes them: nothing may be added. */
export const cvssMembers: Readonly<Record<string, Shape>> = {
  cvssV4_0: banded(closed('cvss_v4', '4.0', {})),
  cvssV3_1: banded(closed('cvss_v3', '3.1', later3)),
  cvssV3_0: banded(closed('cvss_v3', '3.0', later3)),
  cvssV2_0: closed('cvss_v2', '2.0', later),
};
