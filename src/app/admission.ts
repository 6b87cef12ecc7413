import type { Doors } from '../base/doors.ts';
import { epochMs, hour, instantOf } from '../base/instant.ts';
import { limits } from '../base/limits.ts';
import { type Actor, may, type Verb } from '../trust/access.ts';
import { actorCounted } from '../trust/orgs/store.ts';
import type { Traffic } from './traffic.ts';

export interface Bounds {
  /** Requests of one credential in one hour of the clock. */
  readonly perHour: number;
  /** Submissions being read or stored at once; each holds its body in memory. */
  readonly atOnce: number;
  readonly bodyMs: number;
  readonly traffic?: Traffic;
}

export const intakeBounds: Bounds = { perHour: limits.submissionsPerHour, atOnce: limits.submissionsAtOnce, bodyMs: limits.intakeBodyMs };

/** `known` may not submit; `waitSeconds`: until the hour is over. */
type Admitted = { readonly actor: Actor } | { readonly no: 'unknown' | 'known' } | { readonly waitSeconds: number };

export interface Admission {
  /** Who a token stands for, if its holder may submit and has not used up the hour. Each asking counts. */
  admit(secret: string): Promise<Admitted>;
  /** A place among the submissions under way, to be given back; undefined when all are taken. */
  take(): Place | undefined;
}

interface Place {
  /** The body is here: from now on others give way. Before, a sender who is slow on purpose would hold them up. */
  arrived(): void;
  leave(): void;
}

/**
 * What is settled of a submission before its body is read, whatever its protocol. The hour is one of the clock, not a rolling bucket, and
 * is counted in the database: several hubs on it share one count, and a restart does not begin anew. A power cut may forget the last of it.
 */
export function admission(doors: Doors, verb: Verb, bounds: Bounds): Admission {
  let places = bounds.atOnce;
  return {
    async admit(secret) {
      const [pepper, now] = [doors.keys.secret('tokens'), doors.clock.now()];
      const began = Math.floor(epochMs(now) / hour) * hour;
      const counted = await doors.db.singly((tx) => actorCounted(tx, pepper, secret, now, instantOf(began)));
      if (!counted) return { no: 'unknown' };
      if (may(counted.actor, verb) !== 'yes') return { no: 'known' };
      if (counted.requests <= bounds.perHour) return { actor: counted.actor };
      return { waitSeconds: Math.ceil((began + hour - epochMs(now)) / 1000) };
    },
    take() {
      if (places === 0) return undefined;
      places--;
      let through: (() => void) | undefined;
      let given = false;
      return {
        arrived() {
          through ??= bounds.traffic?.enter();
        },
        leave() {
          if (!given) places++;
          given = true;
          through?.();
        },
      };
    },
  };
}
