import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Clauses } from './clause.ts';
import { type Csaf, type Edition, readCsaf } from './csaf.ts';
import { type Obj, objectOf, sizeOf } from './json.ts';
import { documentShapes } from './shapes/document.ts';
import { agreement21 } from './tests/agreement.ts';
import { branches, branches21 } from './tests/branches.ts';
import { correspondence21 } from './tests/correspondence.ts';
import { dates21, disclosureAfterRevision } from './tests/dates.ts';
import { definitions, definitions21 } from './tests/definitions.ts';
import { extensions21 } from './tests/extensions.ts';
import { identification, identification21 } from './tests/identification.ts';
import { languages } from './tests/languages.ts';
import { licenses21 } from './tests/licenses.ts';
import { profiles, profiles20Only, profiles21Only } from './tests/profiles.ts';
import { ranges, ranges21 } from './tests/ranges.ts';
import { revisions, revisions21 } from './tests/revisions.ts';
import { scores, scores21 } from './tests/scores.ts';
import { sharing20, sharing21 } from './tests/sharing.ts';
import { specialTitles21 } from './tests/special-titles.ts';
import { ssvc21 } from './tests/ssvc.ts';
import { statuses, statuses21 } from './tests/statuses.ts';
import { vulnerabilities, vulnerabilities21 } from './tests/vulnerabilities.ts';
import { weaknesses20, weaknesses21 } from './tests/weaknesses.ts';
import { whole, whole21 } from './tests/whole.ts';

interface CsafResult {
  /** Number of the test, or `schema`. */
  readonly test: string;
  readonly kind: 'error' | 'warning' | 'info';
  /** Of the value that breaks the test; of the object that lacks it, where it is missing. */
  readonly pointer: string;
  readonly message: string;
}

interface CsafVerdict {
  /** False where a mandatory test or the schema fails. */
  readonly valid: boolean;
  readonly results: readonly CsafResult[];
}

const both: Clauses = {
  ...definitions,
  ...statuses,
  ...scores,
  ...languages,
  ...identification,
  ...revisions,
  ...vulnerabilities,
  ...profiles,
  ...branches,
  ...ranges,
  ...whole,
};

const clauses20: Clauses = { ...both, ...weaknesses20, ...profiles20Only, ...sharing20 };

function clauses21(now: Instant): Clauses {
  return {
    ...both,
    ...definitions21,
    ...statuses21,
    ...scores21,
    ...weaknesses21,
    ...identification21,
    ...revisions21,
    ...vulnerabilities21,
    ...profiles21Only,
    ...specialTitles21,
    ...correspondence21,
    ...branches21,
    ...ranges21,
    ...agreement21,
    ...dates21,
    ...disclosureAfterRevision(now),
    ...sharing21,
    ...ssvc21,
    ...licenses21,
    ...extensions21,
    ...whole21,
  };
}

/** Of the standard's text that these rules follow: what is older than it is past, whatever the clock says. */
const writtenAt = '2026-08-17T10:47:52Z' as Instant;

/** Tests of the standard that ask a dictionary: nothing is said about them. */
export const leftOut: Readonly<Record<Edition, readonly string[]>> = { '2.0': ['6.3.8'], '2.1': ['6.3.8', '6.3.16'] };

export function testsOf(edition: Edition): readonly string[] {
  return Object.keys(edition === '2.0' ? clauses20 : clauses21(writtenAt));
}

const kinds: Record<string, CsafResult['kind']> = { '1': 'error', '2': 'warning', '3': 'info' };

/**
 * Validates a CSAF 2.0 or 2.1 document by chapter 6 of its standard. `tests` picks some (`schema` is one); without, all are run.
 * 6.2.33 asks whether a date is past: `now` says what is. Documents too large or too deep are refused; every other gets a verdict.
 */
export function validateCsaf(
  document: unknown,
  { tests, now = writtenAt }: { tests?: readonly string[]; now?: Instant } = {},
): CsafVerdict | Refusal {
  const size = sizeOf(document, limits.csafDepth);
  if (size.tooDeep) return refuse('too_large', `a document has at most ${limits.csafDepth} levels`, 'document');
  if (size.values > limits.csafValues) return refuse('too_large', `a document has at most ${limits.csafValues} values`, 'document');
  const csaf = readCsaf(objectOf(document));
  const results: CsafResult[] = [];
  const take = (test: string, kind: CsafResult['kind']) => {
    let count = 0;
    return (pointer: string, message: string) => {
      if (count++ < limits.csafResultsPerTest) results.push({ test, kind, pointer, message });
    };
  };
  if (!tests || tests.includes('schema')) checkSchema(document, csaf, take('schema', 'error'));
  const clauses = csaf.edition === '2.0' ? clauses20 : clauses21(now);
  for (const [id, run] of tests
    ? tests.flatMap((id) => (Object.hasOwn(clauses, id) ? [[id, clauses[id]!] as const] : []))
    : Object.entries(clauses))
    run(csaf, take(id, kinds[id[2]!]!));
  return { valid: results.every((result) => result.kind !== 'error'), results };
}

function checkSchema(document: unknown, csaf: Csaf, report: (pointer: string, message: string) => void): void {
  const version = (objectOf((document as Obj | null)?.document) as Obj).csaf_version;
  if (version !== '2.0' && version !== '2.1') report('', 'csaf_version must be 2.0 or 2.1');
  documentShapes[csaf.edition](document, '', { error: report, unknown: () => {} });
}
