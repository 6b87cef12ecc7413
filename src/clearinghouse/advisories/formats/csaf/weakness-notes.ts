import type { Edition } from '../../csaf/csaf.ts';
import { weaknessOn } from '../../csaf/registers/cwe.ts';
import type { Note, Source, Vulnerability } from '../../source.ts';

/** CSAF names every weakness: one of which the source has the id alone is named as CWE of the document's day names it. */
export function nameWeaknesses(source: Source): Source {
  return changed(source, (w, day) => (w.name === null && w.version === null ? weaknessOn(w.id, day) : w));
}

/** And back: a name that its id tells is none. */
export function unnameWeaknesses(source: Source): Source {
  return changed(source, (w, day) => {
    const usual = weaknessOn(w.id, day);
    return w.name === usual.name && w.version === usual.version ? { id: w.id, name: null, version: null } : w;
  });
}

function changed(source: Source, change: (weakness: Weaknesses[number], day: string) => Weaknesses[number]): Source {
  const day = source.tracking.currentAt.slice(0, 10);
  return {
    ...source,
    vulnerabilities: source.vulnerabilities.map((v) => ({ ...v, weaknesses: v.weaknesses.map((w) => change(w, day)) })),
  };
}

type Weaknesses = Vulnerability['weaknesses'];
const title = 'Weakness';

/** 2.0 has room for one weakness, and neither edition for one whose name nobody knows: those are named in notes. */
export function speakWeaknesses(weaknesses: Weaknesses, edition: Edition): { weaknesses: Weaknesses; notes: Note[] } {
  const isComplete = (w: Weaknesses[number]) => w.name !== null && (edition === '2.0' || w.version !== null);
  const first = weaknesses.find(isComplete);
  const carried = edition === '2.1' ? weaknesses.filter(isComplete) : first ? [first] : [];
  const others = weaknesses.filter((w) => !carried.includes(w));
  return { weaknesses: carried, notes: others.map((w) => ({ category: 'other', title, text: textOf(w), audience: null })) };
}

function textOf({ id, name, version }: Weaknesses[number]): string {
  return `${id}${name === null ? '' : ` ${name}`}${version === null ? '' : ` (CWE ${version})`}`;
}

export function hearWeaknesses(weaknesses: Weaknesses, notes: readonly Note[]): { weaknesses: Weaknesses; notes: Note[] } {
  const heard: Weaknesses[number][] = [];
  const left = notes.filter((note) => {
    const weakness = note.category === 'other' && note.title === title && note.audience === null ? weaknessIn(note.text) : undefined;
    if (weakness) heard.push(weakness);
    return !weakness;
  });
  return { weaknesses: [...weaknesses, ...heard], notes: left };
}

function weaknessIn(text: string): Weaknesses[number] | undefined {
  const [, id, name = null, version = null] = /^(CWE-[1-9]\d{0,5})(?: ([^\n]*?))??(?: \(CWE (\d[\d.]*)\))?$/.exec(text.slice(0, 512)) ?? [];
  return id === undefined || textOf({ id, name, version }) !== text ? undefined : { id, name, version };
}
