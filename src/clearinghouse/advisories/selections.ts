import type { Instant } from '../../base/instant.ts';
import type { SsvcSelections } from './source.ts';
import type { Ssvc } from './text.ts';

/** The decision points of the coordinator's table (`cisa:DT_CO:2.0.3`) and its outcome: our words, then SSVC's keys and names. */
const points: readonly (readonly [string, string, string, string, string, Readonly<Record<string, readonly [string, string]>>])[] = [
  [
    'exploitation',
    'ssvc',
    'E',
    '1.1.0',
    'Exploitation',
    { none: ['N', 'None'], 'public-poc': ['P', 'Public PoC'], active: ['A', 'Active'] },
  ],
  ['automatable', 'ssvc', 'A', '2.0.0', 'Automatable', { no: ['N', 'No'], yes: ['Y', 'Yes'] }],
  ['technicalImpact', 'ssvc', 'TI', '1.0.0', 'Technical Impact', { partial: ['P', 'Partial'], total: ['T', 'Total'] }],
  [
    'missionWellbeing',
    'ssvc',
    'MWI',
    '1.0.0',
    'Mission and Well-Being Impact',
    { low: ['L', 'Low'], medium: ['M', 'Medium'], high: ['H', 'High'] },
  ],
  [
    'decision',
    'cisa',
    'CISA',
    '1.1.0',
    'CISA Levels',
    { track: ['T', 'Track'], 'track*': ['T*', 'Track*'], attend: ['AT', 'Attend'], act: ['AC', 'Act'] },
  ],
];

/** The coordinator's decision as everybody's formats have it; `at` is when it was said. */
export function selectionsOf(ssvc: Ssvc, at: Instant): SsvcSelections {
  const said: Readonly<Record<string, string>> = { ...ssvc.points, decision: ssvc.decision };
  const selections = points.flatMap(([ours, namespace, key, version, name, values]) => {
    const value = Object.hasOwn(values, said[ours] ?? '') ? values[said[ours]!] : undefined;
    return value ? [{ namespace, key, version, name, values: [{ key: value[0], name: value[1] }] }] : [];
  });
  return { at, selections };
}
