import type { Instant } from '../../base/instant.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { type Bulletin, csaf21Path, csafPath, osvId } from './bulletin.ts';
import { validateCsaf } from './csaf/validate.ts';
import { sourceOf, sourceOfFlaw } from './drafted.ts';
import { writeCsaf } from './formats/csaf/csaf.ts';
import { cvePath, writeCve } from './formats/cve/write.ts';
import { ecosystemOf } from './formats/ecosystem.ts';
import { openVexPath, writeOpenVex } from './formats/openvex/write.ts';
import { writeOsv } from './formats/osv/write.ts';
import { writeHtml } from './formats/people/html.ts';
import { writeText } from './formats/people/text.ts';
import { type FlawText, flawsOf } from './text.ts';

export const documentFormats = ['csaf20', 'csaf21', 'osv', 'openvex', 'cve', 'html', 'text'] as const;

export interface Written {
  readonly format: (typeof documentFormats)[number];
  /** Of which flaw of the advisory, where the format has a record of each; else 1. */
  readonly part: number;
  /** Where it lies under the public root: at least one place. */
  readonly paths: readonly string[];
  /** A JSON document, or a text. */
  readonly content: object | string;
}

/** An advisory in every format that it is published in. */
export function written(bulletin: Bulletin): Written[] {
  const { trackingId, text } = bulletin;
  const now = csaf21Path(bulletin);
  const source = sourceOf(bulletin);
  const vex = writeOpenVex(source);
  return [
    { format: 'csaf20', part: 1, paths: [csafPath(bulletin)], content: writeCsaf(source, '2.0') },
    { format: 'csaf21', part: 1, paths: [now], content: writeCsaf(sourceOf(bulletin, now), '2.1') },
    ...flawsOf(text).flatMap((flaw) => recordsOf(bulletin, flaw)),
    ...(vex ? [{ format: 'openvex' as const, part: 1, paths: [openVexPath(source)], content: vex }] : []),
    { format: 'html', part: 1, paths: [`advisories/${trackingId}.html`], content: writeHtml(source) },
    { format: 'text', part: 1, paths: [`advisories/${trackingId}.txt`], content: writeText(source) },
  ];
}

/** OSV and CVE have a record of each flaw. */
function recordsOf(bulletin: Bulletin, { number: part, affected }: FlawText & { readonly number: number }): Written[] {
  const source = sourceOfFlaw(bulletin, part);
  const folders = new Set(affected.map((r) => ecosystemOf(r.package).name ?? 'other'));
  const paths = [...folders].map((folder) => `osv/${folder}/${osvId(source.tracking.id)}.json`);
  const cve = writeCve({ ...source, tracking: { ...source.tracking, id: bulletin.trackingId } });
  return [
    { format: 'osv', part, paths, content: insist(writeOsv(source)) },
    ...(cve ? [{ format: 'cve' as const, part, paths: [cvePath(source)], content: cve }] : []),
  ];
}

/** What forbids to publish it: the first mandatory rule that a document breaks. */
export function faultOfDocuments(documents: readonly Written[], now: Instant): string | undefined {
  for (const { format, content } of documents) {
    if (format !== 'csaf20' && format !== 'csaf21') continue;
    const verdict = validateCsaf(content, { now });
    if (isRefusal(verdict)) return `${format}: ${verdict.because}`;
    const error = verdict.results.find(({ kind }) => kind === 'error');
    if (error) return `${format} breaks the mandatory test ${error.test} at ${error.pointer}: ${error.message}`;
  }
  return undefined;
}
