import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { noTokens, type TokenUse } from '../../base/model-door.ts';
import { charged, sentBytes } from './charged.ts';

const message = { role: 'assistant', content: 'a'.repeat(6400) } as const;
const sent = { textBytes: 6400, wholeBytes: 10_000, maxTokens: 8000 };
const of = (input: number, output: number, over: Partial<TokenUse> = {}) =>
  charged({ message, use: { ...noTokens, input, output, ...over } }, sent);
const isBelieved = (input: number, output: number) => of(input, output).reckoned === undefined;

test('counts are believed at the bounds, and not one beyond: of what was read, and of what was written', () => {
  const fewest = 6400 / limits.mostBytesPerToken;
  expect([isBelieved(fewest, fewest), isBelieved(fewest - 1, fewest), isBelieved(fewest, fewest - 1)]).toEqual([true, false, false]);
  const [mostRead, mostWritten] = [10_000 + limits.modelAddedTokens, 8000 + limits.modelAddedTokens];
  expect([isBelieved(mostRead, mostWritten), isBelieved(mostRead + 1, mostWritten), isBelieved(mostRead, mostWritten + 1)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('only the side that cannot be is charged by bytes; what came from a cache and what was thought count', () => {
  expect(of(0, 2000)).toEqual({
    use: { ...noTokens, input: 1600, output: 2000 },
    reckoned: 'charged by bytes: 0 tokens read cannot be, of 6400 bytes',
  });
  expect(of(0, 0, { cacheRead: 1500, reasoning: 1500 })).toEqual({ use: { ...noTokens, cacheRead: 1500, reasoning: 1500 } });
  expect(charged({ message, use: undefined }, sent)).toEqual({
    use: { ...noTokens, input: 1600, output: 1600 },
    reckoned: 'charged by bytes: the endpoint did not say what it cost',
  });
});

test('without a bound of ours an answer has that of any endpoint', () => {
  const unbounded = { ...sent, maxTokens: undefined };
  const most = limits.modelReplyTokens + limits.modelAddedTokens;
  const reckoned = (output: number) => charged({ message, use: { ...noTokens, input: 1600, output } }, unbounded).reckoned;
  expect([reckoned(most), reckoned(most + 1)]).toEqual([undefined, expect.stringContaining('written')]);
});

test('what is carried for the endpoint alone is no text', () => {
  const carried = [{ type: 'reasoning', encrypted_content: 'x'.repeat(1000) }];
  const call = { id: 'c', name: 'shell', arguments: '{}' };
  const { textBytes, wholeBytes } = sentBytes([{ role: 'assistant', content: 'é', toolCalls: [call], carried }], [], 1);
  expect([textBytes, wholeBytes > 1000]).toEqual([9, true]);
});
