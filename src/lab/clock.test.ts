import { expect, test } from 'vitest';
import type { BoxResult, BoxSpec } from '../base/doors.ts';
import { unhurried } from './clock.ts';
import { pretendTree } from './pretend.example.ts';

const [onTrial, elsewhere] = [pretendTree('3'), pretendTree('1')];
const spec = (argv: string, tree = onTrial) =>
  ({ argv: [argv], trees: [{ tree, at: '/src' }], limits: { wallMs: 1000 } }) as unknown as BoxSpec;
const ended = (end: BoxResult['end'], wallMs = 1) =>
  ({ end, wallMs, exit: end === 'exited' ? 0 : null, reports: [] as BoxResult['reports'] }) as BoxResult;

/** What each run comes to, in order, and what was run. */
function rehearsed(...results: readonly BoxResult[]) {
  const ran: string[] = [];
  const box = { run: async ({ argv }: BoxSpec) => results[ran.push(argv[0]!) - 1] ?? ended('exited') };
  return { ran, runs: unhurried(box, onTrial, () => spec('known', elsewhere)) };
}

test('what the clock ended once and not a second time is what it was the second time', async () => {
  const { ran, runs } = rehearsed(ended('timeout', 1000), ended('exited', 500), { ...ended('exited'), exit: 86 });
  expect(await runs.run(spec('asked'))).toMatchObject({ end: 'exited', exit: 86 });
  expect(ran).toEqual(['asked', 'known', 'asked']);
});

test('what it ends twice beside something that ends in half of its time was slow by itself, and the rest is not tried twice', async () => {
  const { ran, runs } = rehearsed(ended('timeout'), ended('exited', 500), ended('timeout'), ended('timeout'));
  expect((await runs.run(spec('asked'))).end).toBe('timeout');
  expect((await runs.run(spec('next'))).end).toBe('timeout');
  expect(ran).toEqual(['asked', 'known', 'asked', 'next']);
});

test('beside something that takes longer than half of its time, or does not end, nobody is held to the clock', async () => {
  const { ran, runs } = rehearsed(ended('timeout'), ended('exited', 501), ended('timeout'), ended('timeout', 1000));
  for (const _ of [1, 2])
    expect(await runs.run(spec('asked'))).toMatchObject({ end: 'box-failed', because: expect.stringContaining('the machine is busy') });
  expect(ran).toEqual(['asked', 'known', 'asked', 'known']);
});

test('another end is believed at once, and so is what stands on another tree', async () => {
  const { ran, runs } = rehearsed(ended('oom'), ended('timeout'));
  expect((await runs.run(spec('asked'))).end).toBe('oom');
  expect((await runs.run(spec('other', elsewhere))).end).toBe('timeout');
  expect(ran).toEqual(['asked', 'other']);
});

test('a driver that the observer stopped was ended by the clock too; one that it is unsure of for another reason was not', async () => {
  const observed = (said: string, wallMs: number) => ({
    ...ended('exited', wallMs),
    reports: [{ name: 'observed.json', bytes: Buffer.from(said) }],
  });
  const late = observed('{"saw":"unsure","ended":"stopped"}', 850);
  const { ran, runs } = rehearsed(late, ended('exited'), observed('{"saw":"quiet"}', 850), late, ended('exited', 501));
  expect((await runs.run(spec('asked'))).reports[0]!.bytes.toString()).toContain('quiet');
  expect(await runs.run(spec('next'))).toMatchObject({ end: 'box-failed' });
  expect(ran).toEqual(['asked', 'known', 'asked', 'next', 'known']);
  for (const said of ['{"saw":"unsure"}', 'null', 'no JSON', '{"saw":"seen"}']) {
    const { ran, runs } = rehearsed(observed(said, said.includes('unsure') ? 500 : 900));
    await runs.run(spec('asked'));
    expect(ran).toEqual(['asked']);
  }
});
