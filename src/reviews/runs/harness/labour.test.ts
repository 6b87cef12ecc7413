import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BoxSpec, TreeId } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import { noTokens, type RelayWatch } from '../../../base/model-door.ts';
import { refuse } from '../../../base/refusal.ts';
import { uneventful } from '../../../io/boxes/rehearsed.ts';
import type { WorkDoors } from '../../../trust/labour.ts';
import { Journal } from '../journal.ts';
import { type Reach, Workbench } from '../loop.ts';
import { workHarness } from './labour.ts';

/** What stands outside of a harness's box, by a box that ends only when it is cut. The real thing: test/contracts/run-harness.contract.test.ts. */
const place = { tree: 'tree_a', workspace: 'w', files: [], needsNode: false } as const;
const harness = { command: ['/agent/run'], files: { kind: 'archive', url: 'https://vendor.example/a', sha256: 'a'.repeat(64) } } as const;
const endpoint = { url: 'https://models.example/v1', model: 'm', protocol: 'chat-completions' } as const;
type Fetch = WorkDoors['sources']['fetch'];
const fetched: Fetch = async () => ({ tree: `tree_${'b'.repeat(64)}` as TreeId, archives: [] });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function begin({ turns = 1, seed = null as number | null, fetch = fetched } = {}) {
  const boxes: BoxSpec[] = [];
  const stop = new AbortController();
  let [isCut, left] = [false, () => {}];
  let watch: RelayWatch | undefined;
  const reach: Reach = {
    chat: async () => refuse('unavailable', 'nobody asks here'),
    async run(box, cut) {
      boxes.push(box);
      if (box.argv[0] !== '/agent/run') return { ...uneventful, exit: 1 };
      await new Promise<void>((resolve) => {
        left = resolve;
        cut?.addEventListener('abort', () => {
          isCut = true;
          resolve();
        });
      });
      return uneventful;
    },
    handedIn: { kept: null, async keep() {} },
    over: () => (stop.signal.aborted ? { ended: 'not-run', because: 'the run was stopped' } : undefined),
  };
  const journal = new Journal(
    [],
    async () => undefined,
    () => Date.now(),
  );
  const bench = new Workbench({ skill: 'reproduce', prompt: 'crash it', turns, tokens: 1000, nonce: 'n' }, place, reach, journal, null);
  const relay = async (_: unknown, of: RelayWatch) => {
    watch = of;
    return async () => async () => {};
  };
  const doors = { sources: { fetch }, models: { relay } } as unknown as WorkDoors;
  const ended = workHarness({ harness, endpoint, seed, longestMs: 1000 }, bench, place, doors, stop.signal);
  await vi.advanceTimersByTimeAsync(0);
  const answerOne = async () => {
    const { number } = (await watch!.asked({ sha256: 'c'.repeat(64), body: '{}' })) as { number: number };
    const reply = { message: { role: 'assistant', content: 'ok' }, stop: 'end', use: { ...noTokens, input: 1, output: 1 } } as const;
    return watch!.answered({ number, status: 200, sha256: 'd'.repeat(64), kept: '', reply });
  };
  return { boxes, stop, ended, bench, answerOne, watch: watch!, leave: () => left(), isCut: () => isCut };
}

test('whoever stops the run stops the download of its files as well', async () => {
  const given: (AbortSignal | undefined)[] = [];
  const fetch: Fetch = (_, signal) => {
    given.push(signal);
    return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(refuse('unavailable', 'it was stopped'))));
  };
  const { stop, ended, boxes } = await begin({ fetch });
  expect(given).toEqual([stop.signal]);
  stop.abort();
  expect(await ended).toMatchObject({ ended: 'not-run', because: 'the run was stopped' });
  expect(boxes).toEqual([]);
});

test('out of its turns it has limits.harnessGraceMs to hand in; then its box is cut, and nobody goes on looking', async () => {
  const { ended, answerOne, watch, isCut, bench } = await begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isCut()).toBe(false);
  await answerOne();
  // Seen within a quarter of a second, and counted from then on.
  await vi.advanceTimersByTimeAsync(limits.harnessGraceMs - 1);
  expect(await watch.asked({ sha256: 'e'.repeat(64), body: '{}' })).toMatchObject({ code: 'too_many' });
  expect(await watch.handedIn(Buffer.from('late, and in time'))).not.toContain('not submitted');
  expect(isCut()).toBe(false);
  await vi.advanceTimersByTimeAsync(251);
  expect(isCut()).toBe(true);
  expect(await ended).toMatchObject({ ended: 'out-of-turns', handedIn: Buffer.from('late, and in time'), turns: 1 });
  expect([vi.getTimerCount(), bench.toolCalls]).toEqual([0, 1]);
});

test('stopped, it has no grace', async () => {
  const { ended, stop, isCut } = await begin();
  stop.abort();
  await vi.advanceTimersByTimeAsync(250);
  expect(isCut()).toBe(true);
  expect(await ended).toMatchObject({ ended: 'not-run' });
});

test('it hands in as often as a model with our tools could: turns times limits.toolCallsPerReply', async () => {
  const { ended, watch, leave } = await begin({ turns: 2 });
  const most = 2 * limits.toolCallsPerReply;
  for (let i = 1; i <= most; i++) expect(await watch.handedIn(Buffer.from(`${i}`))).not.toContain('not submitted');
  expect(await watch.handedIn(Buffer.from('once more'))).toBe(`[not submitted] more than ${most} times`);
  leave();
  expect(await ended).toMatchObject({ ended: 'done', handedIn: Buffer.from(`${most}`), toolCalls: most });
});

test('it is told its seed, where there is one', async () => {
  for (const [seed, told] of [
    [7, '7'],
    [0, '0'],
    [null, undefined],
  ] as const) {
    const { boxes, ended, leave } = await begin({ seed });
    leave();
    await ended;
    expect(boxes[0]!.env.SEED).toBe(told);
  }
});
