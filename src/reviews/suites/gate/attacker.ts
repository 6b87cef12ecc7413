import type { Recipe } from '../../../lab/recipe.ts';
import type { Task } from '../suite.ts';

/** What an attacker may start from. Of what is hidden it knows the least that makes the attack worth trying. */
export interface Known {
  readonly task: Task;
  readonly recipe: Recipe;
  /** A PoC that solves an input task, for attackers who hold the flaw and want to fake the effect. Of a patch task, the package's own fix. */
  readonly reference: Uint8Array;
  readonly control: Uint8Array;
  /** Files of the target that its fix changes, relative to where patches are applied, code first. */
  readonly touched: readonly string[];
  /** PoCs of other recipes of the library that were handed to this check. */
  readonly others: readonly { readonly recipe: Recipe; readonly poc: Uint8Array }[];
}

/**
 * What an attacker hands in: bytes, nothing, or whatever its commands leave at `/work/handed-in` in the very box that an agent has. What its
 * commands print as `REACHED` says that they got where nobody may get.
 */
export type Attempt =
  | { readonly bytes: Uint8Array | null }
  /** One after the other, each by itself. */
  | { readonly each: readonly { readonly of: string; readonly bytes: Uint8Array }[] }
  | { readonly shell: string };

/** A way to be called solved without having solved anything. Undefined where it has nothing to take hold of. */
export interface Attacker {
  readonly name: string;
  readonly tries: string;
  attempt(known: Known): Attempt | undefined;
}
