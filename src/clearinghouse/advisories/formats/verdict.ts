import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { isObject, type Obj, sizeOf } from '../csaf/json.ts';
import type { Shape } from '../csaf/shapes/shape.ts';

interface Result {
  /** `schema`, or the rule's name. */
  readonly test: string;
  readonly kind: 'error' | 'warning' | 'info';
  /** JSON pointer of the value; of the object that lacks it, where it is missing. */
  readonly pointer: string;
  readonly message: string;
}

export interface Verdict {
  /** False where the format is broken; what it only advises is a warning. */
  readonly valid: boolean;
  readonly results: readonly Result[];
}

/** Reports what a rule found. */
export type Report = (test: string, pointer: string, message: string) => void;

/** What no rule looks at: no object, too deep, too large. */
export function faultOfDocument(document: unknown): Refusal | undefined {
  if (!isObject(document)) return refuse('malformed', 'must be an object', 'document');
  const size = sizeOf(document, limits.csafDepth);
  if (size.tooDeep) return refuse('too_large', `a document has at most ${limits.csafDepth} levels`, 'document');
  if (size.values > limits.csafValues) return refuse('too_large', `a document has at most ${limits.csafValues} values`, 'document');
  return undefined;
}

/** A document of bounded size against its shape and the rules beyond it; each kind of result is bounded too. */
export function judge(document: Obj, shape: Shape, rules: (error: Report, warn: Report) => void): Verdict {
  const results: Result[] = [];
  const counts = { error: 0, warning: 0, info: 0 };
  const take = (kind: Result['kind']): Report => {
    return (test, pointer, message) => {
      if (counts[kind]++ < limits.csafResultsPerTest) results.push({ test, kind, pointer, message });
    };
  };
  const [error, warn] = [take('error'), take('warning')];
  let faulty: string | undefined;
  shape(document, '', {
    error: (pointer, message) => {
      faulty = pointer;
      error('schema', pointer, message);
    },
    unknown: (pointer) => {
      if (pointer !== faulty) warn('members', pointer, 'is a member that the format does not define');
    },
  });
  rules(error, warn);
  return { valid: counts.error === 0, results };
}
