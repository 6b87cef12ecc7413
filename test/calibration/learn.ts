import { candidatesOf } from '../../src/clearinghouse/duplicates/batch.ts';
import { crashFeatures } from '../../src/clearinghouse/duplicates/crash-features.ts';
import type { Model } from '../../src/clearinghouse/duplicates/model.ts';
import { textFeatures } from '../../src/clearinghouse/duplicates/text-features.ts';
import type { advisoryNeighbours, DataSet, LabelledPair } from './data.ts';
import { type Example, fitLogistic } from './fit.ts';

const ridge = 3;

/**
 * The crash model from the labelled pairs whose split is `ours`. Those pairs are selected: all distinct ones that share two frames, but few of
 * the others. So frames in common weigh against one flaw here, while among all pairs of a project, reported on one day, they weigh for it; and
 * probabilities are those of such a selection, not the field's. Only reports of a fuzzing service are judged by it.
 */
export function learnCrashes({ samples, pairs }: DataSet, ours: (split: string) => boolean): Model {
  const examples = pairs
    .filter((pair) => ours(pair.split))
    .map(({ a, b, same }) => ({ features: { ...crashFeatures(samples[a]!.traits, samples[b]!.traits) }, positive: same, weight: 1 }));
  return fitLogistic(examples, ridge);
}

/**
 * The text model. Besides the labelled pairs, which are all of one package or one CVE, it sees pairs that are known to be distinct and as
 * alike as they come: neighbours within one advisory and the likeliest candidate of another package. They keep the model from telling flaws
 * apart by who wrote; same pairs are weighted up by as much, so that the share of the same stays that of the labelled pairs.
 */
export function learnTexts(set: DataSet, neighbours: ReturnType<typeof advisoryNeighbours>, ours: (split: string) => boolean): Model {
  const labelled = set.pairs.filter((pair) => ours(pair.split)).map((pair) => example(set, pair, 1));
  const apart = [
    ...neighbours
      .filter((pair) => ours(pair.split))
      .map(({ a, b }) => ({ features: { ...textFeatures(a.text, b.text) }, positive: false, weight: 0.7 })),
    ...strangers(set, ours).map((pair) => example(set, pair, 0.3)),
  ];
  const negatives = labelled.filter((e) => !e.positive).length;
  const up = 1 + apart.reduce((sum, e) => sum + e.weight, 0) / negatives;
  return fitLogistic([...labelled.map((e) => (e.positive ? { ...e, weight: up } : e)), ...apart], ridge);
}

function example({ samples }: DataSet, { a, b, same }: LabelledPair, weight: number): Example {
  return { features: { ...textFeatures(samples[a]!.traits.text, samples[b]!.traits.text) }, positive: same, weight };
}

/** Of each text the likeliest candidate that is of another package and another CVE. */
function strangers({ samples }: DataSet, ours: (split: string) => boolean): LabelledPair[] {
  const own = samples.map((sample, i) => ({ ...sample, i })).filter(({ split }) => ours(split));
  const seen = new Set<number>();
  return [...candidatesOf(own.map(({ traits }) => traits))].flatMap(([b, a]) => {
    const [x, y] = [own[a]!, own[b]!];
    if (seen.has(x.i) || x.split === y.split) return [];
    seen.add(x.i);
    return [{ a: x.i, b: y.i, same: false, split: x.split }];
  });
}
