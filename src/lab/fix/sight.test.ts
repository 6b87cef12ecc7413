import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { blindBecause, compareSight, countFunctions, readSight } from './sight.ts';

const read = (text: string) => readSight({ end: 'exited', exit: 0, stdout: Buffer.from(text) })!;
const before = read('1 0 6 6 40 parse\n1 0 4 5 30 print\n0 0 0 0 5 version\n0 1 0 9 90 __asan_memcpy\n0 0 0 0 3 __asan_default_options\n');
const because = (after: string) => blindBecause(compareSight(before, read(after)));
const runtime = '0 1 0 9 90 __asan_memcpy\n0 0 0 0 3 __asan_default_options\n';

test('a function that is watched as before, that is gone, or that touches no memory, is no matter', () => {
  expect(because(`1 0 5 7 44 parse\n0 0 0 0 9 print\n1 0 1 1 10 skip\n${runtime}`)).toBeUndefined();
});

test.each([
  [`0 1 0 6 40 parse\n1 0 4 5 30 print\n${runtime}`, /does not watch.*parse/],
  [`1 0 6 6 40 parse\n1 0 4 5 30 print\n0 1 0 3 20 parse_unseen\n${runtime}`, /does not watch.*parse_unseen/],
  ['1 0 6 6 40 parse\n0 1 0 9 90 __asan_memcpy\n0 0 0 0 4 __asan_default_options\n', /its own __asan_default_options/],
  [`1 0 1 6 40 parse\n1 0 4 5 30 print\n${runtime}`, /does not watch.*parse/],
  [`1 0 0 6 40 parse\n1 0 4 5 30 print\n${runtime}`, /does not watch.*parse/],
  ['', /names none of its functions/],
  ['1 0 40 60 900 .text\n', /names none of its functions/],
])('%#: silence says nothing', (after, expected) => expect(because(after)).toMatch(expected));

test('what could not be taken apart could not be told; what never was watched is not missed', () => {
  expect(compareSight(before, readSight({ end: 'output-limit', exit: null, stdout: Buffer.alloc(0) }))).toMatchObject({
    failure: expect.stringMatching(/taken apart/),
  });
  expect(blindBecause(compareSight(read('0 1 0 3 9 f\n'), read('0 1 0 3 9 f\n0 1 0 1 2 g\n')))).toBeUndefined();
  expect(limits.sightBytes).toBeGreaterThan(1024 * 1024);
});

describe('a program taken apart', () => {
  const head = 'copy.o:     file format elf64-x86-64\n';
  const arm = 'copy.o:     file format elf64-littleaarch64\n';
  const asked = ['movzbl 0x7fff8000(%rax),%eax', 'mov    %cl,(%rdi)', 'call   60 <__asan_report_store1>'];
  const unseen = ['mov    (%rsi),%cl', 'mov    %cl,(%rdi)'];
  const named = (name: string, lines: readonly string[]) =>
    `0000000000001000 <${name}>:\n${lines.map((line, i) => `    ${(4096 + i).toString(16)}:\t${line}\n`).join('')}\n`;
  const counted = (text: string) => {
    const { status, stdout } = spawnSync('awk', [countFunctions], { input: text });
    return readSight({ end: 'exited', exit: status, stdout })!;
  };
  const was = counted(head + named('copy', [...asked, ...asked, ...asked]));
  const lost = (text: string) => compareSight(was, counted(text)).lost;

  test('is counted function by function', () => {
    expect([...was]).toEqual([['copy', { watched: 1, blind: 0, checks: 3, touches: 3, lines: 9 }]]);
    expect(lost(head + named('copy', [...asked, ...asked]) + named('other', asked))).toEqual([]);
  });

  test.each([
    ['a name that begins with a dot', named('.copy', unseen), ['.copy']],
    ['the name of a section', named('.plt', unseen), ['.plt']],
    ['a name that is a number of a copy', named('.1', unseen), ['']],
    ['a name with the sanitizer in it', named('x__asan_y', [...unseen, 'jmp    1000 <x__asan_y+0x2>']), ['x__asan_y']],
    ['a report that nothing leads to', named('copy', [...unseen, 'call   60 <__asan_report_store1>']), ['copy']],
    ['the same in a new function', named('fresh', [...unseen, 'call   60 <__asan_report_store1>']), ['fresh']],
    [
      'a relocation that nothing leads to',
      named('fresh', [...unseen, 'call 15 <f>\t11: R_X86_64_PLT32\t__asan_report_load1-0x4']),
      ['fresh'],
    ],
    ['a word to the sanitizer that is no question', named('fresh', [...unseen, 'call   60 <__asan_handle_no_return>']), ['fresh']],
    ['a check for many touches', named('copy', [...asked, ...unseen, ...unseen, ...unseen]), ['copy']],
  ])('%s hides nothing', (_, text, expected) => expect(lost(head + text)).toEqual(expected));

  test('has stubs that jump to a library: no function of its own', () => {
    const stub = ['adrp\tx16, 11000', 'ldr\tx17, [x16, #8]', 'add\tx16, x16, #0x8', 'br\tx17'];
    expect(counted(arm + named('.plt', stub) + named('puts@plt', stub)).get('puts@plt')).toMatchObject({ blind: 0, touches: 0 });
    expect(counted(arm + named('copy', ['ldr\tx1, [x0]', 'bl\t60 <__asan_report_load8>'])).get('copy')).toMatchObject({ watched: 1 });
  });
});
