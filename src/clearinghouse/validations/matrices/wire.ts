import { z } from 'zod';
import { wireId, wireInstant } from '../../../base/wire.ts';
import { relations } from '../../../lab/matrix/matrix.ts';
import { probeIn } from '../wire.ts';
import { type FixMatrix, matrixStates } from './matrix.ts';

export const byPair = z.object({ aId: wireId('fnd'), bId: wireId('fnd') });
export const byId = z.object({ id: wireId('mtx') });
export const concludeInput = z.object({ id: wireId('mtx'), evidence: z.unknown() });
/** What the worker brings back; the lab reads the matrix itself, against what was pinned. */
export const evidenceIn = z.object({ probe: probeIn, matrix: z.unknown() });

const cell = z.object({ saw: z.enum(['crash', 'quiet', 'could-not-tell']), crashes: z.number(), of: z.number(), because: z.string() });
const shown = z.object({
  rows: z.array(z.object({ name: z.string(), of: z.string() })),
  columns: z.array(
    z.object({
      name: z.string(),
      of: z.array(z.string()),
      base: z.number().nullable(),
      source: z.string().nullable(),
      void: z.string().nullable(),
      cells: z.array(cell),
    }),
  ),
});
export const matrixOut = z.object({
  id: wireId('mtx'),
  aId: wireId('fnd'),
  bId: wireId('fnd'),
  state: z.enum(matrixStates),
  relation: z.enum(relations).nullable(),
  containerId: wireId('fnd').nullable(),
  because: z.string().nullable(),
  shown: shown.nullable(),
  requestedAt: wireInstant,
  concludedAt: wireInstant.nullable(),
});
export const askedOut = z.object({ matrixId: wireId('mtx').nullable(), because: z.string().nullable() });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();

export function present(m: FixMatrix): z.input<typeof matrixOut> {
  const { id, aId, bId, state, relation, containerId, because, requestedAt, concludedAt } = m;
  const rows = m.shown?.rows.map((row) => ({ ...row })) ?? [];
  const columns = m.shown?.columns.map((c) => ({ ...c, of: [...c.of], cells: c.cells.map((one) => ({ ...one })) })) ?? [];
  return { id, aId, bId, state, relation, containerId, because, shown: m.shown && { rows, columns }, requestedAt, concludedAt };
}
