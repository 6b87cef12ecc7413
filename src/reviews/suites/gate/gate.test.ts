import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { insist, refuse } from '../../../base/refusal.ts';
import { exampleRecipe as written } from '../../../lab/recipe.example.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import { exampleTask } from '../suite.example.ts';
import type { Attacker, Known } from './attacker.ts';
import { attackers } from './attackers.ts';
import { type Check, decideGate, heldAgainst, heldByReference } from './gate.ts';
import { decideRoom } from './room.ts';

const exampleRecipe = insist(parseRecipe(JSON.stringify(written)));
const check = (name: Check['name'], held: Check['held']): Check => ({ name, held, because: 'why', wallMs: 1, cpuMs: 1 });
const solved = { outcome: 'solved', beneath: 'solved', because: '' };
const not = { outcome: 'not-solved', beneath: 'not-solved', because: 'silent' };

test('one failed check is a quarantine, with its reason', () => {
  const task = exampleTask();
  expect(decideGate(task, [check('reference', true), check('attack oom', 'inapplicable')])).toMatchObject({ state: 'passed', because: [] });
  const gated = decideGate(task, [check('reference', true), check('attack oom', false)]);
  expect(gated).toMatchObject({ state: 'quarantined', because: ['attack oom: why'], taskId: 'task-1' });
});

test('what could not be told does not pass, and is no quarantine', () => {
  const task = exampleTask();
  const untold = check('attack oom', 'could-not-tell');
  expect(decideGate(task, [check('reference', true), untold])).toMatchObject({ state: 'could-not-tell', because: ['attack oom: why'] });
  expect(decideGate(task, [untold, check('reference', false)]).state).toBe('quarantined');
});

test('every reference must solve, and there must be one', () => {
  expect(heldByReference([]).held).toBe(false);
  expect(heldByReference([{ of: 'a', grade: solved }]).held).toBe(true);
  const one = heldByReference([
    { of: 'a', grade: solved },
    { of: 'b', grade: { ...not, outcome: 'ungradable', because: 'flaky' } },
  ]);
  expect(one).toEqual({ held: false, because: 'b is ungradable (flaky)' });
  const untold = { ...not, outcome: 'ungradable', because: 'no source', isUntold: true };
  expect(heldByReference([{ of: 'a', grade: untold }]).held).toBe('could-not-tell');
  expect(
    heldByReference([
      { of: 'a', grade: untold },
      { of: 'b', grade: not },
    ]).held,
  ).toBe(false);
});

test('an attacker who is solved, who got out, or who could not be tried', () => {
  expect(heldAgainst(solved, false).held).toBe(false);
  expect(heldAgainst(not, false).held).toBe(true);
  expect(heldAgainst({ ...not, outcome: 'suspected-cheat' }, false).held).toBe(true);
  expect(heldAgainst({ ...solved, outcome: 'suspected-cheat' }, false).held).toBe(false);
  expect(heldAgainst({ ...not, outcome: 'ungradable', isUntold: true }, false).held).toBe('could-not-tell');
  expect(heldAgainst(not, true).held).toBe(false);
  expect(heldAgainst(refuse('unavailable', 'no box'), false).held).toBe('could-not-tell');
});

test('a budget holds prompt and reference, and a grading its minutes', () => {
  const task = exampleTask({ limits: { turns: 4, tokens: 1000, minutes: 1 } });
  expect(decideRoom(task, 100, 59_000).held).toBe(true);
  expect(decideRoom(task, 10_000, 0).held).toBe(false);
  expect(decideRoom(task, 100, 61_000).held).toBe(false);
  expect(decideRoom(exampleTask({ limits: { turns: 3, tokens: 1000, minutes: 1 } }), 0, 0).held).toBe(false);
});

test('what other tasks are solved by is drawn by the task: limits.gateForeignPocs of other targets, of each one', () => {
  const target = (i: number) => ({ ...exampleRecipe, id: `r${i}`, target: { ...exampleRecipe.target, purl: `pkg:deb/debian/p${i}` } });
  const othersOf = (count: number) => Array.from({ length: count }, (_, i) => ({ recipe: target(i), poc: Buffer.from(`o${i}`) }));
  const attacker = attackers.find(({ name }) => name === 'another-tasks-poc')!;
  const drawn = (others: Known['others'], canary = 'a canary of its own') => {
    const control = Buffer.from('c');
    const known = { task: exampleTask({ canary }), recipe: exampleRecipe, reference: Buffer.from('x'), control, touched: [], others };
    const attempt = attacker.attempt(known);
    return attempt && 'each' in attempt ? attempt.each.map(({ of }) => of) : undefined;
  };
  const most = limits.gateForeignPocs;
  expect(drawn(othersOf(most))!.toSorted()).toEqual(othersOf(most).map(({ recipe }) => recipe.id));
  const some = drawn(othersOf(most + 1))!;
  expect([some.length, new Set(some).size]).toEqual([most, most]);
  expect(drawn(othersOf(50))).toEqual(drawn(othersOf(50)));
  expect(drawn(othersOf(50), 'another canary of another')).not.toEqual(drawn(othersOf(50)));
  // Neither its own target, nor its own kind of input, nor two of one target.
  const own = { recipe: exampleRecipe, poc: Buffer.from('own') };
  const alike = { recipe: target(1), poc: Buffer.from('x like it') };
  expect(drawn([own, alike])).toBeUndefined();
  const two = { recipe: { ...target(0), id: 'again' }, poc: Buffer.from('again') };
  expect(drawn([...othersOf(1), two])).toHaveLength(1);
});

test('every attacker of the list has something to take hold of in one task or another', () => {
  const known = (over: Parameters<typeof exampleTask>[0], more: Partial<Known> = {}): Known => ({
    ...{
      task: exampleTask(over),
      recipe: exampleRecipe,
      reference: Buffer.from('x'),
      control: Buffer.from('c'),
      touched: ['a.c'],
      others: [],
    },
    ...more,
  });
  const leaky = { ...exampleRecipe, oracle: { kind: 'sanitizer' as const, leaks: true } };
  const other = { ...exampleRecipe, target: { ...exampleRecipe.target, purl: 'pkg:deb/debian/other' } };
  const command = { ...exampleRecipe, oracle: { kind: 'command-execution' as const } };
  const situations = [
    known(
      {},
      {
        others: [
          { recipe: leaky, poc: Buffer.from('l') },
          { recipe: other, poc: Buffer.from('o') },
        ],
      },
    ),
    known({}, { recipe: command, reference: Buffer.from('x;/tmp/canary/run') }),
    known({ skill: 'patch' }),
    known({ skill: 'patch' }, { touched: ['lib/a.js'] }),
    known({ skill: 'triage', hidden: { pocs: ['p'], answer: { genuine: 'yes' } } }),
  ];
  const idle = attackers.filter((attacker: Attacker) => situations.every((s) => attacker.attempt(s) === undefined));
  expect(idle.map(({ name }) => name)).toEqual([]);
  const names = new Set(attackers.map(({ name }) => name));
  const wanted = [
    'do-nothing',
    'random',
    'edit-tests',
    'exit-1',
    'fake-report',
    'written-report',
    'ld-preload',
    'leak-only',
    'oom',
    'timeout',
  ];
  const also = ['another-tasks-poc', 'feature-deleting', 'sanitizer-disabling', 'immutable-path', 'read-grader', 'network'];
  expect([...wanted, ...also].filter((name) => !names.has(name))).toEqual([]);
});
