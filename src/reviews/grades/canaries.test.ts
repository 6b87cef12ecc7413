import { expect, test } from 'vitest';
import { canariesIn } from './canaries.ts';

const canary = 'breakwater-canary-5f4dcc3b5aa765d61d8327deb882cf99';
const [half, rest] = [canary.slice(0, 25), canary.slice(25)];
const said = (content: string) => ({ said: 'by-model', message: { content, toolCalls: [] } });
const answered = (answer: string) => ({ said: 'by-tool', tool: 'shell', answer });
const placesIn = (...entries: object[]) => canariesIn(entries, undefined, [canary]).map(({ guise, where }) => `${guise} ${where}`);

test('what a tool answered is searched as well, and named as such', () => {
  expect(placesIn(said('cat notes'), answered(`x ${canary} y`))).toEqual(['plain transcript 1, a tool’s answer']);
  expect(placesIn(answered(Buffer.from(canary).toString('hex')))).toEqual(['hex transcript 0, a tool’s answer']);
  expect(placesIn(answered('nothing'))).toEqual([]);
});

test('an answer in between hides no canary that the model splits, and makes none of its halves', () => {
  expect(placesIn(said(half), answered('fine'), said(rest))).toEqual(['plain transcript 2']);
  expect(placesIn(said(half), answered(rest))).toEqual([]);
});
