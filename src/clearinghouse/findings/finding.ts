import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { type Move, move } from '../../base/states.ts';
import { versionOf } from '../inventories/package-name.ts';
import { type Attachment, type GivenFile, isPoc } from './attachment.ts';

/** The evidence ladder. Nobody sets a rung on their own word: `replayed` takes a verdict of ours. */
export const rungs = ['claimed', 'replayed', 'accepted-by-maintainer', 'fixed'] as const;
export type Rung = (typeof rungs)[number];

/** `withdrawn` and `corrected` are the finder's own word; a corrected one is followed by another finding that says it better. */
export const findingStates = ['received', 'deferred', 'valid', 'invalid', 'closed', 'withdrawn', 'corrected'] as const;
export type FindingState = (typeof findingStates)[number];
type FindingTrigger = 'reproduce' | 'contradict' | 'defer' | 'close' | 'withdraw' | 'correct';

/** A verdict that came later may lift a finding, never lower one that was already replayed. */
export const findingMoves: readonly Move<FindingState, FindingTrigger>[] = [
  { from: 'received', by: 'reproduce', to: 'valid' },
  { from: 'received', by: 'contradict', to: 'invalid' },
  { from: 'received', by: 'defer', to: 'deferred' },
  { from: 'deferred', by: 'reproduce', to: 'valid' },
  { from: 'deferred', by: 'contradict', to: 'invalid' },
  { from: 'deferred', by: 'defer', to: 'deferred' },
  { from: 'invalid', by: 'reproduce', to: 'valid' },
  { from: 'valid', by: 'reproduce', to: 'valid' },
  { from: 'received', by: 'close', to: 'closed' },
  { from: 'deferred', by: 'close', to: 'closed' },
  { from: 'valid', by: 'close', to: 'closed' },
  { from: 'invalid', by: 'close', to: 'closed' },
  ...(['received', 'deferred', 'valid', 'invalid'] as const).flatMap((from): Move<FindingState, FindingTrigger>[] => [
    { from, by: 'withdraw', to: 'withdrawn' },
    { from, by: 'correct', to: 'corrected' },
  ]),
];

/** Nobody waits for an answer on it any more. */
export function isOver(state: FindingState): boolean {
  return state === 'closed' || state === 'withdrawn' || state === 'corrected';
}

/** The lab's verdicts (lab/verdict.ts), and what each does to a finding. */
export const verdicts = ['reproduced', 'reproduced-fix-incomplete', 'not-reproduced', 'flaky', 'could-not-tell'] as const;
export type FindingVerdict = (typeof verdicts)[number];
const triggers: Record<FindingVerdict, FindingTrigger> = {
  reproduced: 'reproduce',
  'reproduced-fix-incomplete': 'reproduce',
  'not-reproduced': 'contradict',
  flaky: 'defer',
  'could-not-tell': 'defer',
};

interface AffectedSymbol {
  readonly file: string | null;
  readonly function: string | null;
  /** For display; nothing is matched by it. */
  readonly line: number | null;
}

export const formats = [
  'plain',
  'tap',
  'vince',
  'sarif',
  'osv',
  'csaf',
  'codex-security',
  'crs',
  'github-advisory',
  'vex',
  'scanner',
] as const;

/** Whether the tooling that found it is in everybody's hands: decides whether an embargo makes sense at all (DESIGN §7). */
export const toolingAccesses = ['public', 'confidential'] as const;

/** A finding as it was handed in, whatever the format: the one thing every converter makes. */
export interface Draft {
  readonly format: (typeof formats)[number];
  readonly title: string;
  readonly text: string;
  /** Canonical. */
  readonly purl: string;
  readonly versions: readonly string[];
  /** `CWE-787`. */
  readonly cwe: string | null;
  /** The finder's own CVSS vector: a claim like the rest of it. */
  readonly cvss: string | null;
  readonly symbol: AffectedSymbol | null;
  readonly attachments: readonly GivenFile[];
  /** Provenance, as the finder tells it; only who is answerable is ever asked for. */
  readonly discoveryMethod: string | null;
  readonly discoveryTooling: string | null;
  readonly discoveryModel: string | null;
  readonly toolingAccess: (typeof toolingAccesses)[number] | null;
  /** The human who answers for it, by name. */
  readonly answerable: string | null;
  /** Said to be exploited by somebody already: a claim like the rest of it. */
  readonly exploited: boolean;
  /** Where its source lives, an http(s) URL as it was given. */
  readonly repository: string | null;
  readonly references: readonly string[];
  readonly upstreamIds: readonly string[];
  readonly introducedCommit: string | null;
  readonly fixedCommit: string | null;
  /** What the format says beyond this, without payloads. */
  readonly original: Readonly<Record<string, unknown>> | null;
}

/** A draft that says only this much. */
export function blankDraft(draft: Pick<Draft, 'format' | 'title' | 'text' | 'purl'> & Partial<Draft>): Draft {
  const version = versionOf(draft.purl);
  return {
    // A purl may encode what no version has, and PostgreSQL no text: a NUL.
    versions: version === undefined || /\p{Cc}/u.test(version) ? [] : [version],
    ...{ cwe: null, cvss: null, symbol: null, attachments: [] },
    ...{ discoveryMethod: null, discoveryTooling: null, discoveryModel: null, toolingAccess: null, answerable: null },
    ...{ exploited: false, repository: null },
    ...{ references: [], upstreamIds: [], introducedCommit: null, fixedCommit: null, original: null },
    ...draft,
  };
}

export interface Finding extends Omit<Draft, 'attachments'> {
  readonly id: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  /** The person or agent who handed it in. */
  readonly reporterId: string;
  readonly receipt: string;
  readonly package: string;
  readonly attachments: readonly Attachment[];
  readonly rung: Rung;
  readonly state: FindingState;
  readonly stateBecause: string | null;
  readonly stateAt: Instant;
  readonly verdict: FindingVerdict | null;
  readonly validationId: string | null;
  /** Top frames of the real crash, one a line (lab/sanitizer); from a verdict, never from the finder. */
  readonly crashState: string | null;
  readonly recipeId: string | null;
  /** `commitment.ts`: proof of who had what first, without saying what. */
  readonly commitment: string;
  readonly commitmentSalt: string;
  readonly contentDigest: string;
  /** When salt and content digest were shown to everybody. */
  readonly revealedAt: Instant | null;
  /** The finding that this one says better, and the one that says this better. */
  readonly correctsId: Id<'fnd'> | null;
  readonly correctedById: Id<'fnd'> | null;
  readonly label: Label;
  readonly receivedAt: Instant;
}

export const six = ['description', 'trigger', 'severity', 'poc', 'patch', 'test'] as const;
export type OneOfSix = (typeof six)[number];

/** What a coordinator would still ask for; never a reason to refuse. */
export function missingOf(
  draft: Pick<Draft, 'text' | 'symbol' | 'cvss'> & { readonly attachments: readonly Pick<Attachment, 'type'>[] },
): OneOfSix[] {
  const has: Record<OneOfSix, boolean> = {
    description: draft.text.trim() !== '',
    trigger: draft.symbol?.function != null || draft.symbol?.file != null,
    severity: draft.cvss !== null,
    poc: draft.attachments.some(isPoc),
    patch: draft.attachments.some((a) => a.type === 'patch'),
    test: draft.attachments.some((a) => a.type === 'reproducer'),
  };
  return six.filter((part) => !has[part]);
}

/** `SUB-` and 18 characters of base 32 (90 bits): a receipt is a secret, so it must not be guessable. */
export function receiptOf(random: Uint8Array): string {
  if (random.length !== 12) throw new RangeError('a receipt takes 12 random bytes');
  let bits = random.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = '';
  for (let i = 0; i < 18; i++) {
    text += 'abcdefghijklmnopqrstuvwxyz234567'[Number(bits & 31n)];
    bits >>= 5n;
  }
  return `SUB-${text}`;
}
export const receiptPattern = /^SUB-[a-z2-7]{18}$/;

interface Judged {
  readonly verdict: FindingVerdict;
  readonly because: string;
  readonly validationId: string | null;
  readonly crashState: string | null;
  readonly recipeId: string | null;
}

/** What a verdict makes of a finding. */
export function judged(finding: Finding, by: Judged, now: Instant): Finding | Refusal {
  const state = move(findingMoves, finding.state, triggers[by.verdict]);
  if (isRefusal(state)) return state;
  const replayed = state === 'valid' && finding.rung === 'claimed';
  // The crash of a run that did not reproduce says nothing; what an earlier verdict found stays.
  const crash = state === 'valid' ? { crashState: by.crashState, recipeId: by.recipeId } : {};
  const { verdict, because, validationId } = by;
  return {
    ...finding,
    ...crash,
    verdict,
    validationId,
    state,
    stateBecause: because,
    stateAt: now,
    rung: replayed ? 'replayed' : finding.rung,
  };
}

export const submissionStatuses = ['queued', 'processing', 'done'] as const;

/** TAP v1 "Status". */
export function submissionStatus(finding: Finding): (typeof submissionStatuses)[number] {
  if (finding.state === 'received') return 'queued';
  return finding.state === 'deferred' ? 'processing' : 'done';
}
