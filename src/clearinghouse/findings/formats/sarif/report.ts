import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { readSarifLog, type SarifResult } from './log.ts';
import { isObject } from './members.ts';
import { type Problem, problemsOf } from './problem.ts';
import { brokenAt } from './syntax.ts';

interface Report {
  /** One a result, those that tell of no flaw included (`skipped` says why). */
  readonly findings: readonly object[];
  readonly problems: readonly Problem[];
  /** False where there are more than `limits.sarifProblems`; absent where these are all. */
  readonly complete?: false;
}

/** A log read and checked. `document` is the log, or its text; a log that breaks the schema is read as far as it can be. */
export function reportOnSarif(document: unknown): Report | Refusal {
  const log = typeof document === 'string' ? parsed(document) : document;
  if (log === undefined)
    return { findings: [], problems: [{ rule: 'JSON0001', pointer: brokenAt(document as string), message: 'This is not JSON.' }] };
  if (!isObject(log)) return refuse('malformed', 'must be a JSON object', 'document');
  const read = readSarifLog(log);
  if (isRefusal(read) && read.code === 'too_large') return read;
  const { problems, complete } = problemsOf(log);
  if (isRefusal(read) && problems.every(({ rule }) => !rule.startsWith('JSON'))) return read;
  return {
    findings: isRefusal(read) ? [] : read.results.map(shown),
    problems,
    ...(complete ? {} : { complete }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function shown(result: SarifResult): object {
  const { at, ruleId, level, kind, skipped, message, places, cwes, fingerprint, severity, purl } = result;
  const [place] = places;
  return {
    pointer: at,
    ...{ ruleId, level, kind, message },
    ...{ file: place?.file ?? null, line: place?.line ?? null, region: place?.region ?? null, function: result.function },
    ...{ cwe: cwes[0] ?? null, fingerprint, severity, purl, skipped },
  };
}
