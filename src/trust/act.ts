import { digestOf } from '../base/canonical.ts';
import type { Doors, Tx } from '../base/doors.ts';
import { makeId } from '../base/id.ts';
import { epochMs, type Instant } from '../base/instant.ts';
import { join, type Label, publicLabel } from '../base/label.ts';
import { limits } from '../base/limits.ts';
import { Fault, isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { type Actor, house, isCleared, may } from './access.ts';
import type { Action, AnyAction, Ctx, Done, Happening } from './action.ts';
import { beatenToIt, keepReply, keptReply, logging } from './log/store.ts';
import { actorBySecret } from './orgs/store.ts';

/** Who acts: a known actor, or the secret of a credential, to be looked up inside the transaction. */
export type Who = { readonly actor: Actor } | { readonly secret: string };

interface Call {
  readonly who: Who;
  readonly input: unknown;
  /** Idempotency-Key: the same key with the same request gives the first reply again; with another request, `conflict`. */
  readonly key?: string;
  /** The follower on whose behalf this runs: its cursor moves in the same transaction, so that the hop happens once. */
  readonly follower?: { readonly name: string; readonly seq: number };
}

/** The one way anything happens: parse → who → one transaction → one now → may → run → append events → commit → present. */
export async function act<R>(doors: Doors, verb: Action<never, R, never> | AnyAction, call: Call): Promise<unknown | Refusal> {
  const parsed = (verb as AnyAction).input.safeParse(call.input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse('malformed', issue?.message ?? 'not of the expected shape', `/${issue?.path.join('/') ?? ''}`);
  }
  const actor = await identify(doors, call.who);
  if (isRefusal(actor)) return actor;
  const first = may(actor, verb);
  if (first !== 'yes') return notAllowed(actor, verb.name);
  for (let attempt = 1; ; attempt++) {
    try {
      // What it adds to the log goes last, because that takes the log's one lock: nothing may follow but the commit.
      const outcome = await doors.db.transaction(
        actor.reads,
        (tx) => within(doors, verb, call, actor, parsed.data, tx),
        (o) => o.last,
      );
      for (const work of outcome.later) await work().catch(() => {});
      return outcome.presented;
    } catch (error) {
      if (error instanceof Stop) return error.refusal;
      const code = (error as { code?: string }).code;
      if (passing.includes(code ?? '') && attempt < limits.actRetries) continue;
      if (code === beatenToIt) return refuse('stale', 'another worker did this');
      if (code === '23505') return refuse('conflict', 'this already exists');
      throw new Fault(`${verb.name} failed`, faultReference(doors), error);
    }
  }
}

/** 40001 serialization failure, 40P01 deadlock, 0A000 a table changed under a plan: PostgreSQL rolled us back, and again is another matter. */
const passing = ['40001', '40P01', '0A000'];

/** Rolls the transaction back and carries the refusal out. */
class Stop extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

async function within(doors: Doors, verb: AnyAction, call: Call, actor: Actor, input: unknown, tx: Tx) {
  const now = doors.clock.now();
  // Reading again does no harm, and a kept reply would be a copy of what was read.
  const key = verb.secret || verb.at.startsWith('GET') ? undefined : call.key;
  const digest = key === undefined ? '' : digestOfRequest(input);
  const kept = key === undefined ? undefined : await keptReply(tx, actor.id, key);
  if (kept && (kept.verb !== verb.name || kept.requestDigest !== digest))
    throw new Stop(refuse('conflict', 'this Idempotency-Key was used for another request', 'Idempotency-Key'));
  const later: (() => Promise<void>)[] = [];
  const ctx = contextOf(doors, actor, now, tx, later);
  const thing = verb.on ? await verb.on(ctx, input) : undefined;
  if (verb.on && (!thing || may(actor, verb, thing) !== 'yes')) throw new Stop(refuse('not_found', 'no such thing'));
  // Only now: whoever was let out since the first time is not shown the reply again.
  if (kept) return { presented: kept.reply, later: [] };
  const outcome: Done<unknown> | Refusal = await verb.run(ctx, input, thing);
  if (isRefusal(outcome)) throw new Stop(outcome);
  const presented = present(verb, outcome.result, actor);
  if (key !== undefined) {
    const label = readLabel(actor, [thing?.label, ...outcome.events.map((e) => e.label)]);
    await keepReply(tx, { actor: actor.id, key, verb: verb.name, requestDigest: digest, reply: presented, label, at: now });
  }
  const events = outcome.events.length ? outcome.events : readEvents(verb, actor, thing?.label, outcome.result);
  const batch = events.length ? { actor: actor.id, at: now, salt: () => saltOf(doors), events } : undefined;
  return { presented, later, last: logging({ follower: call.follower, batch }) };
}

/** A text may hold half of a surrogate pair where its verb makes do with that; nothing can be compared with it. */
function digestOfRequest(input: unknown): string {
  try {
    return digestOf(input);
  } catch {
    throw new Stop(refuse('malformed', 'under an Idempotency-Key, text must hold no half of a surrogate pair'));
  }
}

function contextOf(doors: Doors, actor: Actor, now: Instant, tx: Tx, later: (() => Promise<void>)[]): Ctx {
  return {
    actor,
    now,
    tx,
    doors,
    id: (kind) => makeId(kind, epochMs(now), doors.chance(10)),
    afterwards: (work) => void later.push(work),
    async acrossCompartments(work) {
      doors.db.setReads(tx, house.reads);
      try {
        return await work(tx);
      } finally {
        // Also when it throws and the verb goes on.
        doors.db.setReads(tx, actor.reads);
      }
    },
  };
}

/** The output schema strips whatever it does not name: what a station forgot to withhold does not leave by accident. */
function present(verb: AnyAction, result: unknown, actor: Actor): unknown {
  return verb.output.parse(verb.present ? verb.present(result, actor) : result);
}

/** Reading a labelled thing is itself an event. What the hub reads for itself, and what is public, is not. */
function readEvents(verb: AnyAction, actor: Actor, of: Label | undefined, result: unknown): Happening[] {
  if (actor.kind === 'house' || actor.kind === 'anonymous' || !verb.at.startsWith('GET')) return [];
  const label = of ?? publicLabel;
  const listed = (result as { items?: readonly { id?: string }[] }).items;
  if (label.compartments.length === 0 && listed === undefined) return [];
  const payload = listed ? { verb: verb.name, things: listed.map((item) => item.id ?? null) } : { verb: verb.name };
  // Under the reader's organisation too: who else was let into a compartment is not for everybody in it.
  const own = actor.orgId === null ? [] : [actor.orgId];
  // A list shows the reader what the reader was let into by name; colleagues who were not must not find it in the log.
  const letInto = listed?.length ? Object.keys(actor.tiers).filter((c) => !/^(org|own)_/.test(c)) : [];
  const under = join(label, { tlp: listed ? 'RED' : label.tlp, compartments: [...own, ...letInto] });
  return [{ event: 'log.read', thing: verb.name, label: under, payload }];
}

/** What the actor read of these labels: the least that must be read to be shown the same again. */
function readLabel(actor: Actor, labels: readonly (Label | undefined)[]): Label {
  const all = labels.reduce<Label>((a, b) => (b ? join(a, b) : a), publicLabel);
  return { tlp: all.tlp, compartments: all.compartments.filter((c) => isCleared(actor.reads, { tlp: all.tlp, compartments: [c] })) };
}

/** Who a secret stands for now; `not_permitted` at `Authorization` for nobody. */
export async function identify(doors: Doors, who: Who): Promise<Actor | Refusal> {
  if ('actor' in who) return who.actor;
  const actor = await doors.db.singly((tx) => actorBySecret(tx, doors.keys.secret('tokens'), who.secret, doors.clock.now()));
  return actor ?? refuse('not_permitted', 'this credential is unknown, expired or revoked', 'Authorization');
}

export function notAllowed(actor: Actor, verb: string): Refusal {
  return actor.kind === 'anonymous'
    ? refuse('not_permitted', 'sign in first: send "Authorization: Bearer <token>"', 'Authorization')
    : refuse('not_permitted', `${verb} is not among what this credential may do`);
}

function faultReference(doors: Doors): string {
  return `F-${Buffer.from(doors.chance(6)).toString('hex')}`;
}

/** Of one entry of the log. */
export function saltOf(doors: Pick<Doors, 'chance'>): string {
  return Buffer.from(doors.chance(16)).toString('hex');
}
