import { type Instant, parseInstant } from '../../../../base/instant.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { isObject, type Obj } from '../../csaf/json.ts';
import type { Source } from '../../source.ts';
import { withLeftover } from './beyond.ts';
import { detailsOf } from './details.ts';
import { affectedOf, affectedProducts } from './entries.ts';
import { hasPrefix } from './names.ts';
import { severityOf, whole } from './severity.ts';

type OsvRecord = Obj & { readonly id: string; readonly modified: string };

const schemaVersion = '1.7.5';

/** OSV schema 1.7.5 (https://ossf.github.io/osv-schema/). Everything in OSV is public: what may not be is refused. */
export function writeOsv(source: Source): OsvRecord | Refusal {
  if (source.tlp !== null && source.tlp !== 'CLEAR')
    return refuse('not_permitted', `OSV records are for everybody, and this is TLP:${source.tlp}`, '/tlp');
  const { tracking } = source;
  const products = affectedProducts(source);
  const cves = [...new Set(source.vulnerabilities.flatMap((v) => v.cve ?? []))];
  const aliases = aliasesOf(tracking, cves);
  const severity = severityOf(source, products, whole);
  const credits = [...source.credits, ...source.vulnerabilities.flatMap((v) => v.credits)].flatMap(creditsOf);
  const references = [...source.references, ...source.vulnerabilities.flatMap((v) => v.references)].map(({ kind, url }) => ({
    type: referenceTypes.has(kind.toUpperCase()) ? kind.toUpperCase() : 'WEB',
    url,
  }));
  const written: OsvRecord = {
    schema_version: schemaVersion,
    id: osvIdOf(tracking.id),
    modified: tracking.currentAt,
    published: tracking.initialAt,
    ...(tracking.withdrawnAt === null ? {} : { withdrawn: tracking.withdrawnAt }),
    ...(aliases.length > 0 ? { aliases } : {}),
    // Several flaws in one advisory are none of them the advisory itself.
    ...(cves.length > 1 ? { upstream: cves } : {}),
    summary: source.title,
    details: detailsOf(source),
    ...(severity.length > 0 ? { severity } : {}),
    affected: affectedOf(source, products),
    ...(references.length > 0 ? { references } : {}),
    ...(credits.length > 0 ? { credits } : {}),
    database_specific: databaseSpecific(source),
  };
  return asRead(written, source);
}

/** An id that is OSV's already keeps its name; any other is `x_`, as of a database that is not registered. */
function osvIdOf(trackingId: string): string {
  return hasPrefix(trackingId) ? trackingId : `x_${trackingId}`;
}

const referenceTypes = new Set('ADVISORY ARTICLE DETECTION DISCUSSION REPORT FIX INTRODUCED GIT PACKAGE EVIDENCE WEB'.split(' '));
const creditTypes = new Set(
  'FINDER REPORTER ANALYST COORDINATOR REMEDIATION_DEVELOPER REMEDIATION_REVIEWER REMEDIATION_VERIFIER TOOL SPONSOR OTHER'.split(' '),
);

function aliasesOf({ id, aliases }: Source['tracking'], cves: readonly string[]): string[] {
  const [only] = cves.length === 1 ? cves : [];
  const all = only === undefined || aliases.includes(only) || only === id ? aliases : [only, ...aliases];
  return [...all];
}

function creditsOf({ names, organization, urls, kind }: Source['credits'][number]): Obj[] {
  const who = names.length > 0 ? names : organization === null ? [] : [organization];
  const type = (kind ?? '').toUpperCase();
  return who.map((name) => ({
    name,
    ...(urls.length > 0 ? { contact: urls } : {}),
    ...(creditTypes.has(type) ? { type } : {}),
  }));
}

/** What OSV has no field for, and others can still use: the publisher, the history, weaknesses, SSVC, who was first. */
function databaseSpecific(source: Source): Obj {
  const { tracking, publisher, license, vulnerabilities } = source;
  const cwes = [...new Set(vulnerabilities.flatMap((v) => v.weaknesses.map((w) => w.id)))];
  const scores = vulnerabilities.flatMap((v) => v.scores);
  const ours = scores.find((s) => s.by === null && s.cvss.length > 0)?.cvss[0];
  const ssvc = scores.find((s) => s.ssvc)?.ssvc;
  const others = scores.flatMap(({ by, cvss }) => (by === null ? [] : cvss.map(({ vector }) => ({ by, vector }))));
  const found = vulnerabilities
    .flatMap((v) => v.credits)
    .flatMap(({ names, organization, at }) => (at ? [{ name: names[0] ?? organization, at }] : []));
  return {
    tracking_id: tracking.id,
    publisher: { category: publisher.category, name: publisher.name, namespace: publisher.namespace },
    revisions: tracking.revisions.map(({ number, at, summary }) => ({ number, at, summary })),
    ...(license === null ? {} : { license }),
    ...(cwes.length > 0 ? { cwe_ids: cwes } : {}),
    ...(ours?.severity ? { severity: ours.severity } : {}),
    ...(others.length > 0 ? { other_scores: others } : {}),
    ...(ssvc ? { ssvc: { at: ssvc.at, selections: ssvc.selections } } : {}),
    // OSV's credits carry no time; who was first is part of the credit.
    ...(found.length > 0 ? { found_at: found } : {}),
  };
}

/** A record that was read from OSV is written as it was, but for what has been changed since. */
function asRead(written: OsvRecord, { beyond, tracking }: Source): OsvRecord {
  const left = beyond.osv;
  if (!isObject(left)) return written;
  const said = isObject(left.said) ? left.said : {};
  const times: Readonly<Record<string, Instant | null>> = {
    modified: tracking.currentAt,
    published: tracking.initialAt,
    withdrawn: tracking.withdrawnAt,
  };
  // To the microsecond as it was, where it is the same millisecond.
  const stale = Object.keys(times).filter((name) => typeof said[name] === 'string' && parseInstant(said[name]) !== times[name]);
  const kept = Object.fromEntries(Object.entries(said).filter(([name]) => !stale.includes(name)));
  return withLeftover(written, { ...left, said: kept }) as OsvRecord;
}
