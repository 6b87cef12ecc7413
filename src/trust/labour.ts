import type { Doors } from '../base/doors.ts';
import type { AnyAction } from './action.ts';

/** The doors a long piece of work may use: no database, no keys. */
export type WorkDoors = Pick<Doors, 'box' | 'sources' | 'models' | 'blobs' | 'net' | 'clock'>;

/**
 * Work that takes longer than a transaction may: trusted → untrusted → trusted.
 * `begin` pins everything and returns the spec; `work` has nothing but the spec and boxes; `conclude` treats what comes back as hostile.
 * Both verbs are internal, take `{id}` and `{id, evidence}`, and refuse `wrong_state` when the work was done already:
 * a worker killed in between is followed by another, which begins again.
 */
export interface Labour<Spec = unknown, Evidence = unknown> {
  readonly name: string;
  readonly begin: AnyAction;
  work(spec: Spec, doors: WorkDoors): Promise<Evidence>;
  readonly conclude: AnyAction;
}

/** Any labour, with its own types hidden. */
// biome-ignore lint/suspicious/noExplicitAny: a list of labours holds labours of different types
export type AnyLabour = Labour<any, any>;
