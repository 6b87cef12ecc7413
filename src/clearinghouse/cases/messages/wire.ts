import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireBase64, wireId, wireInstant, wirePage, wireText, wireVerbatim } from '../../../base/wire.ts';
import { isFilename, type NamedAttachment } from '../../findings/attachment.ts';
import { markText } from '../canaries/canary.ts';
import type { Message } from './message.ts';

const filename = wireVerbatim(limits.filenameBytes)
  .refine((name) => Buffer.byteLength(name) <= limits.filenameBytes, `must have at most ${limits.filenameBytes} bytes`)
  .refine(isFilename, 'must be the name of a file, without a path');
const fileInput = z.object({ filename, data: wireBase64(limits.attachmentBytes) });
const files = z.array(fileInput).max(limits.filesPerMessage).default([]);

export const messageInput = z.object({
  id: wireId('cas'),
  text: wireText(limits.textChars),
  /** The widest tier that reads it; 1 for who works on the case, and for who does not: the coordinators alone. */
  tier: z.coerce.number().int().min(0).max(3).optional(),
  /** For coordinators: one person. For others: themselves, which is the coordinators alone. */
  withId: z.union([wireId('psn'), wireId('agt')]).optional(),
  mentions: z.array(wireId('psn')).max(limits.mentionsPerMessage).default([]),
  files,
});
export const byMailInput = z.object({
  id: wireId('cas'),
  /** As the mail's header says; it must be the address that this hub writes to. */
  from: z.string().max(limits.nameChars),
  text: wireText(limits.textChars),
  files: z.array(fileInput).max(limits.filesPerMessage),
});
export const messagesInput = z.object({
  id: wireId('cas'),
  after: z.coerce.number().int().min(0).optional(),
  /** The last ones before this; without either, the last ones there are. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50),
});
export const readInput = z.object({ id: wireId('cas'), upTo: z.coerce.number().int().min(1).max(limits.messagesPerCase) });
export const fileOfInput = z.object({
  id: wireId('cas'),
  seq: z.coerce.number().int().min(1).max(limits.messagesPerCase),
  blobId: wireId('blb'),
});
export const unreadInput = wirePage.pick({ limit: true });

const fileOut = z.object({ id: wireId('blb'), filename: z.string(), sha256: z.string(), bytes: z.number() });
export const messageOut = z.object({
  seq: z.number(),
  authorId: z.string(),
  authorName: z.string(),
  text: z.string(),
  at: wireInstant,
  tier: z.number(),
  withId: z.string().nullable(),
  mentions: z.array(z.string()),
  files: z.array(fileOut),
  /** `mail`: written by whoever held the address for answers. */
  way: z.enum(['direct', 'mail']),
});
/** Up to which message one has read, and how many one has not: of others, and visible to oneself. */
const readUpTo = { readUpTo: z.number(), unread: z.number() };
export const messagesOut = z.object({ items: z.array(messageOut), ...readUpTo });
export const readOut = z.object(readUpTo);
export const unreadOut = z.object({ items: z.array(z.object({ id: wireId('cas'), unread: z.number(), mentioned: z.number() })) });
export const fileOutput = z.object({ filename: z.string(), data: z.string() });

/** A message with the names of its files, which lie sealed. */
export type Shown = Omit<Message, 'files'> & { readonly files: readonly NamedAttachment[] };

/** As shown to somebody: with their marks, unless they wrote it. */
export function copied(of: Shown, code: string, readerId: string): Shown {
  return of.authorId === readerId ? of : { ...of, text: markText(of.text, code) };
}

export function present({ files: named, mentions, ...of }: Shown): z.input<typeof messageOut> {
  const shown = named.map(({ id, filename: name, sha256, bytes }) => ({ id, filename: name, sha256, bytes }));
  return { ...of, mentions: [...mentions], files: shown };
}
