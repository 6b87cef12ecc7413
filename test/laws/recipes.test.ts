import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { insist } from '../../src/base/refusal.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { filesOf, type Recipe } from '../../src/lab/recipe.ts';
import { familyOf, readTargets } from '../targets/library.ts';
import { root } from './tree.ts';

const dir = join(root, 'recipes');
const { targets, refused } = readTargets(diskRecipes(dir).all());
const isNative = ({ target }: Recipe) => target.ecosystem === 'debian';

describe('the target library', () => {
  test('every recipe can be read', () => expect(refused).toEqual([]));

  test('a folder belongs to a recipe', () => {
    const ids = new Set(targets.map(({ id }) => id));
    const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !ids.has(name)).map(({ name }) => name)).toEqual([]);
  });

  test.each(targets.map((target) => [target.id, target] as const))(
    '%s says all that it needs, and nothing else',
    (id, { recipe, found }) => {
      expect(recipe.id).toBe(id);
      const had = Object.keys(insist(filesOf(recipe, found.files)));
      const locks = Object.values(recipe.variants).flatMap((source) => (source?.kind === 'npm' && source.lock ? [source.lock] : []));
      const named = new Set([...recipe.files, recipe.control, ...recipe.pocs, ...locks]);
      expect([...named].filter((name) => !had.includes(name))).toEqual([]);
      expect(had.filter((name) => !named.has(name))).toEqual([]);
      expect(recipe.pocs.length).toBeGreaterThan(0);
      // Without one no patch of it can ever be verified.
      expect(recipe.tests.length).toBeGreaterThan(0);
      expect(recipe.selfCheck).toBeDefined();
    },
  );

  test('C and C++: at least 18 targets of 8 packages, over all families', () => {
    const native = targets.filter(({ recipe }) => isNative(recipe));
    expect(native.length).toBeGreaterThanOrEqual(18);
    expect(new Set(native.map(({ recipe }) => recipe.target.purl)).size).toBeGreaterThanOrEqual(8);
    const families = new Set(native.map(({ recipe }) => familyOf(recipe)));
    const wanted = [
      'over-read',
      'heap overflow (write)',
      'stack overflow (write)',
      'stack overflow (recursion)',
      'use after free',
      'double free',
    ];
    const also = ['integer overflow', 'leak', 'assertion', 'hang', 'uninitialised use', 'null dereference', 'type confusion'];
    expect([...wanted, ...also].filter((family) => !families.has(family))).toEqual([]);
  });

  test('a recipe names no place of this machine and no registry', () => {
    const told = readdirSync(dir)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(join(dir, name), 'utf8'));
    expect(told.filter((text) => /\/work\/|\/tmp\/s\d|registry\.npmjs|_authToken/.test(text))).toEqual([]);
  });
});
