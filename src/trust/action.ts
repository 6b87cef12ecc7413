import type { z } from 'zod';
import type { Doors, Tx } from '../base/doors.ts';
import type { Id, Kind } from '../base/id.ts';
import type { Instant } from '../base/instant.ts';
import type { Label } from '../base/label.ts';
import type { Refusal } from '../base/refusal.ts';
import type { Actor, Guarded, Verb } from './access.ts';

/** Something that happened: `finding.received`. The payload must be JSON; it is kept under the label, apart from the chain. */
export interface Happening {
  readonly event: `${string}.${string}`;
  readonly thing: string;
  readonly label: Label;
  readonly payload?: unknown;
}

/** What a verb works with: one actor, one `now`, one transaction. */
export interface Ctx {
  readonly actor: Actor;
  readonly now: Instant;
  readonly tx: Tx;
  readonly doors: Omit<Doors, 'db' | 'clock'>;
  id<K extends Kind>(kind: K): Id<K>;
  /**
   * Reads or writes as the hub itself, in the same transaction: for decisions that must look across compartments
   * (is somebody on this already?). What comes back must be reduced to an answer before it is returned.
   */
  acrossCompartments<R>(work: (tx: Tx) => Promise<R>): Promise<R>;
  /** Done once the transaction is durable, and not at all when it is undone: for tidying up what nothing names any more. Its failure changes nothing. */
  afterwards(work: () => Promise<void>): void;
}

export interface Done<R> {
  readonly result: R;
  readonly events: readonly Happening[];
}

export function done<R>(result: R, ...events: Happening[]): Done<R> {
  return { result, events };
}

/**
 * A verb, declared once. HTTP route, CLI command, MCP tool, worker hop and OpenAPI operation are derived from it.
 * `on` loads the thing the verb is about (undefined = not found); `run` is load, decide (pure), save; `present` is the only way out.
 */
export interface Action<I = unknown, R = unknown, T extends Guarded = Guarded> extends Verb {
  readonly name: `${string}.${string}`;
  /** Method and path; `:id` takes its value from the input's field of that name. */
  readonly at: `${'GET' | 'POST'} /${string}`;
  readonly summary: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType;
  /** Only the hub itself runs it, from the flow: no route, no command, no tool. */
  readonly internal?: boolean;
  /** The reply holds a secret: it is never kept for an Idempotency-Key. */
  readonly secret?: boolean;
  on?(ctx: Ctx, input: I): Promise<T | undefined>;
  run(ctx: Ctx, input: I, thing: T): Promise<Done<R> | Refusal>;
  present?(result: R, viewer: Actor): unknown;
}

/** Declares a verb; the types of input, thing and result are inferred from its parts. */
export function action<I, R, T extends Guarded = Guarded>(declared: Action<I, R, T>): Action<I, R, T> {
  return declared;
}

/** The way out of a list: each item by its station's own `present`. */
export function presentItems<T>(present: (item: T, viewer: Actor) => unknown) {
  return (found: { readonly items: readonly T[] }, viewer: Actor) => ({ items: found.items.map((item) => present(item, viewer)) });
}

/** Any verb, with its own types hidden. */
// biome-ignore lint/suspicious/noExplicitAny: a list of verbs holds verbs of different types
export type AnyAction = Action<any, any, any>;

/** The hub's host name is the one under which it signs: `hub.example/releases`. */
export function originOf(ctx: Pick<Ctx, 'doors'>): string {
  const { name } = ctx.doors.keys.signer('releases');
  return name.slice(0, name.lastIndexOf('/'));
}

/** Where people reach the desk, without a slash at its end: not always at the name under which the hub signs. */
export function deskOf(ctx: Pick<Ctx, 'doors'>): string {
  return ctx.doors.passkeys.origins[0]!;
}
