import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { isObject } from '../../csaf/json.ts';
import { firstErrors } from '../../csaf/shapes/shape.ts';
import { lintRules } from './lint.ts';
import type { OsvResult } from './rule.ts';
import { osvShape } from './schema.ts';
import { senseRules } from './sense.ts';

interface OsvVerdict {
  /** What the JSON Schema of OSV says, its formats asserted. */
  readonly valid: boolean;
  readonly results: readonly OsvResult[];
}

/** Validates a record by the OSV schema 1.7.5, then by what its text and the OSV linter ask beyond. Only what is no object is refused. */
export function validateOsv(document: unknown): OsvVerdict | Refusal {
  if (!isObject(document)) return refuse('malformed', 'must be an object', 'document');
  const results: OsvResult[] = osvErrors(document).map((error) => ({ test: 'schema', kind: 'error', ...error }));
  const valid = results.length === 0;
  for (const { test, kind, run } of [...lintRules, ...senseRules]) {
    let count = 0;
    run(document, (pointer, message) => {
      if (count++ < limits.osvResultsPerTest) results.push({ test, kind, pointer, message });
    });
  }
  return { valid, results };
}

/** What breaks the schema; empty for a valid record. */
export function osvErrors(document: unknown, most: number = limits.osvResultsPerTest): { pointer: string; message: string }[] {
  return firstErrors(osvShape, document, '', most);
}
