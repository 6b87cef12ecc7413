import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { orderOfScheme } from '../../versions/compare.ts';
import { type Constraint, everything, rangeText, sorted } from '../constraint.ts';
import { one } from './bounds.ts';
import { conanAlternatives } from './conan.ts';
import { intervalAlternatives } from './interval.ts';
import { npmAlternatives } from './npm.ts';
import { operatorAlternatives } from './operators.ts';
import { nginxAlternatives, opensslAlternatives } from './projects.ts';

type Read = (text: string) => Constraint[][] | undefined;

const readers = new Map<string, Read>([
  ['npm', npmAlternatives],
  ['conan', conanAlternatives],
  // A bare version is a wish in Maven, and advisories mean just that one by it; in NuGet it is a lower bound.
  ['maven', (text) => intervalAlternatives(text, (version) => one('=', version))],
  ['nuget', (text) => intervalAlternatives(text, (version) => one('>=', version))],
  ['nginx', nginxAlternatives],
  ['openssl', opensslAlternatives],
]);

/**
 * The range that an ecosystem's own notation means: a text, or a list of texts that are alternatives. As in the specification's suite the
 * constraints are only put in order: alternatives that overlap are not merged.
 */
export function rangeFromNative(scheme: string, native: unknown): string | Refusal {
  const order = orderOfScheme(scheme);
  if (!order) return refuse('unsupported', 'versions of this type cannot be ordered here');
  const texts = Array.isArray(native) ? native : [native];
  if (!texts.every((text) => typeof text === 'string') || texts.length === 0)
    return refuse('malformed', 'must be text or texts', 'native_range');
  if (texts.join('||').length > limits.versChars)
    return refuse('too_large', `a range has at most ${limits.versChars} characters`, 'native_range');
  const read = readers.get(scheme) ?? ((text: string) => operatorAlternatives(scheme, text));
  const alternatives = texts.flatMap((text) => read(text) ?? [undefined]);
  if (alternatives.includes(undefined)) return refuse('malformed', 'this is not the notation of the type', 'native_range');
  const constraints = alternatives as Constraint[][];
  if (constraints.some((alternative) => alternative.length === 0)) return rangeText(scheme, [everything]);
  const list = sorted(constraints.flat(), order);
  return list ? rangeText(scheme, list) : refuse('malformed', 'a version is none of the type', 'native_range');
}
