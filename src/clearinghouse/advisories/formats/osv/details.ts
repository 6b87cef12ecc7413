import type { Source } from '../../source.ts';

type Note = Source['notes'][number];

const heading = '\n\n## ';

/**
 * OSV's one text (CommonMark): what the flaw is, then under headings what else the advisory says in words, so that nobody who reads only OSV
 * misses how to keep safe.
 */
export function detailsOf(source: Source): string {
  const { vulnerabilities, notes } = source;
  const described = vulnerabilities.flatMap((v) => v.notes.filter((n) => n.category === 'description'));
  const opening = described.length > 0 ? described : notes.filter((n) => n.category === 'summary');
  const first = unique(opening.map((n) => (described.length > 1 && n.title !== null ? `${n.title}: ${n.text}` : n.text))).join('\n\n');
  const rest = [...notes, ...vulnerabilities.flatMap((v) => v.notes)].filter(
    (n) => !opening.includes(n) && !opening.some((o) => o.text === n.text),
  );
  const more = [...rest.map(section), ...vulnerabilities.flatMap(workarounds)].join('');
  return first === '' ? more.trimStart() : `${first}${more}`;
}

/** Of a text that we wrote: what stands before the headings, and each heading with its words as a note. */
export function partsOf(details: string): { readonly description: string; readonly others: Note[] } {
  const [description = '', ...sections] = details.split(heading);
  const others = sections.map((words) => {
    const end = words.indexOf('\n\n');
    return { category: 'other' as const, title: words.slice(0, Math.max(end, 0)), text: words.slice(end + 2), audience: null };
  });
  return { description, others };
}

function section({ title, category, text }: Note): string {
  return `${heading}${title ?? category}\n\n${text}`;
}

const titles: Readonly<Record<string, string>> = { workaround: 'Workaround', mitigation: 'Mitigation', no_fix_planned: 'No fix planned' };

function workarounds({ remedies }: Source['vulnerabilities'][number]): string[] {
  return remedies.flatMap(({ category, details }) => {
    const title = titles[category];
    return title === undefined ? [] : [`${heading}${title}\n\n${details}`];
  });
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
