import { parseInstant } from '../../../../../base/instant.ts';
import { type Members, objectIn, objectsIn, textIn, wholeIn } from '../members.ts';
import type { Blame, Rule } from './rule.ts';

const invocations: Rule = {
  id: 'SARIF1006',
  on: {
    invocation(it, at, blame) {
      const [start, end] = [timeIn(it, 'startTimeUtc'), timeIn(it, 'endTimeUtc')];
      if (start !== undefined && end !== undefined && start > end) blame(`${at}/endTimeUtc`, 'The end is before the start.');
    },
  },
};

/** A time without an offset is UTC: the property's name says so. */
function timeIn(it: Members, name: string): string | undefined {
  const text = textIn(it, name) ?? '';
  return parseInstant(text) ?? parseInstant(`${text}Z`);
}

const regions: Rule = {
  id: 'SARIF1007',
  on: {
    region(it, at, blame) {
      if (!hasPlace(it)) blame(at, 'The region says neither a line nor an offset where it starts.');
      const [line, endLine] = [wholeIn(it, 'startLine', 0), wholeIn(it, 'endLine', 0)];
      if (Object.hasOwn(it, 'endLine') && endLine < line)
        blame(`${at}/endLine`, 'The region ends on a line before the one where it starts.');
      const oneLine = !Object.hasOwn(it, 'endLine') || line === endLine;
      if (oneLine && Object.hasOwn(it, 'endColumn') && wholeIn(it, 'endColumn', 0) < wholeIn(it, 'startColumn', 0))
        blame(`${at}/endColumn`, 'The region ends in a column before the one where it starts.');
    },
  },
};

/** One of the three ways to say where: line, offset in characters, offset in bytes (§3.30.4). */
function hasPlace(region: Members): boolean {
  return wholeIn(region, 'startLine', 0) >= 1 || wholeIn(region, 'charOffset', -1) >= 0 || wholeIn(region, 'byteOffset', -1) >= 0;
}

const contexts: Rule = {
  id: 'SARIF1008',
  on: {
    physicalLocation(it, at, blame) {
      const [region, context] = [objectIn(it, 'region'), objectIn(it, 'contextRegion')];
      if (!context) return;
      if (!region) blame(at, 'There is a contextRegion and no region that it is the context of.');
      else if (!isAround(context, region)) blame(at, 'The contextRegion has to hold the region and something more.');
    },
  },
};

/** Lines, characters and bytes are compared each for itself, where both regions have them. */
function isAround(outer: Members, inner: Members): boolean {
  const lines = [linesOf(outer), linesOf(inner)] as const;
  if (lines[0] && lines[1] && !holdsLines(lines[0], lines[1])) return false;
  return (['char', 'byte'] as const).every((unit) => {
    const [a, b] = [spanOf(outer, unit), spanOf(inner, unit)];
    return !a || !b || (a.start <= b.start && a.end >= b.end && (a.start !== b.start || a.end > b.end));
  });
}

interface Lines {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

function linesOf(region: Members): Lines | undefined {
  const line = wholeIn(region, 'startLine', 0);
  if (line < 1) return undefined;
  return {
    line,
    column: wholeIn(region, 'startColumn', 0) || 1,
    endLine: wholeIn(region, 'endLine', 0) || line,
    endColumn: wholeIn(region, 'endColumn', 0) || Number.POSITIVE_INFINITY,
  };
}

function holdsLines(outer: Lines, inner: Lines): boolean {
  if (outer.line > inner.line || outer.endLine < inner.endLine) return false;
  const [sameStart, sameEnd] = [outer.line === inner.line, outer.endLine === inner.endLine];
  if ((sameStart && outer.column > inner.column) || (sameEnd && outer.endColumn < inner.endColumn)) return false;
  return !(sameStart && sameEnd && outer.column === inner.column && outer.endColumn === inner.endColumn);
}

function spanOf(region: Members, unit: 'char' | 'byte'): { start: number; end: number } | undefined {
  const start = wholeIn(region, `${unit}Offset`, -1);
  return start < 0 ? undefined : { start, end: start + Math.max(0, wholeIn(region, `${unit}Length`, 0)) };
}

/** Every physical location of a result's own locations. */
function places(look: (place: Members, at: string, blame: Blame) => void): Rule['on'] {
  return {
    result(it, at, blame) {
      for (const [i, location] of objectsIn(it, 'locations')) {
        const place = objectIn(location, 'physicalLocation');
        if (place) look(place, `${at}/locations/${i}/physicalLocation`, blame);
      }
    },
  };
}

const placed = places((place, at, blame) => {
  const region = objectIn(place, 'region');
  if (!region) blame(at, 'The location has no region: nobody can be led to the line.');
  else if (!hasPlace(region)) blame(`${at}/region`, 'The region says no place: a line, or an offset in characters or bytes.');
});

const lined = places((place, at, blame) => {
  const region = objectIn(place, 'region');
  if (!region) blame(at, 'The location has no region.');
  else if (wholeIn(region, 'startLine', 0) === 0) blame(`${at}/region`, 'The region has no startLine.');
});

const contextGiven = places((place, at, blame) => {
  if (objectIn(place, 'region') && !objectIn(place, 'contextRegion')) blame(at, 'There is no contextRegion to show the region in.');
});

export const regionRules: readonly Rule[] = [
  invocations,
  regions,
  contexts,
  { id: 'SARIF2011', on: contextGiven },
  { id: 'SARIF2017', on: placed },
  { id: 'GH1003', on: lined },
  { id: 'AI1003', on: placed },
];
