import { z } from 'zod';
import { sha256 } from '../base/canonical.ts';
import type { BoxResult, CheckedBy, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import type { PlannedRun } from './experiment.ts';

export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
export const treeText = z.string().regex(/^tree_[0-9a-f]{64}$/) as unknown as z.ZodType<TreeId>;
const variant = z.enum(['vulnerable', 'fixed']);
const count = z.number().nonnegative();
const checkedBy = z.enum(['apt', 'npm-integrity', 'pypi-sha256', 'sha256', 'git-revision'] satisfies readonly CheckedBy[]);
const ends = z.enum(['exited', 'signalled', 'timeout', 'cpu-limit', 'oom', 'output-limit', 'file-limit', 'killed', 'box-failed']);

export const runRecord = z.strictObject({
  variant,
  input: z.enum(['poc', 'control', 'self-check']),
  index: z.int().min(0).max(100),
  symbolized: z.boolean(),
  argv: z.array(z.string()).max(256),
  end: ends,
  exit: z.int().nullable(),
  signal: z.int().nullable(),
  oomKills: count,
  pidsRefused: count,
  wallMs: count,
  cpuUs: count,
  peakBytes: count,
  because: z.string().max(limits.shownChars).optional(),
  stdout: z.strictObject({ sha256: sha256Text, shown: z.string().max(limits.shownChars) }),
  stderr: z.strictObject({ sha256: sha256Text, shown: z.string().max(limits.shownChars) }),
  reports: z
    .array(z.strictObject({ name: z.string().max(100), sha256: sha256Text, text: z.string().max(limits.reportFileBytes) }))
    .max(limits.reportFiles),
});

const buildRecord = z.strictObject({
  variant,
  source: treeText,
  archives: z.array(z.strictObject({ name: z.string(), sha256: sha256Text, checkedBy })),
  key: sha256Text,
  tree: treeText,
  cached: z.boolean(),
});

/** What a box may have shaped; `conclude` reads it through this and believes nothing else. */
export const evidenceSchema = z.strictObject({
  specDigest: sha256Text,
  provider: z.string().max(100),
  builds: z.array(buildRecord).max(2),
  runs: z.array(runRecord).max(500),
  /** Why there is no more, if it stopped early. */
  failure: z.strictObject({ at: z.enum(['fetch', 'build', 'run']), because: z.string().max(8192) }).optional(),
});

export type Evidence = z.infer<typeof evidenceSchema>;
export type RunRecord = z.infer<typeof runRecord>;
export type BuildRecord = z.infer<typeof buildRecord>;

const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').slice(0, limits.shownChars);

export function recordRun(run: PlannedRun, symbolized: boolean, argv: readonly string[], result: BoxResult): RunRecord {
  const { end, exit, signal, oomKills, pidsRefused, wallMs, cpuUs, peakBytes, because } = result;
  return {
    ...run,
    symbolized,
    argv: [...argv],
    ...{ end, exit, signal, oomKills, pidsRefused, wallMs, cpuUs, peakBytes },
    ...(because === undefined ? {} : { because: because.slice(0, limits.shownChars) }),
    stdout: { sha256: sha256(result.stdout), shown: shown(result.stdout) },
    stderr: { sha256: sha256(result.stderr), shown: shown(result.stderr) },
    reports: result.reports.map(({ name, bytes }) => ({ name, sha256: sha256(bytes), text: Buffer.from(bytes).toString('utf8') })),
  };
}
