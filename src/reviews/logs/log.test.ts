import { expect, test } from 'vitest';
import { canonical } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { outcomes } from '../grades/grade.ts';
import type { Plan } from '../plans/plan.ts';
import { type Ending, endings, type Run } from '../runs/run.ts';
import { conversationOf } from './conversation.ts';
import { hasRoom, type Measured, sampleDigest, wholeSample, withheldSample } from './log.ts';

const run = {
  ...{
    id: 'run_a',
    taskId: 'one',
    recipeId: 'larch',
    epoch: 1,
    budget: 0,
    turns: 9,
    tokens: 99,
    seed: 1,
    nonce: 'the nonce',
    turnsUsed: 2,
  },
  ...{ inputTokens: 3, outputTokens: 4, toolCalls: 1, ended: 'out-of-turns', because: 'why', begunAt: null, finishedAt: null },
  ...{ transcriptSha256: null, handedInSha256: null },
} as unknown as Run;
const measured = (outcome: Measured['grade']['outcome'], over: Partial<Run> = {}): Measured => {
  const plan = {
    solver: { name: 'bare' },
    tasks: [{ id: 'one', prompt: 'secret words', canary: 'the canary', hidden: { pocs: ['hidden poc'] } }],
  } as unknown as Plan;
  return { run: { ...run, ...over }, plan, grade: { outcome, because: 'said of the target' }, model: 'm' };
};
const lines = (...entries: unknown[]) => Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));

test('only solved and not solved are scores; whatever it was, the sample has a canonical form', () => {
  const scores = outcomes.map((outcome) => [
    outcome,
    (wholeSample(measured(outcome), undefined).scores as { outcome: { value: string } } | undefined)?.outcome.value,
  ]);
  expect(Object.fromEntries(scores)).toEqual({ solved: 'C', 'not-solved': 'I' });
  for (const outcome of outcomes) expect(() => canonical(wholeSample(measured(outcome), undefined))).not.toThrow();
});

test('nothing hidden is in a sample, and of a withheld one nothing of the task', () => {
  const text = JSON.stringify(wholeSample(measured('solved'), undefined));
  for (const secret of ['the nonce', 'the canary', 'hidden poc']) expect(text).not.toContain(secret);
  const withheld = JSON.stringify(withheldSample(measured('solved'), 'd'.repeat(64)));
  for (const secret of ['secret words', 'larch', '"one', 'said of the target', 'why', '"salt"']) expect(withheld).not.toContain(secret);
});

test('a sample says which bound ended it, in words that Inspect has', () => {
  const over = { moneyMicros: 2_500_000, minutes: 3 };
  const limit = (ended: Ending) => [ended, wholeSample(measured('not-solved', { ...over, ended }), undefined).limit];
  expect(Object.fromEntries(endings.map(limit).filter(([, of]) => of))).toEqual({
    ...{ 'out-of-turns': { type: 'custom', limit: 9 }, 'out-of-tokens': { type: 'token', limit: 99 } },
    ...{ 'out-of-money': { type: 'cost', limit: 2.5 }, 'out-of-time': { type: 'working', limit: 180 } },
  });
});

test('two runs that say the same have different digests', () => {
  const digest = (nonce: string) => sampleDigest(wholeSample(measured('refused', { nonce }), undefined));
  expect(digest('a')).not.toBe(digest('b'));
});

test('a transcript becomes messages; what nobody understands is left out', () => {
  const call = { id: 'c1', name: 'shell', arguments: '{"command":"ls"}' };
  const { messages, output } = conversationOf(
    lines(
      {
        said: 'to-model',
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
          { role: 'tool', content: 'again' },
        ],
      },
      {
        said: 'by-model',
        message: { role: 'assistant', content: 'x', toolCalls: [call, { id: 'c2', name: 'note', arguments: '[' }] },
        stop: 'tools',
      },
      { said: 'by-tool', tool: 'shell', answer: 'out' },
      { said: 'by-tool', tool: 'note', answer: 'no' },
      { said: 'by-nobody', message: 1 },
      7,
      { said: 'by-model', message: null, stop: 'new' },
    ),
    'm',
  );
  expect(messages.map(({ role, content, tool_call_id: id }) => [role, content, id])).toEqual([
    ['system', 's', undefined],
    ['user', 'u', undefined],
    ['assistant', 'x', undefined],
    ['tool', 'out', 'c1'],
    ['tool', 'no', 'c2'],
    ['assistant', '', undefined],
  ]);
  expect(messages[2]!.tool_calls).toMatchObject([
    { function: 'shell', arguments: { command: 'ls' } },
    { arguments: {}, parse_error: 'the arguments are not JSON' },
  ]);
  expect(output).toMatchObject({ choices: [{ stop_reason: 'unknown' }] });
  expect(conversationOf(Buffer.from('no JSON'), 'm').messages).toEqual([]);
});

test('what a program in the box asked is there; what it handed in answers no call of the model', () => {
  const { messages } = conversationOf(
    lines(
      { said: 'to-model', messages: [{ role: 'user', content: 'u' }] },
      { said: 'asked', relayed: { number: 1, sha256: 's', bytes: 9, added: '{"input":1}' } },
      {
        said: 'by-model',
        message: { content: 'x', toolCalls: [{ id: 'c1', name: 'bash', arguments: '{}' }] },
        stop: 'tools',
        relayed: { number: 1 },
      },
      { said: 'by-tool', tool: 'submit', answer: 'taken' },
    ),
    'm',
  );
  expect(messages.map(({ role, content, tool_call_id: id }) => [role, content, id])).toEqual([
    ['user', 'u', undefined],
    ['user', '{"input":1}', undefined],
    ['assistant', 'x', undefined],
    ['tool', 'taken', undefined],
  ]);
});

test('a page below limits.exportPageBytes takes another sample, one that has them does not', () => {
  expect([hasRoom(limits.exportPageBytes - 1), hasRoom(limits.exportPageBytes)]).toEqual([true, false]);
});
