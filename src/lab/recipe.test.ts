import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { limits } from '../base/limits.ts';
import { insist } from '../base/refusal.ts';
import { exampleRecipe } from './recipe.example.ts';
import { buildLimits, parseRecipe, runLimits } from './recipe.ts';

const parse = (changes: object) => parseRecipe(stringify({ ...exampleRecipe, ...changes }));

describe('recipes', () => {
  test('a whole recipe is read, and what is left out has a default', () => {
    const recipe = insist(parse({}));
    expect(recipe.run).toEqual({ argv: ['/src/target', '{poc}'], stdin: false, cwd: '/src', tools: [] });
    expect(recipe.patch).toEqual({ at: '.', immutable: ['tests'] });
    expect(runLimits(recipe)).toMatchObject({ wallMs: 5000, memoryBytes: 512 << 20 });
    expect(buildLimits(recipe)).toMatchObject({ wallMs: limits.buildMs, pids: 256 });
  });

  test.each([
    ['an unknown member', { extra: 1 }, '/'],
    ['no command', { run: { argv: [] } }, '/run/argv'],
    ['a file outside of its folder', { files: ['../x'] }, '/files/0'],
    ['a hidden file', { files: ['.x'] }, '/files/0'],
    ['a file named twice', { files: ['a', 'a'] }, '/files'],
    ['an unknown oracle', { oracle: { kind: 'exit-code' } }, '/oracle/kind'],
    ['an unknown source', { variants: { vulnerable: { kind: 'svn' } } }, '/variants/vulnerable/kind'],
    ['a build beyond the house', { build: { limits: { wallMs: limits.buildMs + 1 } } }, '/build/limits/wallMs'],
    ['a limit beyond the house', { limits: { wallMs: limits.buildMs + 1 } }, '/limits/wallMs'],
    ['a patch outside of the tree', { patch: { at: '../x' } }, '/patch/at'],
    ['an id that is a path', { id: 'a/b' }, '/id'],
    [
      'a stated fix that another PoC trips',
      { pocs: ['a'], statedFix: { version: '1', fails: 'incomplete', because: 'x', poc: 'b' } },
      '/statedFix/poc',
    ],
  ])('refused: %s', (_, changes, at) => {
    expect(parse(changes)).toMatchObject({ refused: true, code: 'malformed', at });
  });

  test('a build may take as long as the house allows', () => {
    expect(buildLimits(insist(parse({ build: { limits: { wallMs: limits.buildMs } } }))).wallMs).toBe(limits.buildMs);
  });

  test('YAML bombs and broken YAML are refused', () => {
    expect(parseRecipe('a: &a [x, x]\nb: [*a, *a]')).toMatchObject({ code: 'malformed' });
    expect(parseRecipe('a: [')).toMatchObject({ code: 'malformed' });
    expect(parseRecipe(`#${'x'.repeat(limits.recipeBytes - 1)}`)).toMatchObject({ code: 'malformed' });
    expect(parseRecipe(`#${'x'.repeat(limits.recipeBytes)}`)).toMatchObject({ code: 'too_large' });
  });
});
