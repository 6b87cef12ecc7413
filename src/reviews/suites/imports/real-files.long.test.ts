import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { insist } from '../../../base/refusal.ts';
import { importTasks } from './import.ts';

/**
 * Files of the benchmarks themselves, which are others' and not committed. They are read from a folder beside the checkout (BREAKWATER_BENCHMARKS
 * names another place) with one directory for each row; where it is absent, that is printed and the row is skipped. docs/BENCHMARKS.md says which
 * repositories were read and what came of it.
 */
const beside = process.env.BREAKWATER_BENCHMARKS ?? join(import.meta.dirname, '../../../../..', 'benchmarks');
const isText = /\.(?:ya?ml|toml|md|jsonl?)$|(?:^|\/)Dockerfile$/;

function filesIn(name: string) {
  const root = join(beside, name);
  if (!existsSync(root)) {
    process.stderr.write(`skipped: no files of ${name} in ${beside}\n`);
    return undefined;
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isText.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

/** `isTask`: a file that says a task; `lost`: what is said where it gives none. */
const rows = [
  { name: 'inspect', format: 'inspect-cyber', isTask: /(?:^|\/)(?:eval|samples)\.ya?ml$/, lost: /solution, and no task|has no prompt/ },
  { name: 'harbor', format: 'harbor', isTask: /(?:^|\/)task\.toml$/, lost: /no instruction\.md|same id/ },
  { name: 'cybergym', format: 'cybergym', isTask: /(?:^|\/)config\.toml$/, lost: /same id/ },
  { name: 'arvo', format: 'cybergym', isTask: /(?:^|\/)\d+\.json$/, lost: /same id/ },
  { name: 'bountybench', format: 'bountybench', isTask: /(?:^|\/)bounty_metadata\.json$/, lost: /asks nothing for/ },
] as const;

describe.each(rows)('$name', ({ name, format, isTask, lost }) => {
  const files = filesIn(name);
  test.skipIf(files === undefined)('every file of a task gives one, or says why not; what is lost is told', () => {
    const { tasks, problems } = insist(importTasks(format, files!, []));
    const [given, said] = [new Set(tasks.map(({ from }) => from.path)), files!.filter(({ path }) => isTask.test(path))];
    const silent = said.filter(({ path }) => !given.has(path));
    expect(said.length).toBeGreaterThan(0);
    expect(problems.filter(({ what }) => lost.test(what)).length).toBeGreaterThanOrEqual(silent.length);
    expect(problems.filter(({ what }) => /^not (?:an?|the) /.test(what))).toEqual([]);
    expect(tasks.every(({ state, prompt }) => state === 'unavailable' && prompt.trim() !== '')).toBe(true);
    process.stderr.write(`${name}: ${said.length} files of tasks, ${tasks.length} tasks, ${silent.length} files without one\n`);
  });
});
