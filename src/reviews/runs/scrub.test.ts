import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { scrubbed } from './scrub.ts';

const of = (text: string, maxChars = 100) => scrubbed(Buffer.from(text), maxChars);

test('plain text goes through, line ends become one kind', () => {
  expect(of('a\tb\r\nc\rd\ne')).toBe('a\tb\nc\nd\ne');
});

test('terminal sequences go, and what is invisible is shown', () => {
  expect(of('\u001b[31mred\u001b[0m \u001b]0;title\u0007x \u001b]8;;http://a\u001b\\y')).toBe('red x y');
  expect(of('a\u0000b\u0007c\u202ed\u200be\u{e0041}f')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf');
  expect(scrubbed(Buffer.of(0x61, 0xff, 0xfe, 0x62), 10)).toBe('a\ufffd\ufffdb');
});

test('a text of limits.toolOutputChars stays whole; of one more the middle is left out', () => {
  const whole = 'x'.repeat(limits.toolOutputChars);
  expect(of(whole, limits.toolOutputChars)).toBe(whole);
  const cut = of(`begin${whole.slice(9)}ender`, limits.toolOutputChars);
  expect(cut).toMatch(/^begin[\s\S]*\n\[1 characters left out\]\n[\s\S]*ender$/);
});

test('a cut through a pair of surrogates leaves no half of it', () => {
  expect(of('\u{1f600}'.repeat(10), 5).isWellFormed()).toBe(true);
});
