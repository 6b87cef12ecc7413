import type { Tx } from '../base/doors.ts';
import type { Instant } from '../base/instant.ts';
import type { Label } from '../base/label.ts';
import type { AnyAction } from './action.ts';
import type { AnyLabour } from './labour.ts';

/** An entry of the log as a follower sees it. */
export interface Happened {
  readonly seq: number;
  readonly at: Instant;
  readonly actor: string;
  readonly event: string;
  readonly thing: string;
  readonly label: Label;
  // biome-ignore lint/suspicious/noExplicitAny: each event's payload has a shape of its own; the verb's input schema checks what is made of it
  readonly payload: any;
}

/** When `on` happens, the hub runs `verb` with what `give` makes of it; undefined = not this time. */
export interface Hop {
  readonly on: string;
  readonly verb: AnyAction;
  give(happened: Happened): unknown;
  /**
   * So many things are worked through at a time, each in the order of the log. Never to be changed: the cursor of a lane tells how far the
   * work on its own things has come, and with another number these would be others.
   */
  readonly lanes: number;
}

/** When `on` happens, a worker takes up the labour on that thing. */
export interface Work {
  readonly on: string;
  readonly labour: AnyLabour;
  give(happened: Happened): string | undefined;
  /** The greater goes first among those that wait; 0 where nothing is said. Looked up, never told in the log: it compares with others. */
  priority(tx: Tx, happened: Happened): Promise<number>;
}

export interface Flow {
  readonly hops: readonly Hop[];
  readonly works: readonly Work[];
  /** Verbs the hub runs again and again with nothing given: each handles whatever is due by now. */
  readonly dues: readonly AnyAction[];
}

export function hop(on: string, verb: AnyAction, give: (happened: Happened) => unknown, lanes = 1): Hop {
  return { on, verb, give, lanes };
}

/** Which lane a thing is worked on in: an id ends in what was drawn by chance. */
export function laneOf(thing: string, lanes: number): number {
  return thing.charCodeAt(thing.length - 1) % lanes;
}

export function work(
  on: string,
  labour: AnyLabour,
  give: (happened: Happened) => string | undefined,
  priority: Work['priority'] = async () => 0,
): Work {
  return { on, labour, give, priority };
}
