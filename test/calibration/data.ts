import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Traits, traitsOfRecord } from '../../src/clearinghouse/duplicates/traits.ts';
import { referenceText } from '../reference-data.ts';

/** A record of the tool door with the part it is split by, and what it truly is of where that is known. */
export interface Sample {
  readonly traits: Traits;
  /** Project of a crash, CVE or package of a text: whatever shares it is fitted on or measured, never both. */
  readonly split: string;
  readonly truth: string;
  readonly words: string;
}

/** Two records (indices) and whether they are truly of one flaw. */
export interface LabelledPair {
  readonly a: number;
  readonly b: number;
  readonly same: boolean;
  readonly split: string;
}

export interface DataSet {
  readonly samples: readonly Sample[];
  readonly pairs: readonly LabelledPair[];
}

const bugsFile = 'duplicate-ground-truth/crash-bugs.jsonl';
const crashPairsFile = 'duplicate-ground-truth/crash-pairs.jsonl';
const sameFile = 'duplicate-ground-truth/same.jsonl';
const differentFile = 'duplicate-ground-truth/different.jsonl';
const fixesFile = 'arvo-meta/arvo.jsonl';
const recordFiles = ['osv-records/pysec.jsonl', 'osv-records/rustsec.jsonl', 'osv-records/go-vulndb.jsonl'];
const listFile = 'kev/known_exploited_vulnerabilities.json';
const weaknessFile = 'cwe/cwe.jsonl';
const sources = [bugsFile, crashPairsFile, sameFile, differentFile, fixesFile, ...recordFiles, listFile, weaknessFile];
const advisories = 'csaf-advisories';

/** SHA-256 over all that a calibration is made of; undefined, with the reason printed, where it is not at hand. */
export function dataDigest(): string | undefined {
  const hash = createHash('sha256');
  for (const source of sources) {
    const text = referenceText(source);
    if (text === undefined) return undefined;
    hash.update(text);
  }
  for (const { text } of advisoryTexts()) hash.update(text);
  return hash.digest('hex');
}

function lines<T>(path: string): T[] {
  const text = referenceText(path);
  if (text === undefined) throw new Error(`no ${path}`);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

interface Bug {
  readonly id: number;
  readonly project: string;
  readonly fuzz_target: string;
  readonly sanitizer: string;
  readonly crash_type: string;
  readonly crash_state: readonly string[];
  readonly reported_at: number;
}

/** OSS-Fuzz bugs as records; true groups are bugs of one project with a fix commit in common. */
export function crashSet(): DataSet {
  const fixes = new Map(lines<{ id: number; fix_commits: string[] | null }>(fixesFile).map((bug) => [bug.id, bug.fix_commits ?? []]));
  const bugs = lines<Bug>(bugsFile);
  const truth = groupBy(bugs.map((bug) => (fixes.get(bug.id) ?? []).map((commit) => `${bug.project} ${commit}`)));
  const index = new Map(bugs.map((bug, i) => [bug.id, i]));
  const samples = bugs.map((bug, i) => ({
    traits: traitsOfRecord({
      purl: `pkg:generic/${bug.project}`,
      crashType: bug.crash_type,
      crashState: bug.crash_state,
      sanitizer: bug.sanitizer,
      fuzzTarget: bug.fuzz_target,
      reportedAt: bug.reported_at,
    }),
    split: bug.project,
    truth: truth[i]!,
    words: [bug.crash_type, ...bug.crash_state, bug.fuzz_target].join(' '),
  }));
  const pairs = lines<{ a: number; b: number; same_root_cause: boolean; project: string }>(crashPairsFile).map((pair) => ({
    a: index.get(pair.a)!,
    b: index.get(pair.b)!,
    same: pair.same_root_cause,
    split: pair.project,
  }));
  return { samples, pairs };
}

interface TextPair {
  readonly key: string;
  readonly a: { readonly source: string; readonly id: string; readonly text: string };
  readonly b: TextPair['a'];
}

/** Advisory texts as records, one per text; true groups are the texts of one CVE. Identifiers in a text are not looked at: they are the label. */
export function textSet(): DataSet {
  const samples: Sample[] = [];
  const index = new Map<string, number>();
  const sampleOf = (split: string, { text }: TextPair['a'], truth: string) => {
    const known = index.get(`${split} ${text}`);
    if (known !== undefined) return known;
    const traits = textOnly(text);
    index.set(`${split} ${text}`, samples.length);
    return samples.push({ traits, split, truth, words: text }) - 1;
  };
  const read = (path: string, same: boolean) =>
    lines<TextPair>(path).map(({ key, a, b }) => ({
      a: sampleOf(key, a, same ? key : `${a.source} ${a.id}`),
      b: sampleOf(key, b, same ? key : `${b.source} ${b.id}`),
      same,
      split: key,
    }));
  return { samples, pairs: [...read(sameFile, true), ...read(differentFile, false)] };
}

function textOnly(text: string): Traits {
  return { ...traitsOfRecord({ text }), upstreamIds: [] };
}

/** Two vulnerabilities of one CSAF advisory: other flaws in the same writer's words. */
export function advisoryNeighbours(): { a: Traits; b: Traits; split: string }[] {
  const byFile = Map.groupBy(advisoryTexts(), (entry) => entry.file);
  return [...byFile].flatMap(([file, entries]) => {
    const distinct = [...new Map(entries.map((entry) => [entry.text, entry])).values()];
    return distinct.slice(1, 4).flatMap((entry, i) => {
      const before = distinct[i]!;
      if (before.cve === entry.cve) return [];
      return [{ a: textOnly(before.text), b: textOnly(entry.text), split: file }];
    });
  });
}

/** Every text that the table of common words is counted over; no label is looked at. */
export function backgroundTexts(): string[] {
  const records = recordFiles.flatMap((path) => lines<{ summary?: string; details?: string }>(path));
  const listed = JSON.parse(referenceText(listFile)!) as {
    vulnerabilities: { vulnerabilityName: string; shortDescription: string }[];
  };
  return [
    ...records.map(({ summary, details }) => `${summary ?? ''}\n${details ?? ''}`),
    ...listed.vulnerabilities.map((v) => `${v.vulnerabilityName}. ${v.shortDescription}`),
    ...advisoryTexts().map(({ text }) => text),
  ];
}

/** `787:119`: a weakness, and what it is a kind of in CWE's research view. */
export function weaknessParents(): string[] {
  const number = (id: string) => Number(id.slice('CWE-'.length));
  return lines<{ id: string; relations: [string, string, string][] }>(weaknessFile)
    .map(({ id, relations }) => ({ id: number(id), above: relations.filter(([kind, , view]) => kind === 'ChildOf' && view === '1000') }))
    .filter(({ above }) => above.length > 0)
    .sort((x, y) => x.id - y.id)
    .map(({ id, above }) => `${id}:${above.map(([, parent]) => number(parent)).join(',')}`);
}

interface CsafVulnerability {
  readonly cve?: string;
  readonly notes?: readonly { readonly category: string; readonly text: string }[];
}

function advisoryTexts(): { file: string; cve: string; text: string }[] {
  const root = join(process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data'), advisories);
  if (!existsSync(root)) return [];
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const { vulnerabilities = [] } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { vulnerabilities?: CsafVulnerability[] };
    return vulnerabilities.flatMap(({ cve, notes = [] }) => {
      const told = notes.filter((note) => ['summary', 'description', 'details'].includes(note.category)).map((note) => note.text);
      return cve && told.length > 0 ? [{ file, cve, text: told.join(' ') }] : [];
    });
  });
}

/** Names one group for all items that share a mark, directly or over others. */
function groupBy(marks: readonly (readonly string[])[]): string[] {
  const parent = marks.map((_, i) => i);
  const rootOf = (i: number): number => (parent[i] === i ? i : rootOf(parent[i]!));
  const first = new Map<string, number>();
  for (const [i, own] of marks.entries())
    for (const mark of own) {
      const other = first.get(mark);
      if (other === undefined) first.set(mark, i);
      else parent[rootOf(i)] = rootOf(other);
    }
  return marks.map((_, i) => String(rootOf(i)));
}
