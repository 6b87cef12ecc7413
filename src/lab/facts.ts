import type { Evidence } from './evidence.ts';
import type { Pinned } from './experiment.ts';
import type { Crash } from './oracle.ts';
import { see } from './see.ts';

/** What our own evidence shows of a crash's severity: facts to assess it by, never a score. */
export interface CrashFacts {
  /** `Heap-buffer-overflow`, `Command-execution`. */
  readonly crashClass: string;
  readonly access: 'read' | 'write' | null;
  readonly accessBytes: number | null;
  /** How the bad access lies to the nearest allocation, where the report says so. */
  readonly region: { readonly bytes: number; readonly distanceBytes: number; readonly side: 'before' | 'after' | 'inside' } | null;
  /** Whether such a crash is likely to be exploitable at all, by ClusterFuzz's rules (lab/sanitizer/security.ts). */
  readonly isSecurityRelevant: boolean;
  /** Digest of the report that it was read from; null where the oracle's own observation says it all. */
  readonly reportSha256: string | null;
}

/** Read from the symbolised run on the vulnerable build, else from the first that crashed; null when none did. */
export function factsOf(spec: Pinned, evidence: Evidence): CrashFacts | null {
  const crashes = evidence.runs.flatMap((run) => {
    if (run.variant !== 'vulnerable' || run.input !== 'poc') return [];
    const seen = see(spec, run);
    return seen.saw === 'crash' ? [{ run, crash: seen.crash }] : [];
  });
  const found = crashes.find(({ run }) => run.symbolized) ?? crashes[0];
  if (!found) return null;
  const [report] = found.run.reports;
  return { ...accessOf(found.crash, report?.text ?? ''), region: regionOf(report?.text ?? ''), reportSha256: report?.sha256 ?? null };
}

/** ClusterFuzz's type names the access on a line of its own, but not every size: `WRITE {*}`; the report does. */
function accessOf({ type, security }: Pick<Crash, 'type' | 'security'>, report: string): Omit<CrashFacts, 'region' | 'reportSha256'> {
  const [crashClass = '', how = ''] = type.split('\n');
  const word = /\b(READ|WRITE)\b/.exec(`${how} ${crashClass}`)?.[1];
  const size = /^(READ|WRITE) of size (\d{1,15}) at /m.exec(report);
  const access = word === undefined ? null : word === 'WRITE' ? 'write' : 'read';
  return { crashClass, access, accessBytes: size && size[1] === word ? Number(size[2]) : null, isSecurityRelevant: security };
}

/** AddressSanitizer: `0x… is located 3 bytes after 5-byte region`, `to the right of` in older ones. */
function regionOf(report: string): CrashFacts['region'] {
  const match = /is located (\d{1,15}) bytes (before|after|inside of|to the left of|to the right of) (?:a )?(\d{1,15})-byte region/.exec(
    report,
  );
  if (!match) return null;
  const sides = {
    before: 'before',
    after: 'after',
    'inside of': 'inside',
    'to the left of': 'before',
    'to the right of': 'after',
  } as const;
  return { distanceBytes: Number(match[1]), side: sides[match[2] as keyof typeof sides], bytes: Number(match[3]) };
}
