import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { passes } from './cut.ts';
import { Shrinker } from './shrink.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
type Holds = (input: string) => boolean;

/** Asks `atOnce` at a time and tells the answers in the order that `mix` makes of them. */
function shrink(input: string, holds: Holds, { atOnce = 1, tries = 20_000, bytes = 1e9, mix = (x: Uint8Array[]) => x } = {}) {
  const shrinker = new Shrinker(Buffer.from(input, 'latin1'), { tries, bytes });
  let asked = 0;
  for (let batch = shrinker.propose(atOnce); batch.length > 0; batch = shrinker.propose(atOnce)) {
    asked += batch.length;
    for (const candidate of mix(batch)) shrinker.hear(candidate, holds(text(candidate)));
  }
  return { best: text(shrinker.best), ended: shrinker.ended, tries: shrinker.tries, asked };
}

/** Inputs of every shape the passes know, and of none. */
const pieces = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  '(',
  ',',
  ';',
  ':',
  '"',
  '\\',
  '<a b="c">',
  '</a>',
  '<!--',
  '-->',
  '<x/>',
  '\n',
  '12345',
  'word',
  ' ',
  'é',
  '\0',
);
const inputs = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
  fc.json({ maxDepth: 4 }).map((json) => Buffer.from(json).toString('latin1')),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 60 }))
    .map(([of, times]) => Buffer.from(of.repeat(times)).toString('latin1')),
  fc.uint8Array({ maxLength: 60 }).map(text),
);
/** A question that depends on every byte in no tidy way, and holds for the input itself. */
const questions = fc.oneof(
  fc.array(fc.nat(59), { maxLength: 5 }).map((places) => (of: string): Holds => {
    const needed = places.map((place) => of[place] ?? '');
    return (input) => needed.every((char) => input.includes(char));
  }),
  fc.tuple(fc.nat(30), fc.nat(4)).map(([from, length]) => (of: string): Holds => {
    const needed = of.slice(from, from + length);
    return (input) => input.includes(needed);
  }),
  fc.nat(6).map(
    (salt) =>
      (of: string): Holds =>
      (input) =>
        input === of || (input.length * 7 + (input.charCodeAt(0) || 0) + salt) % 3 === 0,
  ),
);

describe('whatever the input and the question', () => {
  test('what is left holds, is no larger, is of what was there, and cannot be cut by one more byte', () => {
    fc.assert(
      fc.property(inputs, questions, (input, question) => {
        const holds = question(input);
        const { best, ended } = shrink(input, holds);
        expect(ended).toBe('smallest');
        expect(best === input || holds(best)).toBe(true);
        expect(best.length).toBeLessThanOrEqual(input.length);
        for (let i = 0; i < best.length; i++) expect(holds(best.slice(0, i) + best.slice(i + 1))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('asking several at once, and hearing them in any order, comes to the very same', () => {
    fc.assert(
      fc.property(inputs, questions, fc.integer({ min: 2, max: 9 }), fc.nat(200), (input, question, atOnce, tries) => {
        const holds = question(input);
        const one = shrink(input, holds, { tries });
        const many = shrink(input, holds, { tries, atOnce, mix: (batch) => batch.toReversed() });
        expect({ ...many, asked: 0 }).toEqual({ ...one, asked: 0 });
        expect(one.tries).toBeLessThanOrEqual(tries);
      }),
      { numRuns: 200 },
    );
  });

  test('a pass that keeps all keeps every byte, and each unit that goes makes it no larger', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const bytes = Buffer.from(input, 'latin1');
        for (const pass of passes) {
          const cut = pass(bytes);
          if (!cut) continue;
          const all = Uint32Array.from({ length: cut.units }, (_, unit) => unit);
          expect(text(cut.keeping(all))).toBe(input);
          for (const gone of all) expect(cut.keeping(all.filter((unit) => unit !== gone)).length).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('so many answers as the limit are followed, not one more', () => {
  const holds: Holds = (input) => input.includes('x');
  const { tries } = shrink(`${'abc'.repeat(30)}x`, holds);
  expect(shrink(`${'abc'.repeat(30)}x`, holds, { tries })).toMatchObject({ ended: 'smallest', tries });
  expect(shrink(`${'abc'.repeat(30)}x`, holds, { tries: tries - 1 })).toMatchObject({ ended: 'limit', tries: tries - 1 });
});

const parses = (input: string) => {
  try {
    return JSON.parse(input) as { trip?: unknown };
  } catch {
    return undefined;
  }
};

test('a document stays one while it is cut, where only documents hold', () => {
  const noise = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`key${i}`, [{ a: 'a "quoted" word', b: [1, 2, 3] }, null, 'x, y']]),
  );
  const input = JSON.stringify({ ...noise, deep: { list: [1, { inner: { trip: [12345] } }] } });
  const { best, tries } = shrink(input, (candidate) => {
    const find = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && ('trip' in value || Object.values(value).some(find));
    return find(parses(candidate));
  });
  expect(best).toBe('{"trip":[]}');
  expect(tries).toBeLessThan(200);
});

test('elements go as a whole, and come out of what is around them', () => {
  const page = `<?xml version="1.0"?>\n<all>${'<row id="1"><cell>text</cell><br/></row>'.repeat(60)}<outer><mid x="y"><trip a="b" c="d">t</trip></mid></outer></all>`;
  const { best, tries } = shrink(page, (candidate) => /<trip[^<]*>[^<]*<\/trip>/.test(candidate));
  expect(best).toBe('<trip></trip>');
  expect(tries).toBeLessThan(120);
});

test('the length of a long run is found by halving', () => {
  const { best, tries } = shrink(`head ${'ab'.repeat(2000)} tail`, (candidate) => /(?:ab){77}/.test(candidate));
  expect(best).toBe('ab'.repeat(77));
  expect(tries).toBeLessThan(400);
});

test('numbers become small ones', () => expect(shrink('size=987654', (input) => /size=\d/.test(input)).best).toBe('size=0'));

test.each(['[', '<a>', '<!--', '{"', '<a<'])('a megabyte of %s is looked through', (of) => {
  const input = Buffer.from(of.repeat(Math.ceil(2 ** 20 / of.length)));
  const shrinker = new Shrinker(input, { tries: 1000, bytes: limits.minimiseBytes / 128 });
  // Were any reading of it quadratic, this would take hours.
  for (let i = 0; i < 30; i++) for (const candidate of shrinker.propose(2)) shrinker.hear(candidate, false);
  expect(shrinker.best.length).toBe(input.length);
});
