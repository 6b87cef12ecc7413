import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { noTokens } from '../../../base/model-door.ts';
import type { TranscriptEntry } from '../transcript.ts';
import { Recorded, Requests } from './recorded.ts';

const asked = (number: number, sha256: string): TranscriptEntry => ({
  ...{ said: 'asked', ms: 1 },
  relayed: { number, sha256, bytes: 1, added: '' },
});
const answered = (number: number, kept: string): TranscriptEntry => ({
  ...{ said: 'by-model', message: { role: 'assistant', content: '' }, stop: 'end', ms: 2 },
  ...{ use: { ...noTokens, input: number }, inputTokens: number, outputTokens: 0 },
  relayed: { number, status: 200, sha256: 'a', kept },
});

test('the same question is answered as it was, each answer once, in their order; answers may have crossed', () => {
  const recorded = new Recorded([
    asked(1, 'q'),
    asked(2, 'r'),
    answered(2, 'of r'),
    answered(1, 'of q'),
    asked(3, 'q'),
    answered(3, 'again'),
  ]);
  expect([recorded.calls, recorded.lost, recorded.left.length]).toEqual([3, 0, 3]);
  expect(['q', 'q', 'q', 'r', 's'].map((digest) => recorded.take(digest)?.kept)).toEqual(['of q', 'again', undefined, 'of r', undefined]);
  expect([recorded.given, recorded.left]).toEqual([3, []]);
});

test('what broke was paid, what has no answer is lost, and what was handed in last counts', () => {
  const broken: TranscriptEntry = { said: 'broken', number: 1, because: 'b', billed: 'unknown', use: { ...noTokens, output: 7 }, ms: 1 };
  const submitted = (sha256: string): TranscriptEntry => ({
    said: 'by-tool',
    tool: 't',
    answer: '',
    submitted: { sha256, bytes: 1 },
    ms: 1,
  });
  const recorded = new Recorded([asked(1, 'q'), broken, submitted('a'), submitted('b'), asked(2, 'r')]);
  expect([recorded.lost, recorded.broken, recorded.submitted?.sha256, recorded.isAny]).toEqual([1, [broken.use], 'b', true]);
  expect(new Recorded([])).toMatchObject({ calls: 0, lost: 0, isAny: false, submitted: undefined });
});

test('of a conversation only what is new is written down, also where two go on at the same time; as much as may be', () => {
  const requests = new Requests();
  expect(['{"a":[1', '{"a":[1,2', '{"b":[1', '{"a":[1,2,3'].map((body) => requests.added(body))).toEqual(['{"a":[1', ',2', 'b":[1', ',3']);
  const most = limits.relayedAddedChars;
  const fresh = (chars: number) => new Requests().added('x'.repeat(chars));
  expect([fresh(most).length, fresh(most + 1)]).toEqual([most, `${'x'.repeat(most)}\n[1 characters left out]`]);
});
