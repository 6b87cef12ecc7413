import { epochMs, parseInstant } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { type Crash, parseCrash } from '../../lab/sanitizer/crash.ts';
import type { Finding, FindingVerdict } from '../findings/finding.ts';
import { packageOf } from '../inventories/package-name.ts';
import { canonicalPurl } from '../inventories/purl.ts';
import { hunksOf } from './hunks.ts';
import { idsIn } from './identifiers.ts';
import { repositoryOf } from './repository.ts';
import { type TextTraits, textTraitsOf } from './text.ts';

/** What broke and where, as a tool printed it. */
interface CrashTraits {
  /** `asan`, `msan`, …; null = unknown. */
  readonly sanitizer: string | null;
  /** `Heap-buffer-overflow READ 4`, on one line. */
  readonly type: string | null;
  /** Top frames, innermost first; at most `limits.stateLines`. */
  readonly state: readonly string[];
  /** Our own re-run said so, or the finder. */
  readonly from: 'verdict' | 'claim';
}

/**
 * What a finding or a record shows, whatever its source: all that two of them are compared by, and nothing else.
 * Plain JSON of bounded size (a few KiB), so that it can be kept beside a finding and read back without its texts.
 */
export interface Traits {
  /** Canonical purl without version. */
  readonly package: string | null;
  /** `repositoryOf`'s name for where the source lies. */
  readonly repository: string | null;
  /** CVE, GHSA and the like: handed in as such, or the only one that the text names. Upper case. */
  readonly upstreamIds: readonly string[];
  /** `CWE-787`. */
  readonly weakness: string | null;
  readonly file: string | null;
  readonly function: string | null;
  readonly crash: CrashTraits | null;
  /** What a re-run of ours concluded, and by which recipe. */
  readonly verdict: FindingVerdict | null;
  readonly recipeId: string | null;
  readonly fuzzTarget: string | null;
  /** Of title and text. */
  readonly text: TextTraits;
  /** A patch's hunks, each as `hunksOf` prints it; at most `limits.traitHunks`. */
  readonly hunks: readonly string[];
  /** Lower-case hex. */
  readonly introducedCommit: string | null;
  readonly fixedCommit: string | null;
  /** Epoch milliseconds; null = unknown. */
  readonly reportedAtMs: number | null;
}

/** Textual attachments of a finding, already read: pure code opens no door. */
export interface FindingTexts {
  readonly logs: readonly string[];
  readonly patches: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A record of the tool door: every field may be missing or of another type, and is then as if it were not there. */
export function traitsOfRecord(record: Fields): Traits {
  const field = (key: string) => shortText(record[key]);
  const text = [record.title, record.text].filter((part) => typeof part === 'string').join('\n');
  const purl = field('purl');
  const crash = typeof record.log === 'string' && record.log !== '' ? crashOfLog(record.log) : undefined;
  return {
    ...ofText(text),
    package: packageName(purl),
    repository: repositoryOf(field('repository') ?? purl ?? '') ?? null,
    weakness: weaknessOf(field('cwe')),
    file: field('file'),
    function: field('function'),
    crash: claimedCrash(record, crash),
    verdict: null,
    recipeId: null,
    fuzzTarget: field('fuzzTarget'),
    hunks: hunksOf(typeof record.patch === 'string' ? record.patch : ''),
    introducedCommit: commitOf(field('introducedCommit')),
    fixedCommit: commitOf(field('fixedCommit')),
    reportedAtMs: timeOf(record.reportedAt),
  };
}

/** A finding with the texts that came with it; times in `epochMs` of its receipt. */
export function traitsOfFinding(finding: Finding, texts: FindingTexts, receivedAtMs: number): Traits {
  const said = ofText(`${finding.title}\n${finding.text}`);
  const log = texts.logs.map(crashOfLog).find((crash) => crash !== undefined);
  const claimed = log ? { ...log, from: 'claim' as const } : null;
  const proved: CrashTraits | null = finding.crashState
    ? { sanitizer: claimed?.sanitizer ?? null, type: claimed?.type ?? null, state: stateLines(finding.crashState), from: 'verdict' }
    : null;
  return {
    ...said,
    package: finding.package,
    repository: [...finding.references, finding.purl].map(repositoryOf).find((name) => name !== undefined) ?? null,
    upstreamIds: finding.upstreamIds.length > 0 ? finding.upstreamIds.map((id) => id.toUpperCase()) : said.upstreamIds,
    weakness: finding.cwe,
    file: finding.symbol?.file ?? null,
    function: finding.symbol?.function ?? null,
    crash: proved ?? claimed,
    verdict: finding.verdict,
    recipeId: finding.recipeId,
    fuzzTarget: null,
    hunks: texts.patches.flatMap(hunksOf).slice(0, limits.traitHunks),
    introducedCommit: commitOf(finding.introducedCommit),
    fixedCommit: commitOf(finding.fixedCommit),
    reportedAtMs: receivedAtMs,
  };
}

function ofText(text: string): Pick<Traits, 'text' | 'upstreamIds'> {
  const ids = idsIn(text);
  return { text: textTraitsOf(text), upstreamIds: ids.length === 1 ? ids : [] };
}

function claimedCrash(record: Fields, log: Omit<CrashTraits, 'from'> | undefined): CrashTraits | null {
  const given = Array.isArray(record.crashState)
    ? record.crashState.filter((line) => typeof line === 'string').join('\n')
    : record.crashState;
  const state = typeof given === 'string' ? stateLines(given) : [];
  const type = oneLine(shortText(record.crashType));
  const sanitizer = shortText(record.sanitizer);
  if (state.length === 0 && type === null && !log) return null;
  return {
    sanitizer: sanitizerOf(sanitizer) ?? log?.sanitizer ?? null,
    type: type ?? log?.type ?? null,
    state: state.length > 0 ? state : (log?.state ?? []),
    from: 'claim',
  };
}

function crashOfLog(log: string): Omit<CrashTraits, 'from'> | undefined {
  const crash: Crash = parseCrash(log.slice(0, limits.textChars * 4));
  if (crash.type === '') return undefined;
  return {
    sanitizer: sanitizerOf(/\b(\w+Sanitizer|KASAN)\b/.exec(log)?.[1] ?? null),
    type: oneLine(crash.type),
    state: stateLines(crash.state),
  };
}

const sanitizers: readonly (readonly [RegExp, string])[] = [
  [/kasan/i, 'kasan'],
  [/hwas|hardware.?address/i, 'hwasan'],
  [/asan|address/i, 'asan'],
  [/msan|memory/i, 'msan'],
  [/ubsan|undefined/i, 'ubsan'],
  [/tsan|thread/i, 'tsan'],
  [/lsan|leak/i, 'lsan'],
];

function sanitizerOf(name: string | null): string | null {
  return name === null ? null : (sanitizers.find(([pattern]) => pattern.test(name))?.[1] ?? name.toLowerCase());
}

function stateLines(state: string): string[] {
  return state
    .slice(0, limits.stateLines * limits.stateLineChars)
    .split('\n')
    .map((line) => line.trim().slice(0, limits.stateLineChars))
    .filter((line) => line !== '' && line !== 'NULL')
    .slice(0, limits.stateLines);
}

function shortText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, limits.stateLineChars) : null;
}

function oneLine(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\n', ' ');
}

function packageName(purl: string | null): string | null {
  const canonical = purl === null ? undefined : canonicalPurl(purl);
  return typeof canonical === 'string' ? packageOf(canonical) : null;
}

function weaknessOf(text: string | null): string | null {
  const digits = /^(?:CWE-)?0*(\d{1,5})\b/i.exec(text ?? '')?.[1];
  return digits === undefined ? null : `CWE-${digits}`;
}

function commitOf(text: string | null): string | null {
  return text !== null && /^[0-9a-f]{7,64}$/i.test(text) ? text.toLowerCase() : null;
}

/** Epoch seconds, epoch milliseconds or an RFC 3339 text. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value < 1e11 ? value * 1000 : value;
  if (typeof value !== 'string') return null;
  if (/^\d{9,13}$/.test(value)) return timeOf(Number(value));
  const instant = parseInstant(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
  return instant === undefined ? null : epochMs(instant);
}
