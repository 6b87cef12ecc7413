import { canonical, digestOf, sha256 } from '../../base/canonical.ts';
import type { Probe } from '../../base/doors.ts';
import { type Envelope, inToto, type Signer, seal } from '../../base/signature.ts';
import { type Recipe, sourceOf } from '../recipe.ts';
import { matrixEvidenceSchema } from './evidence.ts';
import type { Arbitration, Matrix } from './matrix.ts';
import type { PinnedMatrix } from './plan.ts';

/**
 * What was tried and what came of it, signed: an in-toto Statement v1. Enough to repeat it elsewhere and compare, and nothing that must stay
 * closed: inputs and patches by digest, no output but why a build failed, reports by digest.
 */
export function sealMatrix(
  signer: Signer,
  plan: PinnedMatrix,
  given: unknown,
  matrix: Matrix,
  arbitration: Arbitration,
  probe: Probe,
): Envelope {
  const { columns, runs, provider } = matrixEvidenceSchema.parse(given);
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      ...plan.rows.map(({ spec }) => ({ name: 'poc', digest: { sha256: spec.poc.sha256 } })),
      ...plan.fixes.flatMap(({ patch }) => (patch ? [{ name: 'patch', digest: { sha256: sha256(patch) } }] : [])),
    ],
    predicateType: 'urn:breakwater:matrix:1',
    predicate: {
      matrix: plan.digest,
      recipes: plan.recipes.map(recipeSaid),
      rows: plan.rows.map(({ of, recipe, spec }) => ({ of, recipe, poc: spec.poc.sha256, experiment: spec.digest })),
      fixes: plan.fixes.map(({ of, recipe, patch }) => ({ of, recipe, patch: patch && sha256(patch) })),
      columns: columns.map((column, i) => ({ name: matrix.columns[i]!.name, ...column })),
      runsAsked: plan.runs,
      runs: runs.map(({ stdout, stderr, reports, ...run }) => ({
        ...run,
        ...{ stdout: stdout.sha256, stderr: stderr.sha256 },
        reports: reports.map(({ name, sha256: digest }) => ({ name, sha256: digest })),
      })),
      provider: { id: provider, probe },
      shown: matrix,
      arbitration,
    },
  };
  return seal(signer, inToto, Buffer.from(canonical(statement)));
}

function recipeSaid(recipe: Recipe) {
  const { id, oracle, build, run, target } = recipe;
  const sources = (['vulnerable', 'fixed'] as const).flatMap((variant) => {
    const source = sourceOf(recipe, variant);
    return source ? [{ variant, ...source }] : [];
  });
  return { id, sha256: digestOf(recipe), purl: target.purl, oracle, sources, commands: { build: build.steps, run: run.argv } };
}
