import { z } from 'zod';
import { type Instant, parseInstant } from '../../../../base/instant.ts';

const instant = z.string().refine((text) => parseInstant(text) === text) as unknown as z.ZodType<Instant>;
const text = z.string();

/** `database_specific` as writeOsv writes it: what it needs to read a record of ours back. */
const marks = z.strictObject({
  tracking_id: text,
  publisher: z.strictObject({
    category: z.enum(['coordinator', 'discoverer', 'multiplier', 'other', 'translator', 'user', 'vendor']),
    name: text,
    namespace: text,
  }),
  revisions: z.array(z.strictObject({ number: text, at: instant, summary: text })).min(1),
  license: text.optional(),
  cwe_ids: z.array(text).optional(),
  severity: text.optional(),
  other_scores: z.array(z.strictObject({ by: text, vector: text })).optional(),
  ssvc: z
    .strictObject({
      at: instant,
      selections: z.array(
        z.strictObject({
          namespace: text,
          key: text,
          version: text,
          name: text.nullable(),
          values: z.array(z.strictObject({ key: text, name: text.nullable() })),
        }),
      ),
    })
    .optional(),
  found_at: z.array(z.strictObject({ name: text, at: instant })).optional(),
});
export type OurMarks = z.output<typeof marks>;

/** undefined for a record that nobody like us has written. */
export function ourMarks(specific: unknown): OurMarks | undefined {
  const parsed = marks.safeParse(specific);
  return parsed.success ? parsed.data : undefined;
}
