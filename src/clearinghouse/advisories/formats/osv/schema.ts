import { isObject } from '../../csaf/json.ts';
import { realDay } from '../../csaf/moment.ts';
import { anyText, listOf, object, type Shape, text, wordOf } from '../../csaf/shapes/shape.ts';
import { isUri } from '../uri.ts';
import { hasPrefix, isEcosystem } from './names.ts';
import { rangesOf } from './rule.ts';

/**
 * The rules of OSV's JSON Schema (ossf/osv-schema, validation/schema.json, 1.7.5), which no npm package carries, said again as shapes.
 * The verdict is that of the schema with its formats asserted, to the letter, where the schema says less than its text means to.
 */
const list = (item: Shape): Shape => listOf(item, { least: 0 });
const orNull =
  (shape: Shape): Shape =>
  (value, pointer, to) =>
    value === null ? undefined : shape(value, pointer, to);
const all =
  (...shapes: readonly Shape[]): Shape =>
  (value, pointer, to) => {
    for (const shape of shapes) shape(value, pointer, to);
  };
/** A text, even the empty one. */
const textLike = (test: (value: string) => boolean, is: string): Shape =>
  all(anyText, (value, pointer, to) => (typeof value === 'string' && !test(value) ? to.error(pointer, `must be ${is}`) : undefined));

const anyObject = object({}, { free: true });
const texts = list(anyText);
const stamp = /^\d{4}-\d\d-\d\dT\d\d:(\d\d):(\d\d)(?:\.\d+)?Z$/;

/** RFC 3339 in UTC; the last second of a day may be its sixty-first. */
export function isTimestamp(value: string): boolean {
  const parts = stamp.exec(value);
  if (!parts || !realDay(value) || Number(parts[1]) > 59) return false;
  return Number(parts[2]) < 60 || (parts[2] === '60' && value.slice(11, 16) === '23:59');
}
const timestamp = textLike(isTimestamp, 'a time of RFC 3339 in UTC, ending in Z');

const scores: Readonly<Record<string, RegExp>> = {
  CVSS_V2:
    /^(?:AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND))$/,
  CVSS_V3:
    /^(?:AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH])$/,
};
const mandatory4 = 'AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN'.split(' ').map(metric4);
const optional4 =
  'E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XNLH MVI:XNLH MVA:XNLH MSC:XNLH MSI:XNLHS MSA:XNLHS S:XNP AU:XNY R:XAUI V:XDC RE:XLMH'
    .split(' ')
    .map(metric4);

function metric4(row: string): readonly string[] {
  const [name, values] = row.split(':') as [string, string];
  return [...values].map((value) => `${name}:${value}`);
}

/** All mandatory metrics, then any others, in one order. */
function isVector4(value: string): boolean {
  const [prefix, ...parts] = value.split('/');
  if (prefix !== 'CVSS:4.0' || !mandatory4.every((values, i) => values.includes(parts[i] ?? ''))) return false;
  const metrics = [...optional4, ['X', 'Clear', 'Green', 'Amber', 'Red'].map((colour) => `U:${colour}`)];
  let next = 0;
  for (const part of parts.slice(mandatory4.length)) {
    const at = metrics.findIndex((values, i) => i >= next && values.includes(part));
    if (at < 0) return false;
    next = at + 1;
  }
  return true;
}

/** Each metric known; which there are, and whether one is there twice, the schema does not ask. */
function isScore(type: unknown, score: string): boolean {
  if (type === 'CVSS_V2') return score.split('/').every((metric) => scores.CVSS_V2!.test(metric));
  if (type === 'CVSS_V3')
    return (
      /^CVSS:3[.][01]\//.test(score) &&
      score
        .slice(9)
        .split('/')
        .every((metric) => scores.CVSS_V3!.test(metric))
    );
  if (type === 'CVSS_V4') return isVector4(score);
  return type !== 'Ubuntu' || ['negligible', 'low', 'medium', 'high', 'critical'].includes(score);
}

const severity = list(
  all(
    object({ type: wordOf('CVSS_V2 CVSS_V3 CVSS_V4 Ubuntu'), score: anyText }, { required: 'type score', free: true }),
    (value, pointer, to) => {
      if (isObject(value) && typeof value.score === 'string' && !isScore(value.type, value.score))
        to.error(`${pointer}/score`, `must be ${value.type === 'Ubuntu' ? 'a priority of Ubuntu' : `a vector of ${String(value.type)}`}`);
    },
  ),
);

export const eventKinds = ['introduced', 'fixed', 'last_affected', 'limit'] as const;
const commit = /^(?:0|[a-f0-9]{40}|[a-f0-9]{64})$/;

/** Exactly one of the four with a text in it. */
function oneKind(accepts: (value: unknown) => boolean): (event: Readonly<Record<string, unknown>>) => boolean {
  return (event) => eventKinds.filter((kind) => Object.hasOwn(event, kind) && accepts(event[kind])).length === 1;
}
const isEvent = oneKind((value) => typeof value === 'string');
const isCommitEvent = oneKind((value) => typeof value === 'string' && commit.test(value));

const events: Shape = listOf((value, pointer, to) => {
  if (!isObject(value)) to.error(pointer, 'must be an object');
  else if (!isEvent(value)) to.error(pointer, `must say one of ${eventKinds.join(', ')}`);
});

const range = all(
  object(
    { type: wordOf('GIT SEMVER ECOSYSTEM'), repo: anyText, events, database_specific: anyObject },
    { required: 'type events', free: true },
  ),
  (value, pointer, to) => {
    if (!isObject(value) || !Array.isArray(value.events)) return;
    const said = value.events.filter(isObject);
    const says = (kind: string) => said.some((event) => Object.hasOwn(event, kind));
    // An empty list is refused for being empty.
    if (value.events.length > 0 && !says('introduced')) to.error(`${pointer}/events`, 'must have an event that introduces');
    if (says('last_affected') && says('fixed')) to.error(`${pointer}/events`, 'has fixed or last_affected, not both');
    if (value.type === 'GIT' && !Object.hasOwn(value, 'repo'))
      to.error(pointer, 'repo is missing: a range of commits is one of a repository');
  },
);

const affected = object(
  {
    package: object(
      { ecosystem: textLike(isEcosystem, 'a defined ecosystem'), name: anyText, purl: anyText },
      { required: 'ecosystem name', free: true },
    ),
    severity: orNull(severity),
    ranges: list(range),
    versions: texts,
    ecosystem_specific: anyObject,
    database_specific: anyObject,
  },
  { free: true },
);

const record = object(
  {
    schema_version: anyText,
    id: textLike(hasPrefix, 'an id with a registered prefix, or with x_'),
    modified: timestamp,
    published: timestamp,
    withdrawn: timestamp,
    aliases: orNull(texts),
    related: texts,
    upstream: texts,
    summary: anyText,
    details: anyText,
    severity: orNull(severity),
    affected: orNull(list(affected)),
    references: orNull(
      list(
        object(
          {
            type: wordOf('ADVISORY ARTICLE DETECTION DISCUSSION REPORT FIX INTRODUCED GIT PACKAGE EVIDENCE WEB'),
            url: text({ test: isUri, is: 'a URI' }),
          },
          { required: 'type url', free: true },
        ),
      ),
    ),
    credits: list(
      object(
        {
          name: anyText,
          contact: texts,
          type: wordOf(
            'FINDER REPORTER ANALYST COORDINATOR REMEDIATION_DEVELOPER REMEDIATION_REVIEWER REMEDIATION_VERIFIER TOOL SPONSOR OTHER',
          ),
        },
        { required: 'name', free: true },
      ),
    ),
    database_specific: anyObject,
  },
  { required: 'id modified', closed: true },
);

/** What every reader needs. One severity for all, or one for each: where the record has its own, even null, no package has another. */
export const readableShape: Shape = all(record, (value, pointer, to) => {
  if (!isObject(value) || !Object.hasOwn(value, 'severity') || !Array.isArray(value.affected)) return;
  for (const [i, entry] of value.affected.entries())
    if (isObject(entry) && Object.hasOwn(entry, 'severity') && entry.severity !== null)
      to.error(`${pointer}/affected/${i}/severity`, 'the record has a severity of its own');
});

/** Younger than many records: databases go on serving those that name a commit by its first digits. */
const wholeCommits: Shape = (value, _pointer, to) => {
  for (const { type, events } of isObject(value) ? rangesOf(value) : [])
    for (const event of events)
      if (type === 'GIT' && isEvent(event.value) && !isCommitEvent(event.value))
        to.error(event.pointer, 'must name a whole commit hash, or 0');
};

export const osvShape: Shape = all(readableShape, wholeCommits);
