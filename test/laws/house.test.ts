import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/app/version.ts';
import { limits } from '../../src/base/limits.ts';
import { filesUnder, root, sourceFiles, withoutComments } from './tree.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('size', () => {
  const counts = sourceFiles('src', 'web')
    .map((f) => ({ path: f.path, lines: f.text.split('\n').length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const at = (share: number) => counts[Math.floor((counts.length - 1) * share)]!.lines;

  test('no file has more than 400 lines', () => expect(counts.filter((c) => c.lines > 400)).toEqual([]));
  test('half of the files have at most 80 lines, nine of ten at most 200', () => {
    expect(at(0.5)).toBeLessThanOrEqual(80);
    expect(at(0.9)).toBeLessThanOrEqual(200);
  });
});

describe('every station is the same four files', () => {
  const singular: Record<string, string> = {
    inventories: 'inventory',
    cases: 'case',
    priorities: 'priority',
    advisories: 'advisory',
    replies: 'reply',
    fixes: 'fix',
    orgs: 'org',
    log: 'entry',
  };
  // Of the logs that are exported nothing is kept but what the hub's own log commits to; logs of others are read and let go.
  const storeless = ['src/reviews/logs'];
  const stations = [
    ...new Set(
      sourceFiles('src')
        .map((f) => /^src\/(?:clearinghouse|reviews|trust)\/\w+(?=\/)/.exec(f.path)?.[0])
        .filter((p) => p !== undefined)
        .filter((p) => !storeless.includes(p)),
    ),
  ];

  test('there are 23 of them', () => expect(stations).toHaveLength(23));
  test.each(stations)('%s', (path) => {
    const name = path.split('/').at(-1)!;
    const thing = singular[name] ?? name.replace(/s$/, '');
    expect([`${thing}.ts`, 'wire.ts', 'store.ts', 'actions.ts'].filter((file) => !existsSync(join(root, path, file)))).toEqual([]);
  });
});

describe('tests', () => {
  const config = read('vitest.config.ts');

  test('every *.test.ts is collected by a project', () => {
    const globs = [...config.matchAll(/'((?:src|web|test)\/[^']*\*\.test\.tsx?)'/g)].map((m) => m[1]!);
    const patterns = globs.map(
      (g) =>
        new RegExp(
          `^${g
            .replaceAll('.', '\\.')
            .replace('**/', '(?:.*/)?')
            .replace(/(?<!\.)\*(?!\))/g, '[^/]*')}$`,
        ),
    );
    const all = [...filesUnder('src', /\.test\.tsx?$/), ...filesUnder('web', /\.test\.tsx?$/), ...filesUnder('test', /\.test\.tsx?$/)];
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((path) => !patterns.some((p) => p.test(path)))).toEqual([]);
  });

  test('none is focused', () => {
    const found = sourceFiles('src', 'web', 'test').filter(
      (f) => f.path !== 'test/laws/house.test.ts' && /\b(test|it|describe)\.only\b/.test(f.code),
    );
    expect(found.map((f) => f.path)).toEqual([]);
  });

  test('every limit is named in a test', () => {
    const tests = sourceFiles('src', 'test')
      .filter((f) => f.path.includes('test'))
      .map((f) => f.text)
      .join('\n');
    expect(Object.keys(limits).filter((name) => !tests.includes(`limits.${name}`))).toEqual([]);
  });

  test('every limit is enforced somewhere', () => {
    const sources = sourceFiles('src')
      .filter((f) => !f.path.endsWith('.test.ts'))
      .map((f) => f.code)
      .join('\n');
    expect(Object.keys(limits).filter((name) => !sources.includes(`limits.${name}`))).toEqual([]);
  });
});

describe('documents', () => {
  test.each(['docs/FINDING-CYCLE.md', 'docs/REVIEW-CYCLE.md', 'ARCHITECTURE.md', 'docs/GLOSSARY.md', 'README.md'])(
    '%s names existing paths',
    (document) => {
      const paths = [...read(document).matchAll(/`((?:src|web|test|docs|migrations|recipes|demo|bin)\/[\w./-]+)`/g)].map((m) => m[1]!);
      expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    },
  );

  test.each([
    ['docs/FINDING-CYCLE.md', 'clearinghouse'],
    ['docs/REVIEW-CYCLE.md', 'reviews'],
  ])('%s names every station of its wing', (document, wing) => {
    const text = read(document);
    const stations = new Set(
      sourceFiles('src')
        .map((f) => new RegExp(`^src/${wing}/(\\w+)/`).exec(f.path)?.[1])
        .filter((s) => s !== undefined),
    );
    expect([...stations].filter((s) => !text.includes(`src/${wing}/${s}/`))).toEqual([]);
  });
});

test('the version is that of package.json', () => {
  expect(version).toBe(JSON.parse(read('package.json')).version);
});

test('the lock file records no download addresses', () => {
  expect(read('package-lock.json')).not.toContain('"resolved": "http');
});

test('every dependency is pinned exactly', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }) as [string, string][];
  expect(all.filter(([, wanted]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted))).toEqual([]);
});

// Invariant 1: the window is voluntary. The words of a licence may not even occur where a model is spoken of.
test('no word of the reviews wing blocks, delays, licenses or clears a release', () => {
  const forbidden = /\b(approv|deny|denied|denies|clear(?!inghouse|ed\b|ance)|licen[sc]|permit(?!ted)|block)\w*/i;
  const found = sourceFiles('src/reviews').flatMap((f) => {
    const word = forbidden.exec(withoutComments(f.text).replaceAll(/TLP:CLEAR|'CLEAR'|\bclearInterval\b/g, ''));
    return word && !f.path.endsWith('.test.ts') ? [`${f.path}: ${word[0]}`] : [];
  });
  expect(found).toEqual([]);
});

test('no hand-me-down names', () => {
  const forbidden = /(?:^|\/)(utils?|helpers?|common|shared|managers?|services?|handlers?|impl)(?:\.ts|\/)/;
  expect(filesUnder('src', /\.ts$/).filter((path) => forbidden.test(path))).toEqual([]);
});
