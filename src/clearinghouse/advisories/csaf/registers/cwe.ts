import { cweRows1 } from './cwe-rows-1.ts';
import { cweRows2 } from './cwe-rows-2.ts';

/**
 * Every release of the CWE list (https://cwe.mitre.org/data/archive.html) from 1.0 to 4.17, oldest first, with its day.
 * A row is `id|event|event`: an event is the letter of the release that brought it (a is 1.0), the weakness's state from then on, and its
 * name where that changed: `A` allowed for mapping, `R` allowed with review, `D` discouraged, `P` prohibited, `X` deprecated, `-` nothing said.
 */
const releases = `
1.0 2008-09-09, 1.0.1 2008-10-14, 1.1 2008-11-24, 1.2 2009-01-12, 1.3 2009-03-10, 1.4 2009-05-27, 1.5 2009-07-27, 1.6 2009-10-29,
1.7 2009-12-28, 1.8 2010-02-16, 1.8.1 2010-04-05, 1.9 2010-06-21, 1.10 2010-09-27, 1.11 2010-12-13, 1.12 2011-03-30, 1.13 
2011-06-01, 2.0 2011-06-27, 2.1 2011-09-13, 2.2 2012-05-14, 2.3 2012-10-30, 2.4 2013-02-21, 2.5 2013-07-17, 2.6 2014-02-19, 2.7 
2014-06-23, 2.8 2014-07-31, 2.9 2015-12-07, 2.10 2017-01-19, 2.11 2017-05-05, 2.12 2017-11-08, 3.0 2017-11-08, 3.1 2018-03-29,
3.2 2019-01-03, 3.3 2019-06-20, 3.4 2019-09-19, 3.4.1 2019-09-23, 4.0 2020-02-24, 4.1 2020-06-25, 4.2 2020-08-20, 4.3 2020-12-10,
4.4 2021-03-15, 4.5 2021-07-20, 4.6 2021-10-28, 4.7 2022-04-28, 4.8 2022-06-28, 4.9 2022-10-13, 4.10 2023-01-31, 4.11 2023-04-27,
4.12 2023-06-29, 4.13 2023-10-26, 4.14 2024-02-29, 4.15 2024-07-16, 4.16 2024-11-19, 4.17 2025-04-03,
`
  .split(',')
  .map((line) => line.trim().split(/\s+/) as [string, string])
  .filter(([version]) => version !== '');
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const numbers = new Map(releases.map(([version], i) => [version, i]));

/** As MITRE maps weaknesses since 4.12; `deprecated` at any time. */
type WeaknessState = 'allowed' | 'allowed-with-review' | 'discouraged' | 'prohibited' | 'deprecated' | 'unsaid';
const states: Record<string, WeaknessState> = {
  A: 'allowed',
  R: 'allowed-with-review',
  D: 'discouraged',
  P: 'prohibited',
  X: 'deprecated',
  '-': 'unsaid',
};

export interface Weakness {
  readonly name: string;
  readonly state: WeaknessState;
}

let rows: Map<string, string> | undefined;

function rowOf(id: string): string | undefined {
  rows ??= new Map(
    `${cweRows1}¤${cweRows2}`.split('¤').map((row) => {
      const trimmed = row.trim();
      return [`CWE-${trimmed.slice(0, trimmed.indexOf('|'))}`, trimmed];
    }),
  );
  return rows.get(id);
}

export function isCweRelease(version: string): boolean {
  return numbers.has(version);
}

/** A release later than the last one known here. */
export function isLaterCweRelease(version: string): boolean {
  const [major, minor = 0] = version.split('.').map(Number) as [number, number?];
  const [lastMajor, lastMinor] = releases.at(-1)![0].split('.').map(Number) as [number, number];
  return major > lastMajor || (major === lastMajor && minor > lastMinor);
}

/** The release that was the latest on a day `2024-01-21`. */
export function cweReleaseOn(date: string): string | undefined {
  return releases.findLast(([, published]) => published <= date)?.[0];
}

/** The weakness as one release has it; undefined where it has none of the id. Categories and views are none. */
export function weaknessIn(id: string, version: string): Weakness | undefined {
  return weaknessAt(id, numbers.get(version) ?? -1);
}

export function latestWeakness(id: string): Weakness | undefined {
  return weaknessAt(id, releases.length - 1);
}

/** Whether any release gave the weakness this name. CSAF 2.0 names no release. */
export function wasEverNamed(id: string, name: string): boolean {
  return (rowOf(id) ?? '')
    .split('|')
    .slice(1)
    .some((event) => event.slice(2) === `=${name}`);
}

function weaknessAt(id: string, release: number): Weakness | undefined {
  let name: string | undefined;
  let state: WeaknessState = 'unsaid';
  for (const event of (rowOf(id) ?? '').split('|').slice(1)) {
    if (letters.indexOf(event[0]!) > release) break;
    state = states[event[1]!] ?? 'unsaid';
    if (event[2] === '=') name = event.slice(3);
    else if (event[2] === '!') name = undefined;
  }
  return name === undefined ? undefined : { name, state };
}

/** The latest release up to a day that gave the weakness this name; where there is none, the first after it. */
export function releaseNaming(id: string, name: string, day: string): string | undefined {
  const naming = releases.filter((_, i) => weaknessAt(id, i)?.name === name);
  return (naming.findLast(([, published]) => published <= day) ?? naming[0])?.[0];
}

/** The weakness as the release that was the latest on a day has it; an id it has not stands alone. */
export function weaknessOn(
  id: string,
  day: string,
): { readonly id: string; readonly name: string | null; readonly version: string | null } {
  const version = cweReleaseOn(day);
  const weakness = version === undefined ? undefined : weaknessIn(id, version);
  return { id, name: weakness?.name ?? null, version: weakness ? version! : null };
}
