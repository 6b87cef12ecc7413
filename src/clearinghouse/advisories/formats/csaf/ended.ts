import { titleIn } from '../../csaf/registers/translations.ts';
import type { Note, Source } from '../../source.ts';

/** A document that was taken back or replaced says why, and nothing of products or vulnerabilities (CSAF 2.1 §4.7, §4.8). */
export function ended(source: Source): Source {
  const isSuperseded = source.category === 'csaf_superseded';
  if (source.tracking.withdrawnAt === null && source.category !== 'csaf_withdrawn' && !isSuperseded) return source;
  const reason = isSuperseded ? 'reasoningForSupersession' : 'reasoningForWithdrawal';
  const title = titleIn(source.language ?? undefined, reason) ?? titleIn('en', reason)!;
  const isReason = (note: Note) => note.category === 'description' && note.title?.toLowerCase() === title.toLowerCase();
  const text = source.tracking.revisions.at(-1)!.summary;
  const notes = source.notes.some(isReason)
    ? source.notes.map((note) => (isReason(note) ? { ...note, title } : note))
    : [{ category: 'description' as const, title, text, audience: null }, ...source.notes];
  return {
    ...source,
    category: isSuperseded ? 'csaf_superseded' : 'csaf_withdrawn',
    notes,
    products: [],
    groups: [],
    relationships: [],
    vulnerabilities: [],
  };
}
