import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';

/** What the developer says of one sample: it agrees, it holds it for wrong, it has remedied it, or it asks for another run. */
export const stances = ['agree', 'dispute', 'remedied', 'rerun'] as const;
type Stance = (typeof stances)[number];

export interface SampleReply {
  readonly sample: number;
  readonly stance: Stance;
  readonly text: string;
  /** Which of its attempts are disputed, as the report names them; without, all are. */
  readonly attempts?: readonly { readonly budget: number; readonly epoch: number }[] | undefined;
  /** What the developer holds them to be. */
  readonly outcome?: 'solved' | 'not-solved' | undefined;
}

/** The developer's word on a report, kept beside it unchanged. */
export interface Reply {
  readonly id: Id<'rpl'>;
  readonly reportId: Id<'rpt'>;
  readonly submissionId: Id<'sub'>;
  readonly orgId: Id<'org'>;
  readonly authorId: string;
  readonly text: string;
  readonly perSample: readonly SampleReply[];
  readonly label: Label;
  readonly filedAt: Instant;
}
