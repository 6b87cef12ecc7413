import { describe, expect, test } from 'vitest';
import { type Observed, observe, oracleEnvironment } from './oracle.ts';

const bounds = { wallMs: 10_000, cpuSec: 4, memoryBytes: 1, pids: 1, cpus: 1, fileBytes: 1, openFiles: 1, tmpBytes: 1, outputBytes: 1 };
const sanitizer = { kind: 'sanitizer', leaks: false } as const;
const pollution = { kind: 'prototype-pollution' } as const;
const hang = { kind: 'hang' } as const;
const log = (pc = '0x55d0') => `=================================================================
==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000017 at pc ${pc} bp 0x7ffe sp 0x7ffd
READ of size 1 at 0x602000000017 thread T0
    #0 ${pc}  (/src/target+0x1234)
    #1 0x55d1  (/src/target+0x2345)

0x602000000017 is located 0 bytes to the right of 7-byte region
`;
const run = (more: Partial<Observed> = {}): Observed => ({
  end: 'exited',
  exit: 0,
  signal: null,
  cpuUs: 1000,
  wallMs: 10,
  peakBytes: 1,
  oomKills: 0,
  reports: [],
  ...more,
});
const san = (text: string) => [{ name: 'san.2', text }];

describe('sanitizer', () => {
  test('a crash is exit status 86 and a report file, both', () => {
    expect(observe(sanitizer, run({ exit: 86, reports: san(log()) }), '', bounds)).toMatchObject({
      saw: 'crash',
      crash: { type: expect.stringContaining('Heap-buffer-overflow'), security: true },
    });
    expect(observe(sanitizer, run(), '', bounds)).toEqual({ saw: 'quiet' });
    expect(observe(sanitizer, run({ exit: 4 }), '', bounds)).toEqual({ saw: 'quiet' });
  });

  test.each([
    ['86 without a file', { exit: 86 }],
    ['a file without 86', { exit: 0, reports: san(log()) }],
    ['86 and a file that is no report', { exit: 86, reports: san('all is well') }],
    ['86 and a report under another name', { exit: 86, reports: [{ name: 'report.txt', text: log() }] }],
    ['a signal', { end: 'signalled' as const, exit: null, signal: 11 }],
    ['a signal beside a report', { end: 'signalled' as const, exit: null, signal: 11, reports: san(log()) }],
    ['out of memory', { end: 'oom' as const, exit: null }],
    ['out of time', { end: 'timeout' as const, exit: null }],
    ['a target that killed init', { end: 'killed' as const, exit: null }],
    ['a box that failed', { end: 'box-failed' as const, exit: null, because: 'no tree' }],
  ])('could not tell: %s', (_, more) => {
    expect(observe(sanitizer, run(more), '', bounds).saw).toBe('could-not-tell');
  });

  test('a crash without a severity has none', () => {
    const abort = '==2==ERROR: AddressSanitizer: ABRT on unknown address 0x1 (pc 0x2 bp 0x3 sp 0x4 T0)\n    #0 0x2  (/src/target+0x2)\n';
    const seen = observe(sanitizer, run({ exit: 86, reports: san(abort) }), '', bounds);
    expect(seen.saw === 'crash' && [seen.crash.type, seen.crash.severity]).toEqual(['Abrt', undefined]);
  });

  test('the same place has the same fingerprint, another place another', () => {
    const of = (text: string) => {
      const seen = observe(sanitizer, run({ exit: 86, reports: san(text) }), '', bounds);
      return seen.saw === 'crash' ? seen.crash.fingerprint : '';
    };
    expect(of(log())).toBe(of(log().replace('  (/src/target+0x1234)', ' in parse_string /src/cJSON.c:809:9').replaceAll('7ffe', '7fff')));
    expect(of(log())).not.toBe(of(log('0x55ff')));
  });

  test('logs go to files, and names only when asked for', () => {
    expect(oracleEnvironment(sanitizer, '/reports', false).ASAN_OPTIONS).toMatch(/exitcode=86:log_path=\/reports\/san:.*symbolize=0/);
    expect(oracleEnvironment(sanitizer, '/reports', true).UBSAN_OPTIONS).toContain('symbolize=1');
    expect(oracleEnvironment(hang, '/reports', true)).toEqual({});
  });
});

describe('hang', () => {
  test('busy until stopped is a hang; idle or dead is not', () => {
    expect(observe(hang, run({ end: 'cpu-limit', exit: null }), '', bounds).saw).toBe('crash');
    expect(observe(hang, run({ end: 'timeout', exit: null, wallMs: 1000, cpuUs: 900_000 }), '', bounds).saw).toBe('crash');
    expect(observe(hang, run({ end: 'timeout', exit: null, wallMs: 1000, cpuUs: 1000 }), '', bounds).saw).toBe('could-not-tell');
    expect(observe(hang, run({ end: 'oom', exit: null }), '', bounds).saw).toBe('could-not-tell');
    expect(observe(hang, run({ exit: 3 }), '', bounds).saw).toBe('quiet');
  });
});

describe('hang near its limit', () => {
  test.each<[string, Partial<Observed>, string]>([
    ['just below the limit of CPU', { cpuUs: 3_199_000, wallMs: 4000 }, 'quiet'],
    ['at four fifths of it', { cpuUs: 3_200_000, wallMs: 4000 }, 'could-not-tell'],
    ['busy at four fifths of the clock', { cpuUs: 2_000_000, wallMs: 8000 }, 'could-not-tell'],
    ['idle at four fifths of the clock', { cpuUs: 1000, wallMs: 8000 }, 'quiet'],
  ])('%s', (_, more, saw) => expect(observe(hang, run(more), '', bounds).saw).toBe(saw));
});

describe('memory growth', () => {
  const memory = { kind: 'memory-growth', overBytes: 100 } as const;
  test.each<[string, Partial<Observed>, string]>([
    ['at the bound', { peakBytes: 100 }, 'quiet'],
    ['past it', { peakBytes: 101 }, 'crash'],
    ['past it, and stopped by the clock', { peakBytes: 101, end: 'timeout', exit: null }, 'crash'],
    ['ended for want of memory', { end: 'oom', exit: null }, 'crash'],
    ['a part of it ended for want of memory', { oomKills: 1 }, 'crash'],
    ['stopped below the bound', { peakBytes: 50, end: 'timeout', exit: null }, 'could-not-tell'],
    ['not measured', { peakBytes: 0 }, 'could-not-tell'],
  ])('%s', (_, more, saw) => expect(observe(memory, run(more), '', bounds).saw).toBe(saw));
});

describe("an observer's report", () => {
  const whole = { nonce: 'n0nce', kind: 'prototype-pollution', because: '', what: [], frames: [] };
  const tripped = { ...whole, saw: 'seen', ended: 'returned', sink: 'Object.prototype' };
  const silent = { ...whole, saw: 'quiet', ended: 'returned', sink: '' };
  const seen = (exit: number, value: unknown, more: Partial<Observed> = {}) =>
    observe(pollution, run({ exit, reports: [{ name: 'observed.json', text: JSON.stringify(value) }], ...more }), 'n0nce', bounds);

  test('counts when it bears the nonce and the exit status says the same', () => {
    expect(seen(86, tripped)).toMatchObject({ saw: 'crash', crash: { type: 'Prototype-pollution', state: 'Object.prototype' } });
    expect(seen(0, silent)).toEqual({ saw: 'quiet' });
    expect(seen(0, { ...silent, saw: 'unsure', because: 'no end' })).toEqual({ saw: 'could-not-tell', because: 'no end' });
  });

  test.each([
    ['another nonce', 86, { ...tripped, nonce: 'guess' }],
    ['no nonce', 86, { ...tripped, nonce: undefined }],
    ['of another oracle', 86, { ...tripped, kind: 'file-read' }],
    ['silence with an alarm', 86, silent],
    ['an alarm without exit status', 0, tripped],
    ['an alarm that is unsure', 86, { ...silent, saw: 'unsure' }],
    ['something more', 86, { ...tripped, extra: 1 }],
    ['not an object', 86, 'Object.prototype'],
  ])('could not tell: %s', (_, exit, value) => {
    expect(seen(exit, value).saw).toBe('could-not-tell');
  });

  test('no report, or one that is not JSON, or a run that was ended, is no silence', () => {
    expect(observe(pollution, run(), 'n0nce', bounds).saw).toBe('could-not-tell');
    expect(observe(pollution, run({ reports: [{ name: 'observed.json', text: '{' }] }), 'n0nce', bounds).saw).toBe('could-not-tell');
    expect(seen(0, silent, { end: 'timeout', exit: null }).saw).toBe('could-not-tell');
  });

  test('a driver that cannot work on the control input is silent on every input, and that is told', () => {
    const threw = { ...silent, ended: 'threw', because: 'foo is not a function' };
    expect(seen(0, threw, { input: 'control' })).toMatchObject({
      saw: 'could-not-tell',
      because: expect.stringContaining('not a function'),
    });
    expect(seen(0, threw, { input: 'poc' })).toEqual({ saw: 'quiet' });
  });
});
