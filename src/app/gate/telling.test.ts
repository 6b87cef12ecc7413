import { expect, test } from 'vitest';
import type { Gated } from '../../reviews/suites/gate/gate.ts';
import { summaryOf, Telling } from './telling.ts';

const gated = (taskId: string, state: Gated['state'], because: string[] = []): Gated => ({
  ...{ taskId, taskDigest: 'd', state, because },
  checks: [
    { name: 'reference', held: true, because: '', wallMs: 61_000, cpuMs: 0 },
    { name: 'attack oom', held: true, because: '', wallMs: 500, cpuMs: 0 },
    { name: 'attack timeout', held: 'inapplicable', because: '', wallMs: 0, cpuMs: 0 },
  ],
});

test('who watches sees which task, which check and for how long, and each task as it is done', () => {
  const [lines, live] = [[] as string[], [] as string[]];
  let now = 0;
  const telling = new Telling(12, { line: (text) => lines.push(text), live: (text) => live.push(text), elapsed: () => now });
  telling.begin('a-1', 'reference');
  telling.begin('b-1', 'build');
  now = 75_000;
  telling.begin('b-1', 'attack oom');
  expect(live.at(-1)).toBe('0/12  a-1: reference 1 min 15 s  b-1: attack oom 0.0 s');
  telling.end(gated('a-1', 'quarantined', ['attack network: it reached what nobody may reach']));
  expect(lines).toEqual([
    ' 1/12  quarantined     a-1: 1 attackers held, 1 had nothing to take hold of, 1 min 1 s\n    attack network: it reached what nobody may reach',
  ]);
  expect(live.at(-1)).toBe('1/12  b-1: attack oom 0.0 s');
});

test('the last word has reasons, what could not be told, and what it cost; of a stopped check how much was not come to', () => {
  const all = [gated('a', 'passed'), gated('b', 'quarantined', ['reference: no']), gated('c', 'could-not-tell', ['build: no source'])];
  const spent = { boxes: 12, cpuMs: 3_400 };
  expect(summaryOf(all, 5_000, spent, false).split('\n')).toEqual([
    ...['quarantined:', '  b', '    reference: no', 'could not tell:', '  c', '    build: no source'],
    '1 of 3 tasks passed, 1 quarantined, 1 could not be told',
    '5.0 s; 12 boxes, 3 s of CPU time in them',
  ]);
  const unreached = { ...gated('d', 'could-not-tell', ['build: it was stopped']), checks: gated('d', 'passed').checks.slice(0, 1) };
  const stopped = summaryOf([...all, unreached], 5_000, spent, true);
  expect(stopped).not.toContain('  d');
  expect(stopped).toContain('stopped; 1 tasks were not come to');
});
