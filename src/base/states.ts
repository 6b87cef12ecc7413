import { type Refusal, refuse } from './refusal.ts';

/** A process as a table: one row per allowed move. What is not in the table does not happen. */
export interface Move<S extends string, T extends string> {
  readonly from: S;
  readonly by: T;
  readonly to: S;
}

export function move<S extends string, T extends string>(table: readonly Move<S, T>[], from: S, by: T): S | Refusal {
  const row = table.find((m) => m.from === from && m.by === by);
  if (row) return row.to;
  const open = table.filter((m) => m.from === from).map((m) => m.by);
  return refuse(
    'wrong_state',
    `cannot ${by} while ${from}${open.length ? `; possible now: ${open.join(', ')}` : '; this is a final state'}`,
  );
}
