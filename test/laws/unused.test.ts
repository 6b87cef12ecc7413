import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, root, type SourceFile, sourceFiles } from './tree.ts';

const trees = sourceFiles('src', 'web', 'test', 'demo');
const isTest = (path: string) => path.startsWith('test/') || path.endsWith('.test.ts');

describe('what nobody uses is not there', () => {
  /** Verbs are exported whether or not a test or a hop names them: the list of verbs does. */
  const mayBeUnused = (path: string) => isTest(path) || path.endsWith('/actions.ts');
  const declaration = /^export (?:async )?(?:function\*?|const|class|type|interface) (\w+)/gm;

  test('every export of src, web and demo is imported somewhere', () => {
    const importers = new Map<string, SourceFile[]>();
    for (const file of trees)
      for (const { to } of file.imports.filter((i) => i.ours)) importers.set(to, [...(importers.get(to) ?? []), file]);
    const isNamed = (name: string, by: readonly SourceFile[]) => by.some((file) => new RegExp(`\\b${name}\\b`).test(file.code));
    const found = trees
      .filter((file) => !mayBeUnused(file.path))
      .flatMap((file) =>
        [...file.code.matchAll(declaration)]
          .filter((m) => !isNamed(m[1]!, importers.get(file.path) ?? []))
          .map((m) => `${file.path}: ${m[1]}`),
      );
    expect(found).toEqual([]);
  });

  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
  const importedBy = (files: readonly SourceFile[]) => new Set(files.flatMap((f) => f.imports.filter((i) => !i.ours).map((i) => i.to)));

  test('every dependency is imported by the product, and every package imported is a dependency', () => {
    const used = importedBy(trees.filter((f) => f.path.startsWith('src/') && !isTest(f.path)));
    expect(Object.keys(manifest.dependencies!).filter((name) => !used.has(name))).toEqual([]);
    const known = { ...manifest.dependencies, ...manifest.devDependencies };
    expect([...importedBy(trees)].filter((name) => !name.startsWith('node:') && !(name in known))).toEqual([]);
  });

  test('every development dependency is imported, or run by its name', () => {
    const used = importedBy([...trees, ...sourceFiles('bin')]);
    const said = ['vitest.config.ts', 'biome.json', 'bin/setup.mjs', ...filesUnder('web', /\.(css|html)$/)]
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    const isTypes = (name: string) => name.startsWith('@types/');
    const typed = (name: string) => used.has(name.slice('@types/'.length)) || name === '@types/node';
    const unused = Object.keys(manifest.devDependencies!).filter((name) =>
      isTypes(name) ? !typed(name) : !used.has(name) && !said.includes(name),
    );
    expect(unused).toEqual([]);
  });
});
