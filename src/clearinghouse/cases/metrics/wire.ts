import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../../base/wire.ts';
import { cuts, type Definition } from './metric.ts';

export const nothing = z.object({});
export const page = wirePage;
export const noteInput = z.object({
  seq: z.int().min(1),
  event: z.string(),
  subject: z.string(),
  at: wireInstant,
  said: z.record(z.string(), z.unknown()),
});
export const showInput = z.object({
  cut: z.enum(['staff', 'board']).default('staff'),
  /** `2026-Q4`; the one under way when left out. */
  quarter: z
    .string()
    .regex(/^\d{4}-Q[1-4]$/, 'must be like 2026-Q4')
    .optional(),
});
export const regressedInput = z.object({ id: wireId('cas'), because: wireText(limits.becauseChars) });

const cell = z.object({
  id: z.string(),
  value: z.number().nullable(),
  counted: z.number().nullable(),
  of: z.number().nullable(),
  because: z.string().nullable(),
  keys: z.array(z.string()).optional(),
});
export const showOut = z.object({ quarter: z.string(), cut: z.enum(cuts), cells: z.array(cell) });
export const publicOut = z.object({ items: z.array(z.object({ quarter: z.string(), publishedAt: wireInstant, cells: z.array(cell) })) });
export const definitionsOut = z.object({
  items: z.array(
    z.object({
      ...{ id: z.string(), title: z.string(), unit: z.string(), numerator: z.string(), denominator: z.string().nullable() },
      ...{
        start: z.string().nullable(),
        stop: z.string(),
        cuts: z.array(z.enum(cuts)),
        quality: z.string().nullable(),
        missing: z.string().nullable(),
      },
    }),
  ),
});

export function presentDefinition({ id, title, unit, numerator, denominator, start, stop, cuts: of, quality, missing }: Definition) {
  return { id, title, unit, numerator, denominator, start, stop, cuts: [...of], quality, missing };
}
