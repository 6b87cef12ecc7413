import { parseInstant } from '../../../../base/instant.ts';
import { readLicenseExpression } from '../../csaf/license-expression.ts';
import type { Note, Remedy, Score, Source, Vulnerability } from '../../source.ts';
import { affectedIn } from './expansion.ts';
import { noteOf, type Part, partIn } from './spoken.ts';
import { hearWeaknesses, speakWeaknesses } from './weakness-notes.ts';

/** CSAF 2.0 keeps the names of its profiles; to one that only 2.1 has, its converter listens by these words (CSAF 2.1 §9.1.18). */
const categories: Readonly<Record<string, string>> = {
  csaf_withdrawn: 'Withdrawn',
  csaf_superseded: 'Superseded',
  csaf_vulnerability_report: 'Vulnerability Report',
  csaf_deprecated_security_advisory: 'csaf_security_advisory',
};
const strictLabel = 'TLP v2.0: TLP:AMBER+STRICT';
const licenseTitle = 'License';

/** What 2.0 has no member for, said in members that it has; `hear` takes it back. */
export function speak(source: Source): Source {
  const license: Note[] =
    source.license === null ? [] : [{ category: 'legal_disclaimer', title: licenseTitle, text: source.license, audience: null }];
  const { category } = source.publisher;
  const text = (source.beyond.csaf as { text?: string } | undefined)?.text;
  return {
    ...source,
    category: Object.hasOwn(categories, source.category) ? categories[source.category]! : source.category,
    notes: [...source.notes, ...license],
    publisher: { ...source.publisher, category: category === 'multiplier' ? 'other' : category },
    vulnerabilities: source.vulnerabilities.map(speakOf),
    beyond:
      source.tlp === 'AMBER+STRICT'
        ? {
            ...source.beyond,
            csaf: { ...(source.beyond.csaf as object), text: text === undefined ? strictLabel : `${text} ${strictLabel}` },
          }
        : source.beyond,
  };
}

export function hear(source: Source): Source {
  const licensed = source.notes.filter(isLicense);
  const category = Object.keys(categories).find((c) => categories[c]!.toLowerCase() === source.category.toLowerCase());
  const isProfile = source.category === 'csaf_security_advisory';
  return {
    ...source,
    ...strictness(source),
    category: category !== undefined && !isProfile ? category : source.category,
    license: licensed.length === 1 ? licensed[0]!.text : source.license,
    notes: licensed.length === 1 ? source.notes.filter((n) => !isLicense(n)) : source.notes,
    vulnerabilities: source.vulnerabilities.map(hearOf),
  };
}

function isLicense({ category, title, text }: Note): boolean {
  return category === 'legal_disclaimer' && title === licenseTitle && typeof readLicenseExpression(text) !== 'string';
}

function strictness({ tlp, beyond }: Source): Pick<Source, 'tlp' | 'beyond'> {
  const csaf = beyond.csaf as { text?: string } | undefined;
  if (tlp !== 'RED' || !csaf?.text?.endsWith(strictLabel)) return { tlp, beyond };
  const { text, ...others } = csaf;
  const left = text.slice(0, -strictLabel.length).trimEnd();
  const said = left === '' ? others : { ...others, text: left };
  const { csaf: _, ...more } = beyond;
  return { tlp: 'AMBER+STRICT', beyond: Object.keys(said).length === 0 ? more : { ...beyond, csaf: said } };
}

const planned = 'A fix is planned. ';
const optional = 'Optional. ';
const unknownTitle = 'Unknown status';
const exploited = 'Exploited at least since ';

function speakOf(of: Vulnerability): Vulnerability {
  const { unknown, ...status } = of.status;
  const usual = affectedIn(of);
  const { carried, parts } = divided(of.scores);
  const { weaknesses, notes } = speakWeaknesses(of.weaknesses, '2.0');
  return {
    ...of,
    weaknesses,
    status,
    notes: [
      ...of.notes,
      ...notes,
      ...parts.map((part) => noteOf(part, usual)),
      ...(unknown ? [{ category: 'other' as const, title: unknownTitle, text: JSON.stringify(unknown), audience: null }] : []),
    ],
    scores: carried,
    remedies: of.remedies.map(speakRemedy),
    threats: [
      ...of.threats,
      ...of.exploitedAt.map(({ at, statedAt, productIds, groupIds }) => ({
        ...{ category: 'exploit_status' as const, details: `${exploited}${at}.`, at: statedAt, productIds, groupIds },
      })),
    ],
    exploitedAt: [],
  };
}

function speakRemedy(remedy: Remedy): Remedy {
  if (remedy.category === 'fix_planned') return { ...remedy, category: 'none_available', details: planned + remedy.details };
  if (remedy.category === 'optional_patch') return { ...remedy, category: 'vendor_fix', details: optional + remedy.details };
  return remedy;
}

function hearRemedy(remedy: Remedy): Remedy {
  const { category, details } = remedy;
  if (category === 'none_available' && details.startsWith(planned))
    return { ...remedy, category: 'fix_planned', details: details.slice(planned.length) };
  if (category === 'vendor_fix' && details.startsWith(optional))
    return { ...remedy, category: 'optional_patch', details: details.slice(optional.length) };
  return remedy;
}

/** Of each product 2.0 takes one score of a version, and it is the publisher's. */
function divided(scores: readonly Score[]): { carried: Score[]; parts: Part[] } {
  const taken = new Set<string>();
  const parts: Part[] = [];
  const carried = scores.flatMap(({ productIds, by, cvss, ssvc, epss, rating }) => {
    const own = cvss.filter(({ version }) => {
      const keys = productIds.map((id) => JSON.stringify([version, id]));
      if (by !== null || version === '4.0' || keys.some((key) => taken.has(key))) return false;
      for (const key of keys) taken.add(key);
      return true;
    });
    const part = { by, productIds };
    for (const one of cvss) if (!own.includes(one)) parts.push({ ...part, cvss: [one] });
    if (ssvc) parts.push({ ...part, ssvc });
    if (epss) parts.push({ ...part, epss });
    if (rating !== null) parts.push({ ...part, rating });
    return own.length === 0 ? [] : [{ productIds, by, cvss: own, ssvc: null, epss: null, rating: null }];
  });
  return { carried, parts };
}

function hearOf(of: Vulnerability): Vulnerability {
  const usual = affectedIn(of);
  const scores = [...of.scores];
  const notes: Note[] = [];
  let unknown: readonly string[] | undefined;
  for (const note of of.notes) {
    const part = partIn(note, usual);
    if (part) join(scores, part);
    else if (note.title === unknownTitle && /^\["/.test(note.text)) unknown = idsIn(note.text) ?? unknown;
    else notes.push(note);
  }
  const heard = hearWeaknesses(of.weaknesses, notes);
  const since = of.threats.flatMap((threat) => {
    const at = threat.category === 'exploit_status' && threat.details.startsWith(exploited) ? exploitedIn(threat.details) : undefined;
    return at && threat.at ? [{ threat, at, statedAt: threat.at }] : [];
  });
  return {
    ...of,
    ...heard,
    status: unknown ? { ...of.status, unknown } : of.status,
    scores,
    remedies: of.remedies.map(hearRemedy),
    threats: of.threats.filter((threat) => !since.some((one) => one.threat === threat)),
    exploitedAt: since.map(({ threat: { productIds, groupIds }, at, statedAt }) => ({ at, statedAt, productIds, groupIds })),
  };
}

const exploitedIn = (details: string) => parseInstant(details.slice(exploited.length, -1));

function idsIn(text: string): string[] | undefined {
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    return undefined;
  }
}

/** To what the same source says of the same products. */
function join(scores: Score[], part: Part): void {
  const ids = JSON.stringify(part.productIds);
  const at = scores.findIndex((s) => s.by === part.by && JSON.stringify(s.productIds) === ids);
  const score = scores[at] ?? { by: part.by, productIds: part.productIds, cvss: [], ssvc: null, epss: null, rating: null };
  const { cvss = [], ssvc = score.ssvc, epss = score.epss, rating = score.rating } = part;
  const joined = { ...score, cvss: [...score.cvss, ...cvss], ssvc, epss, rating };
  if (at < 0) scores.push(joined);
  else scores[at] = joined;
}
