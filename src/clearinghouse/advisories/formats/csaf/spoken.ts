import { parseInstant } from '../../../../base/instant.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import type { Note, Score, SsvcSelections } from '../../source.ts';

/** A part of a score that CSAF 2.0 has no member for, said in a note that a person reads and that reads back. */
export type Part = Pick<Score, 'by' | 'productIds'> & Partial<Pick<Score, 'cvss' | 'ssvc' | 'epss' | 'rating'>>;

/** Titles tell the kinds apart; `SSVC` is the one that converters to 2.1 look for (CSAF 2.1 §9.1.18). */
const titles = { ssvc: 'SSVC', epss: 'EPSS', rating: 'Severity', cvss: /^CVSS (?:2\.0|3\.0|3\.1|4\.0)$/ } as const;

/** `usual` are the products that a score speaks of where it names none: those that are affected. */
export function noteOf(part: Part, usual: readonly string[]): Note {
  const [title, body] = wordsOf(part);
  const isUsual = JSON.stringify(part.productIds) === JSON.stringify(usual);
  const lines = [
    body,
    ...(part.by === null ? [] : [`According to ${part.by}.`]),
    ...(isUsual ? [] : [`Of ${JSON.stringify(part.productIds)}.`]),
  ];
  return { category: 'other', title, text: lines.join('\n'), audience: null };
}

function wordsOf({ cvss, ssvc, epss, rating }: Part): [string, string] {
  const [score] = cvss ?? [];
  if (score) {
    const computed = score.base === null || score.severity === null ? scoreCvss(score.vector) : undefined;
    const { base, severity } = computed && !isRefusal(computed) ? computed : score;
    return [`CVSS ${score.version}`, `${score.vector}: ${base?.toFixed(1)} ${severity}.`];
  }
  if (ssvc) return [titles.ssvc, [...ssvc.selections.map(selectionText), `As of ${ssvc.at}.`].join('\n')];
  if (epss) return [titles.epss, `Probability ${epss.probability}, percentile ${epss.percentile}, as of ${epss.at}.`];
  return [titles.rating, `Rated ${rating}.`];
}

type Selection = SsvcSelections['selections'][number];

function selectionText({ namespace, key, version, name, values }: Selection): string {
  const named = (text: string | null, id: string) => `${text === null ? '' : `${text} `}[${id}]`;
  return `${named(name, `${namespace}:${key}:${version}`)}: ${values.map((v) => named(v.name, v.key)).join('; ')}`;
}

/** Back from a note; undefined where it is no such note, word by word. */
export function partIn(note: Note, usual: readonly string[]): Part | undefined {
  if (note.category !== 'other' || note.title === null || note.audience !== null) return undefined;
  const lines = note.text.split('\n');
  const of = /^Of (\[.*\])\.$/.exec(lines.at(-1) ?? '');
  if (of) lines.pop();
  const by = /^According to (.*)\.$/.exec(lines.at(-1) ?? '');
  if (by) lines.pop();
  const said = saidIn(note.title, lines);
  const part = said && { ...said, by: by?.[1] ?? null, productIds: of ? idsIn(of[1]!) : usual };
  return part && noteOf(part, usual).text === note.text ? part : undefined;
}

function idsIn(text: string): string[] {
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    return [];
  }
}

function saidIn(title: string, lines: readonly string[]): Omit<Part, 'by' | 'productIds'> | undefined {
  if (titles.cvss.test(title)) return cvssIn(title.slice('CVSS '.length) as Score['cvss'][number]['version'], lines.join('\n'));
  if (title === titles.ssvc) return ssvcIn(lines);
  if (title === titles.rating) {
    const rating = /^Rated (\S+)\.$/.exec(lines.join('\n'))?.[1];
    return rating === undefined ? undefined : { rating };
  }
  const [, probability, percentile, when] = /^Probability (\S+), percentile (\S+), as of (\S+)\.$/.exec(lines.join('\n')) ?? [];
  const at = parseInstant(when ?? '');
  return title === titles.epss && at ? { epss: { probability: probability!, percentile: percentile!, at } } : undefined;
}

function cvssIn(version: Score['cvss'][number]['version'], text: string): Pick<Part, 'cvss'> | undefined {
  const [, vector, base, severity] = /^(\S+): (\d{1,2}\.\d) ([A-Z]+)\.$/.exec(text) ?? [];
  return vector === undefined ? undefined : { cvss: [{ version, vector, base: Number(base), severity: severity! }] };
}

function ssvcIn(lines: readonly string[]): Pick<Part, 'ssvc'> | undefined {
  const at = parseInstant(/^As of (\S+)\.$/.exec(lines.at(-1) ?? '')?.[1] ?? '');
  const selections = lines.slice(0, -1).map(selectionIn);
  if (!at || selections.length === 0 || selections.some((s) => s === undefined)) return undefined;
  return { ssvc: { at, selections: selections as Selection[] } };
}

function selectionIn(line: string): Selection | undefined {
  const [, name = null, namespace, key, version, list] = /^(?:([^[\]]*) )?\[([^\s:]+):([^\s:]+):([^\s:\]]+)\]: (.+)$/.exec(line) ?? [];
  if (list === undefined) return undefined;
  const values = list.split('; ').map((text) => /^(?:([^[\]]*) )?\[([^[\]]+)\]$/.exec(text));
  if (values.some((value) => value === null)) return undefined;
  return { namespace: namespace!, key: key!, version: version!, name, values: values.map((v) => ({ name: v![1] ?? null, key: v![2]! })) };
}
