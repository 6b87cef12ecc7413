import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { textTraitsOf } from './text.ts';
import { textFeatures } from './text-features.ts';

test('words are stems, names stay whole and come apart; identifiers, scores, addresses and code are left out', () => {
  const { words } = textTraitsOf(
    'The frob_parser crashes in Frob.parseHeader(). CVE-2020-12345 has been assigned to this vulnerability. AV:N/AC:L https://a.example/quux\n```\nlet snippet;\n```\n',
  );
  expect(words).toEqual(expect.arrayContaining(['frob_parser', 'frob', 'parser', 'frob.parseheader', 'crash']));
  expect(words.filter((word) => /12345|quux|snippet|ac/.test(word))).toEqual([]);
});

test('versions, what is called a function or the like, kinds of weakness', () => {
  const traits = textTraitsOf('Before v2.10.0 the frobnicate function of Quuxlib 3.1 allows a heap overflow via the zlorp_len parameter.');
  expect(traits.versions).toEqual(['2.10', '3.1']);
  expect(traits.objects).toEqual(expect.arrayContaining(['frobnicat', 'zlorp_len']));
  expect(traits.topics).toEqual(['bounds']);
});

test('of a long text the rarest words and the first sentences are kept apart', () => {
  const text = (n: number) => Array.from({ length: n }, (_, i) => `word${i} stands in sentence${i}.`).join(' ');
  const most = (n: number) => Math.max(...textTraitsOf(text(n)).sentences.flat());
  expect([limits.traitSentences, limits.traitSentences + 1].map(most)).toEqual([limits.traitSentences - 1, limits.traitSentences - 1]);
});

test('templates that differ in the one word that tells are less alike than their words', () => {
  const template = (name: string) => textTraitsOf(`A crafted file makes ${name} of libfoo write past the end of a heap buffer in ${name}.`);
  const features = textFeatures(template('read_jpeg_header'), template('parse_png_chunk'));
  expect(features.missing).toBeGreaterThan(textFeatures(template('read_jpeg_header'), template('read_jpeg_header')).missing);
  expect(textFeatures(template('x_fun'), template('x_fun'))).toMatchObject({ missing: 0, contained: 1, sentence: 1 });
});

test('property: hostile text never throws, and what it yields is bounded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.string({ unit: fc.constantFrom('`', "'", '.', '/', 'a', ' ', '(', ')', ':') }),
      (a, b) => {
        const [x, y] = [textTraitsOf(a), textTraitsOf(b.repeat(20))];
        expect(x.words.length).toBeLessThanOrEqual(limits.traitWords);
        for (const value of Object.values(textFeatures(x, y))) expect(Number.isFinite(value)).toBe(true);
      },
    ),
  );
});

test('work is linear in the text: many times the quotes, dots and brackets are many times the steps, not their square', () => {
  // A square of 64 Ki would not come back within the test's patience.
  for (const unit of ['`', "'a", 'a.', '(a', 'AV:N/', 'https://', '.. ', 'a'.repeat(61), 'function '])
    expect(textTraitsOf(unit.repeat(limits.textChars)).words.length).toBeLessThanOrEqual(limits.traitWords);
});
