import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { flawedPackage, realLab } from '../equipment/real-lab.ts';

/** The oracles that need nobody within the box: sanitizers, hangs, memory. */
const lab = realLab();
const missing = lab.missing || (existsSync('/usr/bin/clang') ? '' : 'clang is missing: `apt-get install -y clang llvm`');
if (missing) console.warn(`native oracles contract skipped: ${missing}`);
afterAll(() => lab.close());

const head = `#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char text[64];
static int bad(char **argv) { FILE *f = fopen(argv[1], "r"); if (f) { text[fread(text, 1, 63, f)] = 0; fclose(f); } return !strcmp(text, "bad"); }
`;
const program = (body: string) => ({ 'main.c': `${head}${body}` });
const main = (body: string) =>
  program(`int main(int argc, char **argv) { (void)argc; volatile int is_bad = bad(argv); (void)is_bad; ${body} return 0; }`);

async function verdictOf(
  oracle: object,
  flags: string[],
  source: Record<string, string>,
  more: object = {},
  fixed?: Record<string, string>,
) {
  const recipe = {
    target: { ecosystem: 'generic', purl: 'pkg:generic/flawed' },
    inline: { control: 'good' },
    build: { steps: [['clang', '-g', '-O1', '-fno-omit-frame-pointer', ...flags, 'main.c', '-o', 'target', '-lpthread']] },
    run: { argv: ['/src/target', '{poc}'] },
    oracle,
    ...more,
  };
  return (await lab.try({ recipe, vulnerable: source, ...(fixed ? { fixed } : {}), poc: 'bad' })).verdict;
}

describe('sanitizers', () => {
  test.each<[string, string[], string, object, string]>([
    [
      'address',
      ['-fsanitize=address'],
      'if (is_bad) { volatile char *p = malloc(4); p[3 + is_bad] = 1; free((void *)p); }',
      { kind: 'sanitizer' },
      'Heap-buffer-overflow',
    ],
    ['an assertion', ['-fsanitize=address'], 'assert(!is_bad);', { kind: 'sanitizer' }, 'Abrt'],
    ['an abort', ['-fsanitize=address'], 'if (is_bad) abort();', { kind: 'sanitizer' }, 'Abrt'],
    [
      'undefined behaviour',
      ['-fsanitize=undefined'],
      'int big = 2147483647; big += is_bad; printf("%d", big);',
      { kind: 'sanitizer' },
      'Integer-overflow',
    ],
    [
      'memory',
      ['-fsanitize=memory'],
      'volatile int *n = malloc(8); if (!is_bad) n[1] = 1; if (n[1]) puts("set");',
      { kind: 'sanitizer' },
      'Use-of-uninitialized-value',
    ],
    [
      'leaks',
      ['-fsanitize=address'],
      'char *volatile p = 0; if (is_bad) { p = malloc(10); p = 0; }',
      { kind: 'sanitizer', leaks: true },
      'leak',
    ],
  ])('%s', { timeout: 300_000 }, async (_, flags, body, oracle, type) => {
    if (missing) return console.warn(missing);
    const verdict = await verdictOf(oracle, flags, main(body), {}, main(''));
    expect([verdict.verdict, verdict.because, verdict.crash?.type]).toEqual([
      'reproduced',
      '2 of 2 runs on the vulnerable build, 0 of 2 on the fixed, silent on the control input',
      expect.stringMatching(new RegExp(type, 'i')),
    ]);
  });

  test.each([
    ['exits with 3', 'if (is_bad) return 3;', 'reproduced'],
    [
      'prints a report and exits with 4',
      'if (is_bad) { puts("==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1"); return 4; }',
      'reproduced',
    ],
    ['exits with the alarm', 'if (is_bad) return 86;', 'could-not-tell'],
    ['crashes as well', 'if (is_bad) abort();', 'reproduced-fix-incomplete'],
    ['is killed', 'if (is_bad) kill(getpid(), 9);', 'could-not-tell'],
  ])('a fixed build that %s', { timeout: 300_000 }, async (_, body, verdict) => {
    if (missing) return console.warn(missing);
    const fixed = { 'main.c': main(body)['main.c'].replace('#include <stdio.h>', '#include <stdio.h>\n#include <signal.h>') };
    expect((await verdictOf({ kind: 'sanitizer' }, ['-fsanitize=address'], main('if (is_bad) abort();'), {}, fixed)).verdict).toBe(verdict);
  });

  test('a target that crashes on everything: the control fires', { timeout: 300_000 }, async ({ skip }) => {
    if (missing) skip(missing);
    expect(await verdictOf({ kind: 'sanitizer' }, ['-fsanitize=address'], main('abort();'))).toMatchObject({
      verdict: 'could-not-tell',
      because: 'the control input trips the oracle as well',
    });
  });
});

describe('memory', () => {
  const grow = (mebi: number) =>
    `for (int i = 0; is_bad && i < ${mebi}; i++) { char *volatile p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); }`;
  const oracle = { kind: 'memory-growth', overBytes: 96 << 20 };
  test.each([
    ['grows past the bound', grow(160), 'reproduced'],
    ['grows until the box has no more', grow(2000), 'reproduced'],
    ['stays below it', grow(30), 'not-reproduced'],
  ])('C: %s', { timeout: 300_000 }, async (_, body, verdict) => {
    if (missing) return console.warn(missing);
    expect((await verdictOf(oracle, [], main(body), { limits: { memoryBytes: 256 << 20 } })).verdict).toBe(verdict);
  });

  test('C: a control that grows as well', { timeout: 300_000 }, async ({ skip }) => {
    if (missing) skip(missing);
    const always = main('for (int i = 0; i < 160; i++) { char *volatile p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); }');
    expect((await verdictOf(oracle, [], always)).because).toBe('the control input trips the oracle as well');
  });

  test.each([
    [
      'grows',
      'module.exports = (text) => { const held = []; while (text === "bad" && held.length < 300) held.push(Buffer.alloc(1 << 20, 1)); return held.length; };',
      'reproduced',
    ],
    [
      'grows until V8 gives up',
      'module.exports = (text) => { const held = []; while (text === "bad") held.push([..."x".repeat(1000)]); };',
      'reproduced',
    ],
    ['does not', 'module.exports = (text) => text.length;', 'not-reproduced'],
  ])('Node: %s', { timeout: 300_000 }, async (_, flawed, verdict) => {
    if (missing) return console.warn(missing);
    const recipe = {
      inline: { control: 'good', 'drive.cjs': "const act = require('flawed'); module.exports = (input) => act(input.toString());" },
      run: { driver: 'drive.cjs' },
      oracle: { kind: 'memory-growth' },
      limits: { memoryBytes: 640 << 20 },
    };
    expect((await lab.try({ recipe, vulnerable: flawedPackage(flawed), poc: 'bad', runs: 1 })).verdict.verdict).toBe(verdict);
  });
});

describe('hangs', () => {
  const hang = { kind: 'hang' };
  const burn = (seconds: number) => `if (is_bad) { clock_t until = clock() + ${seconds} * CLOCKS_PER_SEC; while (clock() < until); }`;
  const withTime = (body: string) => ({ 'main.c': `#include <time.h>\n${main(body)['main.c']}` });
  const limits = { wallMs: 240_000, cpuSec: 4 };
  test.each<[string, string, string]>([
    ['busy for ever', 'while (is_bad);', 'reproduced'],
    ['done well before the limit', burn(0.5), 'not-reproduced'],
    ['done only just before the limit', burn(3.5), 'could-not-tell'],
    ['waiting and not computing', 'if (is_bad) pause();', 'could-not-tell'],
  ])('%s', { timeout: 300_000 }, async (name, body, verdict) => {
    if (missing) return console.warn(missing);
    const bounds = name.startsWith('waiting') ? { wallMs: 2000, cpuSec: 2 } : limits;
    expect((await verdictOf(hang, [], withTime(body), { limits: bounds })).verdict).toBe(verdict);
  });

  test('a driver that never comes back', { timeout: 300_000 }, async ({ skip }) => {
    if (missing) skip(missing);
    const recipe = {
      inline: { control: 'good', 'drive.cjs': "const act = require('flawed'); module.exports = (input) => act(input.toString());" },
      run: { driver: 'drive.cjs' },
      oracle: hang,
      limits: { wallMs: 120_000, cpuSec: 2 },
    };
    const flawed = flawedPackage('module.exports = (text) => { while (text === "bad"); };');
    expect(
      (await lab.try({ recipe, vulnerable: flawed, fixed: flawedPackage('module.exports = () => 1;'), poc: 'bad', runs: 1 })).verdict,
    ).toMatchObject({
      verdict: 'reproduced',
      crash: { type: 'Timeout' },
    });
  });
});
