import { sourceOf } from '../recipe.ts';
import { type AffectedRange, type Bisection, digestOfBisect, nameOfPoint, type PinnedBisect, type Point, placeOn } from './bisect.ts';
import { type Answer, answerOf, bisectEvidenceSchema } from './evidence.ts';
import { type Boundary, interpolated, nextPoint, stretchesOf, type Told } from './search.ts';

/** The trusted half after the boxes: each point's answer is read again, and the search must have gone where those answers lead. */
export function concludeBisect(plan: PinnedBisect, given: unknown): Bisection {
  const { digest, ...rest } = plan;
  const nothing = { points: [], ranges: [], family: null, measured: 0, interpolated: 0 };
  const unsure = (because: string): Bisection => ({ outcome: 'could-not-tell', because, ...nothing });
  if (digestOfBisect(rest) !== digest) return unsure('the pinned search was altered');
  const evidence = bisectEvidenceSchema.safeParse(given).data;
  if (!evidence) return unsure('the evidence is malformed');
  if (evidence.bisectDigest !== digest) return unsure('the evidence is of another search');
  if (evidence.failure !== null) return unsure(evidence.failure);
  const { spec } = plan;
  const names = evidence.points.map(nameOfPoint);
  const known = placeOn(evidence.points, sourceOf(spec.recipe, 'vulnerable')!);
  if (known < 0) return unsure('the history does not hold the version that the recipe calls vulnerable');
  const [told, answers] = [new Map<number, Told>(), new Map<number, Answer>()];
  for (const tried of evidence.tried) {
    if (nextPoint(names.length, known, told, plan) !== tried.at) return unsure('the evidence is not of the points that were to be tried');
    const answer = answerOf(spec, evidence.points[tried.at]!, tried, answers.get(known)?.family ?? null);
    told.set(tried.at, answer.told);
    answers.set(tried.at, answer);
    if (tried.at === known && answer.told !== 'affected')
      return unsure(`${names[known]}, which the recipe calls vulnerable: ${answer.because}`);
  }
  if (nextPoint(names.length, known, told, plan) !== undefined) return unsure('the search was not ended');
  const points = names.map((name, at): Point => {
    const answer = answers.get(at);
    if (answer) return { name, told: answer.told, measured: true, because: answer.because };
    return { name, told: interpolated(at, told), measured: false, because: 'not tried' };
  });
  const ranges = stretchesOf(told).map(({ introduced, lastKnownAffected, fixed }): AffectedRange => {
    const named = ({ after, by }: Boundary) => ({
      after: after === null ? null : names[after]!,
      by: names[by]!,
      exact: after === null ? by === 0 : by === after + 1,
    });
    return { introduced: named(introduced), lastKnownAffected: names[lastKnownAffected]!, fixed: fixed && named(fixed) };
  });
  const counts = { measured: told.size, interpolated: points.filter((point) => !point.measured && point.told !== 'unknown').length };
  return {
    outcome: ranges.length === 1 ? 'found' : 'non-monotone',
    because: `${counts.measured} of ${points.length} points tried${counts.interpolated > 0 ? `, ${counts.interpolated} taken to be as their neighbours` : ''}`,
    ...{ points, ranges, family: answers.get(known)?.family ?? null, ...counts },
  };
}
