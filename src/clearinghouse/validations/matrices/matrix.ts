import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Envelope } from '../../../base/signature.ts';
import type { Move } from '../../../base/states.ts';
import type { Arbitration, Matrix } from '../../../lab/matrix/matrix.ts';
import { type Attachment, isPoc } from '../../findings/attachment.ts';
import type { Finding } from '../../findings/finding.ts';
import { reproductionsIn, type Validation } from '../validation.ts';

export const matrixStates = ['requested', 'running', 'concluded'] as const;
type MatrixState = (typeof matrixStates)[number];

/** A worker that died is followed by another, which begins again; what could not be told may be asked again. */
export const matrixMoves: readonly Move<MatrixState, 'begin' | 'conclude' | 'repeat'>[] = [
  { from: 'requested', by: 'begin', to: 'running' },
  { from: 'running', by: 'begin', to: 'running' },
  { from: 'running', by: 'conclude', to: 'concluded' },
  { from: 'concluded', by: 'repeat', to: 'requested' },
];

interface PlannedFile {
  readonly blobId: Id<'blb'>;
  readonly sha256: string;
}

/** What two findings are tried with, by digest. `recipe` is an index into `recipes`; a fix without a patch is the recipe's own. */
export interface MatrixPlan {
  readonly runs: number;
  readonly recipes: readonly { readonly id: string; readonly sha256: string }[];
  readonly pocs: readonly (PlannedFile & { readonly of: Id<'fnd'>; readonly recipe: number })[];
  readonly fixes: readonly { readonly of: readonly Id<'fnd'>[]; readonly recipe: number; readonly patch: PlannedFile | null }[];
}

/** Two findings, tried with each other's fixes. */
export interface FixMatrix {
  readonly id: Id<'mtx'>;
  /** The older of the two. */
  readonly aId: Id<'fnd'>;
  readonly bId: Id<'fnd'>;
  readonly state: MatrixState;
  readonly plan: MatrixPlan;
  /** Digest of the plan. */
  readonly inputs: string;
  /** Digest of the pinned matrix, once begun. */
  readonly experiment: string | null;
  readonly relation: Arbitration['relation'] | null;
  readonly containerId: Id<'fnd'> | null;
  readonly because: string | null;
  readonly shown: Matrix | null;
  readonly record: Envelope | null;
  readonly requestedAt: Instant;
  readonly concludedAt: Instant | null;
  readonly label: Label;
}

/** What it says of the pair: one inside the other is for people to place. */
export const decisionOf: Record<Arbitration['relation'], 'same' | 'distinct' | 'unsure'> = {
  equivalent: 'same',
  separate: 'distinct',
  subsumes: 'unsure',
  'could-not-tell': 'unsure',
};

/** A recipe of this hub as it is now. */
export interface KnownRecipe {
  readonly id: string;
  readonly sha256: string;
  readonly hasFix: boolean;
}

/** Of each finding so many inputs and patches, so that neither crowds the other out. */
const share = { pocs: limits.matrixPocs / 2, patches: (limits.matrixFixes - 2) / 2 };

/** Each finding's inputs under the recipe it was reproduced under, its patches and that recipe's own fix; or why there is nothing to try. */
export function planFor(
  findings: readonly [Finding, Finding],
  validations: readonly Validation[],
  known: readonly KnownRecipe[],
  runs: number,
): MatrixPlan | string {
  if (findings[0].package !== findings[1].package) return 'findings of two packages are not one vulnerability';
  const recipes: KnownRecipe[] = [];
  const [pocs, fixes]: [MatrixPlan['pocs'][number][], MatrixPlan['fixes'][number][]] = [[], []];
  for (const { id, attachments } of findings) {
    const decided = reproductionsIn(validations.filter((v) => v.findingId === id)).at(-1);
    if (!decided) return `${id} was not reproduced`;
    if (decided.recipeId.startsWith('blb_')) return `${id} was reproduced under its finder’s own recipe, which was adopted for it alone`;
    const recipe = known.find((r) => r.id === decided.recipeId);
    if (!recipe) return `this hub no longer has the recipe ${decided.recipeId}`;
    if (!recipes.includes(recipe)) recipes.push(recipe);
    const at = recipes.indexOf(recipe);
    // That which reproduced leads.
    const inputs = attachments.filter(isPoc).toSorted((x, y) => Number(y.id === decided.pocId) - Number(x.id === decided.pocId));
    pocs.push(...unlike(inputs, share.pocs).map((file) => ({ ...file, of: id, recipe: at })));
    const patches = unlike(
      attachments.filter(({ type }) => type === 'patch'),
      share.patches,
    );
    fixes.push(...patches.map((patch) => ({ of: [id], recipe: at, patch })));
    if (recipe.hasFix) fixes.push({ of: [id], recipe: at, patch: null });
  }
  const pinned = recipes.map((recipe) => ({ id: recipe.id, sha256: recipe.sha256 }));
  return { runs, recipes: pinned, pocs, fixes };
}

function unlike(files: readonly Attachment[], max: number): PlannedFile[] {
  const first = files.filter((file, i) => files.findIndex((other) => other.sha256 === file.sha256) === i);
  return first.slice(0, max).map(({ id, sha256 }) => ({ blobId: id, sha256 }));
}

/** How many different builds with a fix there are to be had. */
export function fixesOf(plan: MatrixPlan): number {
  return new Set(plan.fixes.map(({ recipe, patch }) => `${recipe} ${patch?.sha256 ?? 'fixed'}`)).size;
}
