import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { conclude } from '../conclude.ts';
import { evidenceSchema, sha256Text } from '../evidence.ts';
import { withInput } from '../experiment.ts';
import { familyOf } from '../family.ts';
import type { Verdict } from '../verdict.ts';
import { digestOfMinimise, type Minimised, type PinnedMinimise } from './minimise.ts';

/** What a worker brings back; `concludeMinimise` reads it through this and believes nothing else. */
const minimiseEvidenceSchema = z.strictObject({
  minimiseDigest: sha256Text,
  /** Of the whole experiment on the input as it was handed in. */
  before: evidenceSchema,
  /** Base64; null = nothing smaller was found. */
  poc: z
    .base64()
    .max(Math.ceil(limits.attachmentBytes / 3) * 4)
    .nullable(),
  after: evidenceSchema.nullable(),
  ended: z.enum(['smallest', 'limit', 'time', 'stopped']),
  tries: z.int().min(0),
  boxes: z.int().min(0),
});

export type MinimiseEvidence = z.infer<typeof minimiseEvidenceSchema>;

/** The trusted half after the boxes: that what was found is smaller, and as true as the input it came from, is decided here. */
export function concludeMinimise(plan: PinnedMinimise, given: unknown): Minimised {
  const { digest, ...rest } = plan;
  const size = plan.spec.poc.bytes.length;
  const nothing = { poc: null, family: null, before: null, after: null, tries: 0, boxes: 0, ended: 'stopped' } as const;
  const said: Omit<Minimised, 'outcome' | 'because'> = { ...nothing, bytes: { before: size, after: size } };
  const unsure = (because: string, more: Partial<Minimised> = {}): Minimised => ({ ...said, ...more, outcome: 'could-not-tell', because });
  if (digestOfMinimise(rest) !== digest) return unsure('the pinned search was altered');
  const evidence = minimiseEvidenceSchema.safeParse(given).data;
  if (!evidence) return unsure('the evidence is malformed');
  if (evidence.minimiseDigest !== digest) return unsure('the evidence is of another search');
  const before = conclude(plan.spec, evidence.before);
  const counted = { before, ended: evidence.ended, tries: evidence.tries, boxes: evidence.boxes };
  if (!holds(before)) return unsure(`as it was handed in: ${before.verdict} (${before.because})`, counted);
  const family = (before.crash && familyOf(before.crash)) ?? null;
  const found = { ...said, ...counted, family };
  if (evidence.poc === null) return { ...found, outcome: 'as-small-as-it-was', because: why[evidence.ended] };
  const poc = Buffer.from(evidence.poc, 'base64');
  const spec = withInput(plan.spec, poc);
  if (poc.length > size || poc.equals(plan.spec.poc.bytes)) return unsure('what was found is not smaller', found);
  const after = conclude(spec, evidence.after);
  if (after.verdict !== before.verdict || !isSameFlaw(before, after))
    return unsure(`what was found does not hold in ${spec.runs} runs: ${after.verdict} (${after.because})`, { ...found, after });
  return { ...found, outcome: 'smaller', because: why[evidence.ended], poc, bytes: { before: size, after: poc.length }, after };
}

const holds = ({ verdict }: Verdict) => verdict === 'reproduced' || verdict === 'reproduced-fix-incomplete';

function isSameFlaw({ crash: a }: Verdict, { crash: b }: Verdict): boolean {
  if (!a || !b) return false;
  const family = familyOf(a);
  return family === undefined ? a.fingerprint === b.fingerprint : family === familyOf(b);
}

const why: Record<Minimised['ended'], string> = {
  smallest: 'no byte, token, list item, element or line of it can go without losing the crash',
  limit: 'the number of tries was used up: it may still not be the smallest',
  time: 'the time was used up: it may still not be the smallest',
  stopped: 'it was stopped: it may still not be the smallest',
};
