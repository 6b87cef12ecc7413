import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { traitsOfRecord } from '../traits.ts';
import { keptOf, traitsOfKept } from './kept.ts';

const kept = (text: string) => {
  const traits = traitsOfRecord({ title: 'zebra value', text, purl: 'pkg:npm/x@1', crashState: 'a\nb', function: 'parse_value' });
  return { traits, back: traitsOfKept(JSON.parse(JSON.stringify(keptOf(traits)))) };
};

test('what is kept gives back all that was there, the same numbers too', () => {
  const { traits, back } = kept(
    'An overflow in parse_value. The `cJSON_Parse` function reads past the end! Überlauf in 1.2.0, parse_value again.',
  );
  expect(traits.text.words.length).toBeGreaterThan(8);
  expect(back).toEqual(traits);
  expect(kept('').back).toEqual(kept('').traits);
});

test('a word in as many sentences as there can be keeps each', () => {
  const sentences = Array.from({ length: limits.traitSentences + 8 }, (_, i) => `zebra${i} meets zebra alone.`).join(' ');
  const { traits, back } = kept(sentences);
  expect(traits.text.sentences[traits.text.words.indexOf('zebra')]).toHaveLength(limits.traitSentences);
  expect(back).toEqual(traits);
});
