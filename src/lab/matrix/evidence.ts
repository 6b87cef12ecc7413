import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { runRecord, sha256Text, treeText } from '../evidence.ts';

const index = z.int().min(0).max(1000);
const because = z.string().max(8192);

const builtColumn = z.strictObject({
  /** What was built, patched or not; null = it could not be had, because `failure`. */
  source: treeText.nullable(),
  failure: because.nullable(),
  /** One for each recipe, in their order. */
  builds: z
    .array(z.strictObject({ key: sha256Text.nullable(), tree: treeText.nullable(), failure: because.nullable() }))
    .max(limits.matrixPocs),
});

const cellRun = runRecord.extend({ column: index, recipe: index, row: index.nullable(), test: index.nullable() });

/** What a worker brings back; `concludeMatrix` reads it through this and believes nothing else. */
export const matrixEvidenceSchema = z.strictObject({
  matrixDigest: sha256Text,
  provider: z.string().max(100),
  columns: z.array(builtColumn).max(limits.matrixPocs + limits.matrixFixes),
  runs: z.array(cellRun).max(50_000),
});

export type MatrixEvidence = z.infer<typeof matrixEvidenceSchema>;
export type BuiltColumn = z.infer<typeof builtColumn>;
export type CellRun = z.infer<typeof cellRun>;
