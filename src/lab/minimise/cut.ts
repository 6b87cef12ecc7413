import { depthsTold, nestingOf } from '../syntax/brackets.ts';
import { elementsOf } from '../syntax/markup.ts';

/** One way to see an input as units that may go, in order. `keeping` all of them gives the input back. */
export interface Cut {
  readonly units: number;
  /** The input with only these units left (ascending); what is no unit always stays. */
  readonly keeping: (units: Uint32Array) => Uint8Array;
}

/** How an input may be cut; undefined when there is nothing of the kind in it. */
export type Pass = (input: Uint8Array) => Cut | undefined;

/** In the place of [from, to) stands `by` once the unit is gone. Apart from one another, ascending. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by?: Uint8Array;
}

const depths = Array.from({ length: depthsTold }, (_, depth) => depth);
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** The last input is read by many passes. */
function once<T>(read: (input: Uint8Array) => T): (input: Uint8Array) => T {
  let last: { readonly of: Uint8Array; readonly read: T } | undefined;
  return (input) => {
    if (last?.of !== input) last = { of: input, read: read(input) };
    return last.read;
  };
}
const nesting = once(nestingOf);
const markup = once(elementsOf);

function cutOf(input: Uint8Array, edits: readonly Edit[]): Cut | undefined {
  if (edits.length === 0) return undefined;
  const keeping = (units: Uint32Array) => {
    const parts: Uint8Array[] = [];
    let [at, next] = [0, 0];
    for (const [i, { from, to, by }] of edits.entries()) {
      if (units[next] === i) next++;
      else {
        // Neighbours that go leave nothing between them.
        if (from > at) parts.push(input.subarray(at, from));
        if (by) parts.push(by);
        at = to;
      }
    }
    return Buffer.concat([...parts, input.subarray(at)]);
  };
  return { units: edits.length, keeping };
}

const matches = (input: Uint8Array, pattern: RegExp, by?: Uint8Array): Edit[] =>
  Array.from(latin1(input).matchAll(pattern), (match) => ({ from: match.index, to: match.index + match[0].length, ...(by && { by }) }));

const whole: Pass = (input) => (input.length > 0 ? cutOf(input, [{ from: 0, to: input.length }]) : undefined);
const lines: Pass = (input) => cutOf(input, matches(input, /[^\n]*\n|[^\n]+/g));
const tokens: Pass = (input) => cutOf(input, matches(input, /\w+|\s+|./gs));
const numbers =
  (by: string): Pass =>
  (input) =>
    cutOf(input, matches(input, /\d+/g, Buffer.from(by)));

/** Bytes need no list of edits: there may be a million. */
const bytes: Pass = (input) => {
  const keeping = (units: Uint32Array) => {
    const kept = new Uint8Array(units.length);
    for (let i = 0; i < units.length; i++) kept[i] = input[units[i]!]!;
    return kept;
  };
  return input.length > 0 ? { units: input.length, keeping } : undefined;
};

/** Items of the lists at one depth, each with its separator, so that a well-formed list stays one. */
const items =
  (depth: number): Pass =>
  (input) => {
    const lists = nesting(input).brackets.filter((bracket) => bracket.depth === depth && bracket.items.length > 0);
    const units = lists.reduce((sum, { items: of }) => sum + of.length, 0);
    if (units === 0) return undefined;
    const keeping = (left: Uint32Array) => {
      const parts: Uint8Array[] = [];
      let [at, unit, next] = [0, 0, 0];
      for (const { items: of, close } of lists) {
        parts.push(input.subarray(at, of[0]!.from));
        const stay = of.filter(() => (left[next] === unit++ ? ++next : 0));
        for (const [i, item] of stay.entries()) parts.push(input.subarray(item.from, i < stay.length - 1 ? item.next : item.to));
        // A separator that stood at the end of the list stays at its end.
        parts.push(input.subarray(of.at(-1)!.to, close));
        at = close;
      }
      return Buffer.concat([...parts, input.subarray(at)]);
    };
    return { units, keeping };
  };

/** A list gives way to the longest value in it. */
const hoisted =
  (depth: number): Pass =>
  (input) => {
    const lists = nesting(input).brackets.filter((bracket) => bracket.depth === depth && bracket.items.length > 0);
    const edits = lists.map(({ at, close, items: of }): Edit => {
      const value = of.reduce((a, b) => (b.to - b.valueFrom > a.to - a.valueFrom ? b : a));
      return { from: at, to: Math.min(close + 1, input.length), by: input.subarray(value.valueFrom, value.to) };
    });
    return cutOf(input, edits);
  };

const texts: Pass = (input) =>
  cutOf(
    input,
    nesting(input)
      .texts.filter(({ from, to }) => to - from > 2)
      .map(({ from, to }) => ({ from: from + 1, to: to - 1 })),
  );

const elements =
  (depth: number): Pass =>
  (input) =>
    cutOf(
      input,
      markup(input).filter((element) => element.depth === depth),
    );

/** An element gives way to what is in it. */
const unwrapped =
  (depth: number): Pass =>
  (input) => {
    const wrapping = markup(input).filter((element) => element.depth === depth && element.inner.to > element.inner.from);
    return cutOf(
      input,
      wrapping.map(({ from, to, inner }) => ({ from, to, by: input.subarray(inner.from, inner.to) })),
    );
  };

const attributes: Pass = (input) =>
  cutOf(
    input,
    markup(input).flatMap(({ from, to, inner }) => {
      const tag = input.subarray(from, inner.from < to ? inner.from : to);
      const [, ...words] = matches(tag, /[^\s=>/]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]*))?\s*/g);
      return words.map((word) => ({ from: from + word.from, to: from + word.to }));
    }),
  );

const periods = [1, 2, 3, 4, 5, 6, 7, 8, 16];
const leastRun = 16;

/** Long runs of one pattern: pieces of half of it, a quarter, …, so that its length is found by halving. */
const runs: Pass = (input) => {
  const edits: Edit[] = [];
  for (let at = 0; at < input.length; ) {
    const [period, end] = longestRun(input, at);
    let left = Math.floor((end - at) / period) - 1;
    let from = at;
    for (let piece = Math.ceil(left / 2); left > 0 && end - at >= leastRun; left -= piece, piece = Math.ceil(left / 2)) {
      edits.push({ from, to: from + piece * period });
      from += piece * period;
    }
    at = end - at >= leastRun ? end : at + 1;
  }
  return cutOf(input, edits);
};

function longestRun(input: Uint8Array, from: number): [period: number, end: number] {
  let best: [number, number] = [1, from + 1];
  for (const period of periods) {
    let end = from + period;
    // No further than what is known to be no run: each byte is looked at a bounded number of times.
    while (end < input.length && input[end] === input[end - period]) end++;
    if (end - from >= 4 * period && end > best[1]) best = [period, Math.min(end, input.length)];
  }
  return best;
}

/** From coarse to fine; every one sees what the ones before left. */
export const passes: readonly Pass[] = [
  whole,
  lines,
  ...depths.flatMap((depth) => [items(depth), hoisted(depth)]),
  ...depths.flatMap((depth) => [elements(depth), unwrapped(depth)]),
  attributes,
  texts,
  runs,
  tokens,
  numbers('0'),
  numbers('1'),
  bytes,
];
