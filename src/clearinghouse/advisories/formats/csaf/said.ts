import { type Instant, parseInstant } from '../../../../base/instant.ts';
import type { Obj } from '../../csaf/json.ts';
import type { Credited, Note, Reference } from '../../source.ts';
import { listed, members, objectsIn, textIn, textsIn } from './members.ts';

/** What CSAF has no member for is said in its texts, in words that read back: kinds of references, and whose credit is how old. */
const referenceKinds = 'advisory article detection discussion report fix introduced package evidence web git'.split(' ');
const creditKinds =
  'finder reporter analyst coordinator remediation_developer remediation_reviewer remediation_verifier tool sponsor other'.split(' ');

const worded = (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' ');
const kindOf = (words: string, kinds: readonly string[]) => kinds.find((kind) => worded(kind) === words);

export function referencesOf(references: readonly Reference[]): Obj[] {
  return references.map(({ kind, url, summary, isSelf }) => ({
    category: isSelf ? 'self' : 'external',
    summary: summaryOf(kind, summary, isSelf),
    url,
  }));
}

const usual = (isSelf: boolean) => (isSelf ? 'advisory' : 'web');

function summaryOf(kind: string, summary: string | null, isSelf: boolean): string {
  const plain = summary !== null && kind === usual(isSelf) && readSummary(summary, isSelf).summary === summary;
  if (plain) return summary;
  return summary === null ? worded(kind) : `${worded(kind)}: ${summary}`;
}

function readSummary(text: string, isSelf: boolean): Pick<Reference, 'kind' | 'summary'> {
  const colon = text.indexOf(': ');
  const kind = kindOf(colon < 0 ? text : text.slice(0, colon), referenceKinds);
  if (kind === undefined) return { kind: usual(isSelf), summary: text };
  return { kind, summary: colon < 0 ? null : text.slice(colon + 2) };
}

export function referencesIn(of: Obj): Reference[] {
  return objectsIn(of, 'references').map((reference) => {
    const isSelf = reference.category === 'self';
    return { ...readSummary(textIn(reference, 'summary')!, isSelf), url: textIn(reference, 'url')!, isSelf };
  });
}

export function acknowledgmentsOf(credits: readonly Credited[]): Obj[] {
  return credits.flatMap(({ names, organization, summary, urls, kind, at }) =>
    listed(members({ names, organization, summary: thanks(summary, kind, at), urls })),
  );
}

function thanks(summary: string | null, kind: string | null, at: Instant | null): string | null {
  const tail = [kind === null ? [] : worded(kind), at === null ? [] : `reported on ${at}`].flat().join(', ');
  if (tail === '') return summary;
  return summary === null ? `${tail}.` : `${summary} (${tail})`;
}

function readThanks(text: string | null): Pick<Credited, 'summary' | 'kind' | 'at'> {
  const parts = text === null ? null : /^(?:(.*) \(|)([A-Z][a-z ]*)?(?:(?:, |)reported on (\S+?))?[.)]$/s.exec(text);
  const kind = parts?.[2] === undefined ? null : (kindOf(parts[2], creditKinds) ?? null);
  const at = parts?.[3] === undefined ? null : (parseInstant(parts[3]) ?? null);
  const read = { summary: parts?.[1] ?? null, kind, at };
  return thanks(read.summary, kind, at) === text ? read : { summary: text, kind: null, at: null };
}

export function creditsIn(of: Obj): Credited[] {
  return objectsIn(of, 'acknowledgments').map((one) => ({
    names: textsIn(one, 'names'),
    organization: textIn(one, 'organization'),
    ...readThanks(textIn(one, 'summary')),
    urls: textsIn(one, 'urls'),
  }));
}

export function notesOf(notes: readonly Note[], withProducts: boolean): Obj[] {
  return notes.map(({ category, title, text, audience, productIds = [], groupIds = [] }) => {
    const about = withProducts ? { product_ids: productIds, group_ids: groupIds } : {};
    return members({ category, title, text, audience, ...about })!;
  });
}

export function notesIn(of: Obj): Note[] {
  return objectsIn(of, 'notes').map((note) => ({
    category: note.category as Note['category'],
    title: textIn(note, 'title'),
    text: textIn(note, 'text')!,
    audience: textIn(note, 'audience'),
    ...(note.product_ids === undefined ? {} : { productIds: textsIn(note, 'product_ids') }),
    ...(note.group_ids === undefined ? {} : { groupIds: textsIn(note, 'group_ids') }),
  }));
}
