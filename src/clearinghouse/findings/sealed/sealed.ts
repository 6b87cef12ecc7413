import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Move } from '../../../base/states.ts';

export const sealedStates = ['sealed', 'opened', 'withdrawn'] as const;
type SealedState = (typeof sealedStates)[number];
export const sealedMoves: readonly Move<SealedState, 'open' | 'withdraw'>[] = [
  { from: 'sealed', by: 'open', to: 'opened' },
  { from: 'sealed', by: 'withdraw', to: 'withdrawn' },
];

/** A finding that its finder encrypted to named people. The hub cannot read it, and does not try. */
export interface Sealed {
  /** The finding has it too, once it is opened. */
  readonly id: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  readonly reporterId: string;
  readonly receipt: string;
  /** The finder's own (`commitment.ts`); holds or not, once salt and content are there. */
  readonly commitment: string;
  readonly blobId: Id<'blb'>;
  readonly bytes: number;
  readonly recipientIds: readonly string[];
  /** What the finder chose to say beside it. */
  readonly title: string | null;
  readonly purl: string | null;
  readonly exploited: boolean;
  readonly state: SealedState;
  readonly stateBecause: string | null;
  readonly stateBy: string | null;
  readonly receivedAt: Instant;
  readonly stateAt: Instant;
  readonly label: Label;
}

export interface Recipient {
  readonly personId: string;
  readonly orgId: Id<'org'>;
  readonly recipient: string;
  readonly offeredAt: Instant;
  readonly label: Label;
}

/** What lies in the encrypted file, as JSON. */
export const sealedVersion = 'sealed-finding/1';

const intro = Buffer.from('age-encryption.org/v1\n');
const stanza = Buffer.from('\n-> ');

/** How many recipients an age file (C2SP age v1, "Header") is encrypted to; undefined when it is none. Its content stays unread. */
export function countStanzas(file: Uint8Array): number | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, intro.length).equals(intro)) return undefined;
  const end = bytes.indexOf('\n--- ');
  if (end < 0) return undefined;
  let count = 0;
  for (let at = bytes.indexOf(stanza); at >= 0 && at < end; at = bytes.indexOf(stanza, at + 1)) count++;
  return count === 0 ? undefined : count;
}
