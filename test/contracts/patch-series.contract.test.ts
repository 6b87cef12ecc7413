import { afterAll, describe, expect, test } from 'vitest';
import { flawedPackage, realLab } from '../equipment/real-lab.ts';

/** A small library with a Makefile of its own, in the real box: what a patch may do to be silent without mending anything. */
const lab = realLab();
if (lab.missing) console.warn(`patch series skipped: ${lab.missing}`);
afterAll(() => lab.close());

const library = `#include <string.h>
#include "label.h"

int label_length(const char *input, int length) {
  static char kept[8];
  for (int i = 0; i < length; i++) kept[i] = input[i] + 1;
  return kept[0] == 'a' ? length : 0;
}
`;
const makefile = `CFLAGS = -g -O1 -fsanitize=address

label.o: label.c label.h
\tclang $(CFLAGS) -c label.c -o label.o
`;
const harness = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "label.h"
int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "--trip")) { volatile char *b = malloc(8); volatile int i = 8; return b[i]; }
  static char input[4096];
  FILE *file = fopen(argv[1], "r");
  return file ? printf("%d\\n", label_length(input, (int)fread(input, 1, sizeof input, file))) < 0 : 2;
}
`;
const recipe = {
  inline: { control: 'abc', 'harness.c': harness },
  files: ['harness.c'],
  build: {
    steps: [
      ['make', 'label.o'],
      ['clang', '-g', '-O1', '-fsanitize=address', '-I.', '/harness/harness.c', 'label.o', '-o', 'target'],
    ],
  },
  run: { argv: ['/src/target', '{poc}'] },
  oracle: { kind: 'sanitizer' },
  selfCheck: ['/src/target', '--trip'],
  tests: [{ name: 'a short label is taken', argv: ['/src/target', '/src/short'], stdout: '2\n' }],
  patch: { immutable: ['tests'] },
};
const tree = {
  'label.c': library,
  'label.h': 'int label_length(const char *, int);\n',
  Makefile: makefile,
  short: '`b',
  'tests/one': 'a\n',
};
const mend = (series: readonly string[], more: object = {}) => lab.mend({ recipe, vulnerable: tree, poc: 'a'.repeat(9), series, ...more });

const loop = '   for (int i = 0; i < length; i++) kept[i] = input[i] + 1;';
const hunk = (body: string) => `--- a/label.c\n+++ b/label.c\n@@ -4,4 +4,4 @@\n${body}`;
const fix = hunk(
  ` int label_length(const char *input, int length) {\n   static char kept[8];\n-${loop.slice(1)}\n+  for (int i = 0; i < length && i < 8; i++) kept[i] = input[i] + 1;\n   return kept[0] == 'a' ? length : 0;\n`,
);
const comment = '--- a/label.h\n+++ b/label.h\n@@ -1 +1,2 @@\n+/* Labels. */\n int label_length(const char *, int);\n';
const strip = `--- a/Makefile\n+++ b/Makefile\n@@ -1,4 +1,4 @@\n-CFLAGS = -g -O1 -fsanitize=address\n+CFLAGS = -g -O1\n \n label.o: label.c label.h\n \tclang $(CFLAGS) -c label.c -o label.o\n`;
const pasted = `--- a/label.h\n+++ b/label.h\n@@ -1 +1,3 @@\n+#define GLUE(a, b) a##b\n+__attribute__((GLUE(no_sani, tize)("address")))\n int label_length(const char *, int);\n`;
const dotted = `--- a/label.h\n+++ b/label.h\n@@ -1 +1,3 @@\n+#define GLUE(a, b) a##b\n+__attribute__((GLUE(no_sani, tize)("address")))\n-int label_length(const char *, int);\n+int label_length(const char *, int) __asm__(".label");\n`;
const pretending = `--- a/label.h\n+++ b/label.h\n@@ -1 +1,4 @@\n+#define GLUE(a, b) a##b\n+void GLUE(__as, an_report_store1)(void *);\n+__attribute__((GLUE(no_sani, tize)("address")))\n int label_length(const char *, int);\n--- a/label.c\n+++ b/label.c\n@@ -4,3 +4,4 @@\n int label_length(const char *input, int length) {\n   static char kept[8];\n+  if (length == -12345) GLUE(__as, an_report_store1)(kept);\n${loop}\n`;
const options = `--- a/label.c\n+++ b/label.c\n@@ -1,4 +1,7 @@\n #include <string.h>\n #include "label.h"\n+#define GLUE(a, b) a##b\n+const char *GLUE(__as, an_default_options)(void);\n+const char *GLUE(__as, an_default_options)(void) { return "detect_stack_use_after_return=0"; }\n \n int label_length(const char *input, int length) {\n`;

const own = (script: string) => ({ ownTests: [{ name: 'own', argv: ['sh', '-c', script], exit: 0 }] });

describe('a patch', () => {
  const cases: readonly [string, string[], string, RegExp][] = [
    ['of the build file, that strips the sanitizer from the library', [strip], 'could-not-tell', /does not watch.*label_length/],
    ['of a header, that hides an attribute behind a macro', [pasted], 'could-not-tell', /does not watch.*label_length/],
    ['that hides an attribute, and the function by its name', [dotted], 'could-not-tell', /does not watch.*\.label/],
    ['that hides an attribute, and names the sanitizer where nothing runs', [pretending], 'could-not-tell', /does not watch.*label_length/],
    ['that brings options of its own', [fix, options], 'could-not-tell', /its own __asan_default_options/],
  ];
  test.for(cases)('%s', { timeout: 180_000 }, async ([, series, verdict, because], { skip }) => {
    if (lab.missing) skip(lab.missing);
    expect((await mend(series)).verdict).toMatchObject({ verdict, because: expect.stringMatching(because) });
  });

  test('whose build never ends does not build, and one that hangs does not end: seen twice, beside what is known to end', {
    timeout: 180_000,
  }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    const asleep = `--- a/Makefile\n+++ b/Makefile\n@@ -3,2 +3,3 @@\n label.o: label.c label.h\n+\tsleep 600\n \tclang $(CFLAGS) -c label.c -o label.o\n`;
    const building = { recipe: { ...recipe, build: { ...recipe.build, limits: { wallMs: 12_000 } } } };
    expect((await mend([asleep], building)).evidence).toMatchObject({ failedAt: 'build', failure: expect.stringContaining('(twice, ') });
    const waiting = '--- a/label.c\n+++ b/label.c\n@@ -5,2 +5,3 @@\n   static char kept[8];\n+  for (;;) length += 0;\n';
    const hung = await mend([`${waiting}${loop}\n`], { recipe: { ...recipe, limits: { wallMs: 5000 } } });
    expect(hung.evidence.pocs[0]!.after[0]).toMatchObject({ saw: 'could-not-tell', because: expect.stringContaining('timeout') });
    expect(hung.evidence.pocs[0]!.after[0]).not.toHaveProperty('isOurs');
  });

  test('of a package for Node that waits for ever does not end, although the observer in its box does', { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (lab.missing) skip(lab.missing);
    const index = 'module.exports = (text) => {\n  const { at, to } = JSON.parse(text);\n  Object.prototype[at] = to;\n};\n';
    const waits = `--- a/index.js\n+++ b/index.js\n@@ -2,3 +2,3 @@\n   const { at, to } = JSON.parse(text);\n-  Object.prototype[at] = to;\n+  return new Promise(() => setInterval(() => {}, 1000));\n };\n`;
    const { evidence } = await lab.mend({
      recipe: {
        inline: { control: '{}', 'drive.cjs': "module.exports = (input) => require('flawed')(input);" },
        ...{ run: { driver: 'drive.cjs' }, oracle: { kind: 'prototype-pollution' }, limits: { wallMs: 12_000 } },
        patch: { at: 'node_modules/flawed' },
      },
      vulnerable: flawedPackage(index),
      poc: '{"at":"polluted","to":1}',
      series: [waits],
    });
    expect(evidence.pocs[0]).toMatchObject({ before: { saw: 'crash' }, after: [{ saw: 'could-not-tell' }] });
    expect(evidence.pocs[0]!.after[0]).toMatchObject({ because: expect.stringContaining('did not come to an end') });
    expect(evidence.pocs[0]!.after[0]).not.toHaveProperty('isOurs');
  });

  test('indented, so that no header is seen where patch(1) sees one, still changes what it must not', { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (lab.missing) skip(lab.missing);
    const indented = '  --- a/tests/one\n  +++ b/tests/one\n  @@ -1 +1 @@\n  -a\n  +b\n';
    expect((await mend([fix, `${comment}${indented}`])).verdict).toMatchObject({
      verdict: 'could-not-tell',
      because: 'it changes what no patch may change',
    });
  });
});

describe('a series', () => {
  test('names the first patch that stops the PoC, and what each of the others does', { timeout: 180_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    const broken = hunk(
      ` int label_length(const char *input, int length) {\n   static char kept[8];\n-${loop.slice(1)}\n+  no C at all\n`,
    ).replace('4,4 +4,4', '4,3 +4,3');
    const mended = `--- a/label.c\n+++ b/label.c\n@@ -6 +6 @@\n-  no C at all\n+  for (int i = 0; i < length && i < 8; i++) kept[i] = input[i] + 1;\n`;
    const { verdict, evidence } = await mend([comment, broken, mended], own('make -B label.o && echo > tests/new'));
    expect(verdict).toMatchObject({
      verdict: 'verified',
      because: expect.stringMatching(/1 tests of its own pass; the sanitizer watches/),
    });
    expect(evidence.steps.map((step) => step.outcome)).toEqual(['trips', 'does-not-build', 'stops']);
  });

  test('that stops applying says where', { timeout: 180_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    const { verdict, evidence } = await mend([comment, strip, strip, fix]);
    expect(verdict).toMatchObject({ verdict: 'could-not-tell', because: expect.stringMatching(/^patch 3 of 4 does not apply/) });
    expect(evidence.steps.map((step) => step.outcome)).toEqual(['trips', 'stops', 'does-not-apply', 'could-not-tell']);
  });

  test('whose own test fails breaks tests', { timeout: 180_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    expect((await mend([fix], own('exit 3'))).verdict).toMatchObject({
      verdict: 'breaks-tests',
      because: 'own: exited with 3 instead of 0',
    });
  });
});
