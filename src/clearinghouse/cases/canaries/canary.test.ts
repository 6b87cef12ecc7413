import { spawnSync } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, codesIn, copyLine, markPatch, markText } from './canary.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const [ada, bob] = [codeOf(key, 'cas_1', 'psn_ada'), codeOf(key, 'cas_1', 'psn_bob')];
const seen = (text: string) => text.replaceAll(/[\u2060-\u2063]/g, '');

test('a code is of one person in one case', () => {
  expect(new Set([ada, bob, codeOf(key, 'cas_2', 'psn_ada'), codeOf(createSecretKey(Buffer.alloc(32)), 'cas_1', 'psn_ada')]).size).toBe(4);
  expect(ada).toMatch(/^[0-9a-f]{16}$/);
});

describe('a marked text', () => {
  test('reads as before, and tells whose it was, of a part too', () => {
    fc.assert(
      fc.property(fc.array(fc.lorem({ mode: 'sentences', maxCount: 4 }), { minLength: 2, maxLength: 5 }), (paragraphs) => {
        const text = paragraphs.map((p) => `It breaks on input. ${p}`).join('\n\n');
        const marked = markText(text, ada);
        expect(seen(marked)).toBe(text);
        expect([...codesIn(marked).keys()]).toEqual([ada]);
        expect([...codesIn(marked.split('\n\n')[1]!).keys()]).toEqual([ada]);
      }),
    );
  });

  test('keeps every byte of what a program may run', () => {
    const code = [
      '```c',
      'int main. Not prose here. Really not',
      '```',
      '    python3 -c print hello world',
      '$ run this and that.',
      '+ added in a patch.',
    ];
    const marked = markText(['It breaks on long input.', ...code, 'x = loop(a, b); then it ends.'].join('\n'), ada).split('\n');
    expect(marked.slice(1, 7)).toEqual(code);
    expect(marked[7]).toBe('x = loop(a, b); then it ends.');
    expect(codesIn(marked[0]!).get(ada)).toBe(1);
  });

  test('of two recipients names both, and of a mark that was cut, nobody', () => {
    expect([...codesIn(markText('One of us. ', ada) + markText('Two of us.', bob)).keys()].sort()).toEqual([ada, bob].sort());
    const marked = markText('It breaks on input.', ada);
    expect(codesIn(marked.slice(0, -3)).size).toBe(0);
    expect([...codesIn(`\u2061${marked}`.replace('input.', 'input.\u2062\u2060')).keys()]).toEqual([ada]);
    expect(codesIn('\u2060'.repeat(40)).size).toBe(0);
  });

  test('of hostile length is marked and searched in linear time', () => {
    const long = 'it is. '.repeat(200_000);
    expect(codesIn(markText(long, ada)).get(ada)).toBeGreaterThan(0);
    expect(codesIn('\u2060'.repeat(1_000_000)).size).toBe(0);
  });
});

test('a marked patch still applies: by patch, by git, and as a mail', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bw-canary-'));
  const run = (program: string, ...args: string[]) => spawnSync(program, args, { cwd: dir, encoding: 'utf8' });
  const git = (...args: string[]) => run('git', '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args);
  try {
    const diff = 'diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n';
    const mail = `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nDate: Sat, 21 Nov 2026 09:00:00 +0000\nSubject: [PATCH] Fix\n\nWhy.\n---\n x.c | 2 +-\n\n${diff}--\n2.4\n`;
    git('init', '-q');
    for (const [given, program, ...args] of [
      [diff, 'patch', '-p1', '-i', 'm.patch'],
      [diff, 'git', 'apply', 'm.patch'],
      [mail, 'git', '-c', 'user.name=a', '-c', 'user.email=a@b.c', 'am', '-q', 'm.patch'],
    ] as const) {
      writeFileSync(join(dir, 'x.c'), 'one\ntwo\n');
      git('add', 'x.c');
      git('commit', '-qm', 'before', '--allow-empty');
      const marked = Buffer.from(markPatch(Buffer.from(given), ada)!).toString();
      expect([...codesIn(marked).keys()]).toEqual([ada]);
      writeFileSync(join(dir, 'm.patch'), marked);
      const { error, stderr } = run(program, ...args);
      if (!error) expect([program, stderr, readFileSync(join(dir, 'x.c'), 'utf8')]).toEqual([program, '', 'one\nthree\n']);
    }
    if (!git('--version').error) expect(git('log', '-1', '--format=%s%n%b').stdout.trim()).toBe('Fix\nWhy.');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each([
  ['an input that crashes', Buffer.from([0, 1, 2, 255])],
  ['text that is no patch', Buffer.from('--- is how it begins\nand nothing follows')],
  ['a mail without a diff', Buffer.from('From 0123 Mon Sep 17 00:00:00 2001\n\n---\n@@ -1 +1 @@\n')],
])('%s is not touched', (_, bytes) => expect(markPatch(bytes, ada)).toBeUndefined());

test('the mark of another, handed in again, is not passed on', () => {
  const pasted = `${markText('It overflows here. We saw it twice.', bob)}\n${copyLine(bob)}\n    ${markText('quoted', bob)}`;
  expect([...codesIn(pasted).keys()]).toEqual([bob]);
  expect([...codesIn(markText(pasted, ada)).keys()]).toEqual([ada]);
  const diff = '--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-two\n+three\n';
  const again = markPatch(markPatch(Buffer.from(diff), bob)!, ada)!;
  expect([...codesIn(Buffer.from(again).toString()).keys()]).toEqual([ada]);
  expect(Buffer.from(again).toString().replace(copyLine(ada), '')).toBe(diff);
});
