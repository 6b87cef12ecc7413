import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { limits } from '../base/limits.ts';
import { isRefusal } from '../base/refusal.ts';
import { parseRecipe } from './recipe.ts';

/** Recipes that strangers wrote: nothing of them may lead out of the recipe, stand for something else, or take long to refuse. */
const sound = `
id: sound
title: A sound recipe
target: { ecosystem: npm, purl: pkg:npm/a }
vulnerability: { id: CVE-2026-0001, weaknesses: [CWE-1321] }
variants: { vulnerable: { kind: npm, package: a, version: 1.0.0, lock: a.lock.json } }
files: [test.cjs]
run: { driver: drive.cjs }
oracle: { kind: prototype-pollution }
control: control.json
pocs: [poc.json]
tests: [{ name: works, argv: [/tools/node, /harness/test.cjs], stdout: it works }]
patch: { at: node_modules/a, immutable: [test] }
`;
const codeOf = (text: string) => {
  const recipe = parseRecipe(text);
  return isRefusal(recipe) ? recipe.code : 'none';
};

test('the recipe that the others are made of is sound', () => expect(codeOf(sound)).toBe('none'));

const fields = ['id', 'control', 'files.0', 'pocs.0', 'run.driver', 'variants.vulnerable.lock', 'patch.at'] as const;
const leading = ['../x', '/etc/passwd', 'a/../../x', '..'];
test.each(fields)('a path that leads elsewhere in %s', (field) => {
  for (const path of leading) expect([path, codeOf(withField(field, path))]).toEqual([path, 'malformed']);
});

test('a test that would be judged by its status alone is refused', () => {
  for (const said of ['', ', stdout: ""']) expect(codeOf(sound.replace(', stdout: it works', said))).toBe('malformed');
});

test('a file that stands in the recipe has a plain name', () => {
  for (const name of [...leading, 'a/b', '.x', '-x', ''])
    expect([name, codeOf(stringify({ ...(parse(sound) as object), inline: { [name]: 'x' } }))]).toEqual([name, 'malformed']);
});

test('bombs of YAML are refused, and at once', () => {
  const laughs = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 8 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`),
  ];
  const deep = (open: string, close: string) => `id: ${open.repeat(12_000)}x${close.repeat(12_000)}`;
  const blocks = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
  const keys = Array.from({ length: 8_000 }, (_, i) => `k${i}: `).join('\n');
  for (const text of [laughs.join('\n'), deep('[', ']'), deep('{a: ', '}'), blocks, keys, '? '.repeat(20_000), '- '.repeat(20_000)])
    expect([text.slice(0, 20), codeOf(text)]).toEqual([text.slice(0, 20), 'malformed']);
});

test('one name twice, several documents and no document are no recipe', () => {
  for (const text of [`${sound}id: other\n`, `${sound}---\n${sound}`, '', '[]', 'x', '\0'])
    expect([text.slice(-30), codeOf(text)]).toEqual([text.slice(-30), 'malformed']);
});

test('a tag makes nothing but text of a text', () => {
  expect(parseRecipe(sound.replace('id: sound', 'id: !!js/function x'))).toMatchObject({ id: 'x' });
});

test('a recipe has a size', () => {
  const filled = (bytes: number) => `${sound}#${'x'.repeat(bytes - Buffer.byteLength(sound) - 1)}`;
  expect(codeOf(filled(limits.recipeBytes))).toBe('none');
  expect(codeOf(filled(limits.recipeBytes + 1))).toBe('too_large');
});

function withField(field: string, value: string): string {
  const recipe = parse(sound) as Record<string, unknown>;
  const parts = field.split('.');
  let at = recipe;
  for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>;
  at[parts.at(-1)!] = value;
  return stringify(recipe);
}
