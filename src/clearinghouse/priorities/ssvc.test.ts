import { expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import { automatables, decideSsvc, decisions, exploitations, missionWellbeings, type SsvcPoints, technicalImpacts } from './ssvc.ts';

const all: SsvcPoints[] = exploitations.flatMap((exploitation) =>
  automatables.flatMap((automatable) =>
    technicalImpacts.flatMap((technicalImpact) =>
      missionWellbeings.map((missionWellbeing) => ({ exploitation, automatable, technicalImpact, missionWellbeing })),
    ),
  ),
);

test('a worse answer to one question never lowers the decision', () => {
  const rank = (p: SsvcPoints) => decisions.indexOf(decideSsvc(p));
  const scales = [exploitations, automatables, technicalImpacts, missionWellbeings] as const;
  const keys = ['exploitation', 'automatable', 'technicalImpact', 'missionWellbeing'] as const;
  for (const points of all)
    keys.forEach((key, i) => {
      const scale = scales[i] as readonly string[];
      const worse = scale[scale.indexOf(points[key]) + 1];
      if (worse)
        expect(rank({ ...points, [key]: worse } as SsvcPoints), JSON.stringify({ points, key })).toBeGreaterThanOrEqual(rank(points));
    });
});

const csv = referenceText('ssvc-tables/csv/cisa/cisa_coordinator_2_0_3.csv');
test.skipIf(!csv)('all 36 rows agree with the published table', () => {
  const rows = csv!
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','));
  expect(rows).toHaveLength(36);
  for (const [, exploitation, automatable, technicalImpact, missionWellbeing, decision] of rows) {
    const points = { exploitation: exploitation!.replace(' ', '-'), automatable, technicalImpact, missionWellbeing } as SsvcPoints;
    expect([points, decideSsvc(points)]).toEqual([points, decision]);
  }
});

test('there are 36 rows', () => {
  expect(all).toHaveLength(36);
  expect(all.every((p) => decisions.includes(decideSsvc(p)))).toBe(true);
});
