import type { Instant } from '../base/instant.ts';
import { type Label, publicLabel } from '../base/label.ts';
import type { Role } from './orgs/org.ts';

/** Somebody who acts. `house` is the hub itself following its own log. */
export interface Actor {
  readonly kind: 'house' | 'person' | 'agent' | 'anonymous';
  readonly id: string;
  readonly orgId: string | null;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Verbs this credential may use: `*`, `findings.*` or `findings.submit`. */
  readonly scopes: readonly string[];
  /** Compartments read into, `org_*` meaning all of that kind. */
  readonly reads: readonly string[];
  /** Read-in tier per compartment; 0 sees most. The own organisation is tier 0. */
  readonly tiers: Readonly<Record<string, number>>;
  /** With what they act: a token or a session, and the passkey that opened it. Undefined where somebody acts by no secret. */
  readonly credential?: { readonly id: string; readonly passkeyId: string | null; readonly createdAt: Instant };
}

export const anonymous: Actor = {
  kind: 'anonymous',
  id: 'anonymous',
  orgId: null,
  name: 'anonymous',
  roles: [],
  scopes: ['*'],
  reads: [],
  tiers: {},
};

export const house: Actor = {
  kind: 'house',
  id: 'house',
  orgId: null,
  name: 'the hub itself',
  roles: ['coordinator', 'evaluator'],
  scopes: ['*'],
  reads: ['hub_*', 'hou_*', 'org_*', 'own_*', 'cas_*', 'agr_*', 'sub_*'],
  tiers: {},
};

/** What may() needs to know of a verb. */
export interface Verb {
  readonly name: string;
  /** `anyone` = also without a credential; `signed-in` = any credential; else one of these roles. */
  readonly by: 'anyone' | 'signed-in' | readonly Role[];
}

/** What may() needs to know of a thing. */
export interface Guarded {
  readonly label: Label;
}

/** `hidden` must read exactly like a thing that does not exist. */
type May = 'yes' | 'not_permitted' | 'hidden';

export function may(actor: Actor, verb: Verb, thing?: Guarded): May {
  if (!inScope(actor, verb.name)) return 'not_permitted';
  if (verb.by === 'signed-in' && actor.kind === 'anonymous') return 'not_permitted';
  if (Array.isArray(verb.by) && !verb.by.some((role) => actor.roles.includes(role))) return 'not_permitted';
  return isCleared(actor.reads, thing?.label ?? publicLabel) ? 'yes' : 'hidden';
}

/** The same rule as the database's `cleared()`: every compartment of the label must be read. */
export function isCleared(reads: readonly string[], of: Label): boolean {
  return of.compartments.every((c) => reads.includes(c) || reads.includes(`${c.slice(0, 4)}*`));
}

/** 0 sees most; undefined = not read in. Coordinators and the hub are tier 0 of what they read. */
export function tierOf(actor: Actor, compartment: string): number | undefined {
  const granted = actor.tiers[compartment];
  if (granted !== undefined) return granted;
  return isCleared(actor.reads, { tlp: 'RED', compartments: [compartment] }) ? 0 : undefined;
}

function inScope(actor: Actor, verb: string): boolean {
  const station = verb.slice(0, verb.indexOf('.'));
  return actor.scopes.some((s) => s === '*' || s === verb || s === `${station}.*`);
}
