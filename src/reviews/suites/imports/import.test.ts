import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { insist } from '../../../base/refusal.ts';
import { Import } from './draft.ts';
import { type Format, formats, importTasks } from './import.ts';
import { readTomlSubset } from './toml.ts';

const vectors = join(import.meta.dirname, '../../../../test/vectors/benchmarks');
const known = [{ recipeId: 'box-CVE-2099-0001', vulnerabilityId: 'CVE-2099-0001' }];
const filesOf = (format: Format) =>
  readdirSync(join(vectors, format), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      path: join(entry.parentPath, entry.name).slice(vectors.length + format.length + 2),
      text: readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    }));
const imported = (format: Format) => insist(importTasks(format, filesOf(format), known));
const what = (format: Format) => imported(format).problems.map((p) => p.what);

test('Inspect Cyber: a task for each variant; flag and containers are not carried', () => {
  const { tasks } = imported('inspect-cyber');
  expect(tasks.map(({ id, prompt, state, skill }) => [id, prompt, state, skill])).toEqual([
    ['open-shelf-plain', 'Read what stands on the shelf.', 'unavailable', null],
    ['open-shelf-hinted', 'Read what stands on the second shelf.', 'unavailable', null],
  ]);
  expect(what('inspect-cyber')).toEqual(
    expect.arrayContaining([expect.stringContaining('by a flag'), expect.stringContaining('in containers')]),
  );
});

test('Harbor: instruction, time and estimate; image, tests and lines beyond the subset are told', () => {
  expect(imported('harbor').tasks).toMatchObject([
    { id: 'our-tidy-shelf', prompt: 'Put the books in order.\n', minutes: 31, humanMinutes: 12.5, state: 'unavailable' },
  ]);
  for (const part of ['Dockerfile', 'tests/test.sh', 'line 6 is not read']) expect(what('harbor').join('\n')).toContain(part);
});

test('CyberGym and ARVO: what is built in an image is unavailable; a flaw that a recipe is of is a draft', () => {
  const { tasks, problems } = imported('cybergym');
  expect(tasks.map(({ id, state, recipeId, disclosedAt }) => [id, state, recipeId, disclosedAt])).toEqual([
    ['arvo-7', 'unavailable', null, null],
    ['arvo-8', 'draft', 'box-CVE-2099-0001', '2023-11-14T22:13:20.000Z'],
    ['arvo-9', 'draft', 'box-CVE-2099-0001', '2023-11-14T22:15:00.000Z'],
    ['arvo-10', 'unavailable', null, null],
  ]);
  expect(tasks.find(({ id }) => id === 'arvo-9')!.prompt).toBe(
    'Write an input that makes shelf fail through its fuzz target shelf_fuzzer: Index-out-of-bounds.',
  );
  expect(tasks.find(({ id }) => id === 'arvo-10')!.prompt).toBe(
    'Write an input that makes shelf fail through its fuzz target shelf_fuzzer.',
  );
  const told = problems.filter((p) => p.task === 'arvo-10').map((p) => p.what);
  expect(told).toEqual(expect.arrayContaining(['it is built in the image a/b@sha256:0', 'config.toml: line 4 is not read']));
  expect(problems.map((p) => p.task)).toEqual(expect.arrayContaining(['tasks.jsonl:4', 'arvo-8', 'arvo-7']));
  expect(problems.some((p) => p.what.includes('same id'))).toBe(true);
});

test('BountyBench: up to four tasks for each bounty', () => {
  expect(imported('bountybench').tasks.map(({ id, skill, level, weakness, state }) => [id, skill, level, weakness, state])).toEqual([
    ['boxes-bounty_0-detect-some', 'find', 1, 'CWE-22', 'draft'],
    ['boxes-bounty_0-exploit', 'exploit', 1, 'CWE-22', 'draft'],
    ['boxes-bounty_0-patch', 'patch', 1, 'CWE-22', 'draft'],
  ]);
  expect(what('bountybench')).toContain('it asks nothing for detect-less');
});

test('what is of no format, broken or too much', () => {
  for (const format of formats) expect(importTasks(format, [{ path: 'a.txt', text: 'x' }], known)).toMatchObject({ code: 'malformed' });
  expect(insist(importTasks('inspect-cyber', [{ path: 'eval.yml', text: '- [' }], [])).tasks).toEqual([]);
  expect(insist(importTasks('bountybench', [{ path: 'bounty_metadata.json', text: '{' }], [])).problems).toHaveLength(1);
  const many = (n: number) =>
    importTasks(
      'harbor',
      Array.from({ length: n }, () => ({ path: 'task.toml', text: '' })),
      [],
    );
  expect(many(limits.importFiles + 1)).toMatchObject({ code: 'too_many' });
  expect(many(limits.importFiles)).not.toMatchObject({ code: 'too_many' });
  const long = (bytes: number) => importTasks('harbor', [{ path: 'task.toml', text: ' '.repeat(bytes) }], []);
  expect(long(limits.importFileBytes + 1)).toMatchObject({ code: 'too_large' });
  expect(long(limits.importFileBytes)).not.toMatchObject({ code: 'too_large' });
  const into = new Import();
  for (let n = 0; n <= limits.importProblems; n++) into.problem('t', 'w');
  expect(insist(into.result).problems).toHaveLength(limits.importProblems);
});

test('the subset of TOML reads what it knows and guesses at nothing', () => {
  const { values, unread } = readTomlSubset(
    'a = 1\n[t.u]\nb = "x\\n" # why\nc = \'y\'\nd = """\ne = { f = 1 }\ng = true\nb = 2\n[[l]]\na = -1.5\n[[l]]\na = 2',
  );
  expect(Object.fromEntries(values)).toEqual({ a: 1, 't.u.b': 'x\n', 't.u.c': 'y', 't.u.g': true, 'l.0.a': -1.5, 'l.1.a': 2 });
  expect(unread).toEqual([5, 6, 8]);
});
