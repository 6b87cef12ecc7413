import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { limits } from '../base/limits.ts';
import { insist } from '../base/refusal.ts';
import { checkPatch } from './patch.ts';
import { exampleRecipe } from './recipe.example.ts';
import { parseRecipe } from './recipe.ts';

const recipe = insist(parseRecipe(stringify(exampleRecipe)));
const check = (text: string) => checkPatch(recipe, Buffer.from(text));
const diff = (from: string, to: string, body = '-a\n+b\n') => `--- ${from}\n+++ ${to}\n@@ -1 +1 @@\n${body}`;

describe('patches', () => {
  test('plain, git and new files, from `patch -p1`', () => {
    expect(check(diff('a/x.c', 'b/x.c'))).toEqual({ paths: ['x.c'] });
    expect(check(diff('example-1.0/src/x.c\t2026-01-01 00:00:00', 'example-1.0.new/src/x.c\t2026-01-01'))).toEqual({ paths: ['src/x.c'] });
    expect(check(`diff --git a/x.c b/x.c\nindex 1..2 100644\n${diff('a/x.c', 'b/x.c')}`)).toEqual({ paths: ['x.c'] });
    expect(check(diff('/dev/null', 'b/new.c'))).toEqual({ paths: ['new.c'] });
  });

  test.each([
    ['above the tree', diff('a/../../x', 'b/../../x')],
    ['an absolute path', diff('/etc/passwd', '/etc/passwd')],
    ['no leading directory', diff('x.c', 'x.c')],
    ['a quoted name', diff('"a/x\\303"', '"b/x\\303"')],
    ['one half outside', diff('a/x.c', 'b/../y.c')],
    ['a rename outside', 'diff --git a/x b/y\nrename from x\nrename to ../y\n'],
    ['an Index line outside', `Index: a/../x\n${diff('a/x', 'b/x')}`],
    ['a fixed file', diff('a/tests/x.c', 'b/tests/x.c')],
    ['a fixed folder itself', diff('a/tests', 'b/tests')],
    ['a link', `diff --git a/l b/l\nnew file mode 120000\n${diff('/dev/null', 'b/l')}`],
    ['the sanitizer by attribute', diff('a/x.c', 'b/x.c', '-a\n+__attribute__((no_sanitize("address"))) int b;\n')],
    ['the sanitizer by its hooks', diff('a/x.c', 'b/x.c', '-a\n+const char *__asan_default_options(void) { return ""; }\n')],
  ])('not permitted: %s', (_, text) => {
    expect(check(text)).toMatchObject({ code: 'not_permitted' });
  });

  test('what the sanitizer words replace, or a file named alike, is fine', () => {
    expect(check(diff('a/x.c', 'b/x.c', '-__asan_poison\n+b\n'))).toEqual({ paths: ['x.c'] });
    expect(check(diff('a/testsuite.c', 'b/testsuite.c'))).toEqual({ paths: ['testsuite.c'] });
  });

  test('not a diff, binary, too large', () => {
    expect(check('hello')).toMatchObject({ code: 'malformed' });
    expect(check('1d\n.\nw\n')).toMatchObject({ code: 'malformed' });
    expect(check('diff --git a/x b/x\nGIT binary patch\n')).toMatchObject({ code: 'unsupported' });
    const head = diff('a/x', 'b/x');
    expect(check(head + '#'.repeat(limits.patchBytes - head.length))).toEqual({ paths: ['x'] });
    expect(check(head + '#'.repeat(limits.patchBytes - head.length + 1))).toMatchObject({ code: 'too_large' });
  });
});
