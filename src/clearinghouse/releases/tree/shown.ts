import type { Instant } from '../../../base/instant.ts';
import { type Bulletin, firstOf, latestOf } from '../../advisories/bulletin.ts';
import type { Document, Publication } from '../release.ts';

/** An advisory as the public tree shows it: its newest version, in every place that one of its versions ever had. */
export interface Shown extends Publication {
  readonly documents: readonly Document[];
}

/** What every address in the tree begins with, and who answers for it. */
export interface Site {
  /** Host name under which the tree is served. */
  readonly origin: string;
  /** Whom to tell of a flaw in the hub itself: URIs, the preferred first; and the page that says how it is handled. */
  readonly security?: { readonly contacts: readonly string[]; readonly policy: string | undefined };
}

/** Of the first version, so that what is filed by year stays where it is (CSAF 2.1 §7.1.11). */
export function yearOf(bulletin: Bulletin): string {
  return firstOf(bulletin).at.slice(0, 4);
}

export function changedAt({ bulletin }: Shown): Instant {
  return latestOf(bulletin).at;
}

/** One a flaw, where the format has a record of each. */
export function documentsIn(shown: Shown, format: string): readonly Document[] {
  return shown.documents.filter((d) => d.format === format);
}

/** Titles and summaries come from people: text for HTML and XML, on one line. Characters that XML cannot hold are left out. */
export function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text
    .replace(/[\n\r\t\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replace(/[&<>"']/g, (c) => entities[c]!);
}

/** A path as it stands in a URL. */
export function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
