import { type Bulletin, csafPath, firstOf, latestOf, osvId, publicUrl } from '../bulletin.ts';
import type { AdvisoryText, AffectedRange, Cvss } from '../text.ts';
import { ecosystemOf } from './ecosystem.ts';

/** https://ossf.github.io/osv-schema/, version 1.7. */
interface OsvRecord {
  readonly schema_version: string;
  readonly id: string;
  readonly modified: string;
  readonly published: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly details: string;
  readonly severity?: readonly { readonly type: string; readonly score: string }[];
  readonly affected: readonly OsvAffected[];
  readonly references: readonly { readonly type: string; readonly url: string }[];
  readonly credits?: readonly { readonly name: string; readonly type: string }[];
  readonly database_specific: Readonly<Record<string, unknown>>;
}

interface OsvAffected {
  readonly package?: { readonly ecosystem: string; readonly name: string; readonly purl: string };
  readonly ranges: readonly { readonly type: string; readonly events: readonly Readonly<Record<string, string>>[] }[];
  readonly database_specific?: Readonly<Record<string, unknown>>;
}

export function renderOsv(bulletin: Bulletin): OsvRecord {
  const { text, trackingId, origin } = bulletin;
  const severity = text.cvss ? severityOf(text.cvss) : [];
  const credits = text.credits.map(({ name }) => ({ name, type: 'FINDER' }));
  return {
    schema_version: '1.7.0',
    id: osvId(trackingId),
    modified: latestOf(bulletin).at,
    published: firstOf(bulletin).at,
    ...(text.cve === null ? {} : { aliases: [text.cve] }),
    summary: text.title,
    details: text.summary,
    ...(severity.length ? { severity } : {}),
    affected: affectedOf(text.affected),
    references: [
      { type: 'ADVISORY', url: publicUrl(origin, csafPath(bulletin)) },
      ...text.references.map(({ kind, url }) => ({ type: kind.toUpperCase(), url })),
    ],
    ...(credits.length ? { credits } : {}),
    database_specific: databaseSpecific(text, trackingId),
  };
}

/** One entry per package, all its ranges in it: OSV reads the ranges of an entry as a union. */
function affectedOf(ranges: readonly AffectedRange[]): OsvAffected[] {
  const packages = [...new Set(ranges.map((r) => r.package))];
  return packages.map((purl) => {
    const { name, package: named, rangeType } = ecosystemOf(purl);
    const own = ranges.filter((r) => r.package === purl);
    const events = own.map((r) => ({
      type: rangeType,
      events: [{ introduced: r.introduced ?? '0' }, ...(r.fixed === null ? [] : [{ fixed: r.fixed }])],
    }));
    // OSV cannot name a package of an ecosystem it does not list; the purl still says what is meant.
    if (name === null) return { ranges: events, database_specific: { purl } };
    return { package: { ecosystem: name, name: named, purl }, ranges: events };
  });
}

function severityOf(cvss: Cvss): { type: string; score: string }[] {
  return [{ type: { '2.0': 'CVSS_V2', '3.0': 'CVSS_V3', '3.1': 'CVSS_V3', '4.0': 'CVSS_V4' }[cvss.version], score: cvss.vector }];
}

function databaseSpecific(text: AdvisoryText, trackingId: string): Record<string, unknown> {
  return {
    tracking_id: trackingId,
    publisher: text.publisher,
    ...(text.cwe === null ? {} : { cwe_ids: [text.cwe] }),
    ...(text.cvss === null ? {} : { severity: text.cvss.severity }),
    ...(text.ssvc === null ? {} : { ssvc: { decision: text.ssvc.decision, ...text.ssvc.points } }),
    // OSV's credits carry no time; who was first is part of the credit.
    found_at: text.credits.map(({ name, at }) => ({ name, at })),
  };
}
