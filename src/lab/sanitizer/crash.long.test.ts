import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import { limits } from '../../base/limits.ts';
import { insist } from '../../base/refusal.ts';
import { type Crash, parseCrash, readCrashSettings, similarStates } from './crash.ts';
import { linesOf } from './lines.ts';
import { startReading } from './reading.ts';
import { usualSettings } from './settings.ts';

interface Case {
  readonly id: string;
  readonly settings: Record<string, unknown>;
  readonly expected: Partial<Crash>;
  readonly log: string;
}

const cases = referenceText('clusterfuzz-stacktraces/cases.jsonl');
const pairs = referenceText('clusterfuzz-stacktraces/similar_state_pairs.json');

describe.skipIf(cases === undefined)('ClusterFuzz’s logs', () => {
  const all = (cases ?? '').trim().split('\n').filter(Boolean);
  test.each(all.map((line) => JSON.parse(line) as Case).map((one) => [one.id, one] as const))('%s', (_, one) => {
    const crash = parseCrash(one.log, insist(readCrashSettings(one.settings)));
    for (const key of ['type', 'address', 'state', 'security'] as const)
      if (key in one.expected) expect.soft(crash[key], key).toEqual(one.expected[key]);
  });
});

test.skipIf(pairs === undefined)('states that are alike', () => {
  const list = JSON.parse(pairs ?? '[]') as { state_a: string; state_b: string; similar: boolean }[];
  expect(list.filter((pair) => similarStates(pair.state_a, pair.state_b) !== pair.similar)).toEqual([]);
});

const overflow = `==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x55 bp 0x7f sp 0x7e
WRITE of size 32 at 0x602000000011 thread T0
    #0 0x10 in __asan_memcpy /llvm/asan.cpp:22:3
    #1 0x11 in parse_string(char const*) /src/json/parse.c:120:9
    #2 0x12 in parse_value /src/json/parse.c:80
    #3 0x13 in LLVMFuzzerTestOneInput /src/fuzz/json_fuzzer.c:12:3
    #4 0x14 in main /llvm/main.cpp:1:1
0x602000000011 is located 0 bytes after 1-byte region
`;

test('a report gives type, address, state, security, severity and frames with their places', () => {
  expect(parseCrash(overflow)).toEqual({
    type: 'Heap-buffer-overflow\nWRITE {*}',
    address: '0x602000000011',
    state: 'parse_string\nparse_value\njson_fuzzer.c\n',
    security: true,
    severity: 'high',
    frames: [
      { function: 'parse_string', file: '/src/json/parse.c', line: 120 },
      { function: 'parse_value', file: '/src/json/parse.c', line: 80 },
      { function: 'json_fuzzer.c', file: '/src/fuzz/json_fuzzer.c', line: 12 },
    ],
  });
});

test('severity: gestures lower it, a write raises it to high at most, the browser process raises it further', () => {
  const read = overflow.replace('WRITE', 'READ');
  const severity = (log: string, settings: object) => parseCrash(log, insist(readCrashSettings(settings))).severity;
  const browser = `${read}    #9 0x9 in content::BrowserMain(int) /c.cc:1:1\n`;
  expect(severity(read, {})).toBe('medium');
  expect(severity(read, { requires_gestures: true })).toBe('low');
  expect(severity(browser, { analyzer: 'sanitizer_generic' })).toBe('medium');
  expect(severity(browser, { analyzer: 'sanitizer_chrome' })).toBe('high');
  expect(severity(browser, { analyzer: 'sanitizer_chrome_compromised_renderer' })).toBe('medium');
  expect(severity(read, { crash_type: 'Heap-use-after-free WRITE 8' })).toBe('high');
  expect(severity(read, { crash_type: 'Direct-leak' })).toBeNull();
  expect(severity(`${read}FuzzerSecurityIssueCritical`, {})).toBe('critical');
});

test('text that tells of no crash has no type', () => {
  expect(parseCrash('all tests passed\n')).toEqual({ type: '', address: '', state: '', security: false, severity: null, frames: [] });
  expect(parseCrash('==1== ERROR: libFuzzer: out-of-memory (used: 2049Mb)\n    #0 0x1 in f /a.c:1:1\n').type).toBe('');
  expect(parseCrash('==1== ERROR: libFuzzer: out-of-memory (used: 2049Mb)\n', { reportOomsAndHangs: true }).type).toBe('Out-of-memory');
});

test('settings that mean nothing are refused', () => {
  expect(readCrashSettings([])).toMatchObject({ code: 'malformed' });
  expect(readCrashSettings({ analyzer: 'of tea leaves' })).toMatchObject({ code: 'unsupported' });
  expect(readCrashSettings({ stack_frame_ignore_regexes: ['('] })).toMatchObject({ code: 'malformed' });
});

const pieces = fc.constantFrom(
  '==1==ERROR: AddressSanitizer: ',
  'SEGV on unknown address 0x0',
  ' on address 0x12 ',
  '\n',
  '    #0 0x1 in ',
  ' (lib+0x1)',
  '/a.c:1:2',
  'ERROR: ',
  ': runtime error: ',
  '0   a b 0x1 _ZN1aIS_S_E',
  ' + 1',
  '# Fatal error in ',
  'Abort message: ',
  'BUG: KASAN: ',
  '[',
  ']',
  '.go:',
  '.py", line',
  '\u2028',
);

test('no log makes it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 40 }), (parts) => {
      const { type, state } = parseCrash(parts.join(''), { reportOomsAndHangs: true, detectV8RuntimeErrors: true });
      expect(typeof type).toBe('string');
      expect(state === '' || state === 'NULL' || state.endsWith('\n')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

// A pattern whose cost grows with the square of a line would take minutes for a mebibyte, not seconds.
test.each([
  ' ',
  '(',
  ' (',
  '[',
  ':',
  '/',
  '+0x1',
  'ERROR: ',
  ' on ',
  ' failed:',
  'panic: ',
  '#0 0x1 in ',
  'BUG: KASAN: ',
  '  a.',
  '==1== ',
  '\n',
])(
  'a mebibyte of %j ends',
  (unit) => {
    for (const head of ['', '==1==ERROR: AddressSanitizer: stack-overflow on address 0x1\n    #0 0x1 in f']) {
      const log = (head + unit.repeat(1024 * 1024)).slice(0, 1024 * 1024);
      expect(typeof parseCrash(log).type).toBe('string');
    }
  },
  30_000,
);

test('a line is read to its limit', () => {
  const { about } = startReading('', usualSettings);
  const read = (chars: number) => linesOf('x'.repeat(chars), about).map((line) => line.length);
  expect(read(limits.crashLineChars)).toEqual([limits.crashLineChars]);
  expect(read(limits.crashLineChars + 1)).toEqual([limits.crashLineChars]);
});

test('a log is read to its limit of lines', () => {
  const { about } = startReading('', usualSettings);
  expect(linesOf('x\n'.repeat(limits.crashLines), about)).toHaveLength(limits.crashLines);
  expect(linesOf('x\n'.repeat(limits.crashLines + 1), about)).toHaveLength(limits.crashLines);
});

test('so many frames are kept, and no more', () => {
  const head = '==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x55 bp 0x7f sp 0x7e\n';
  const framesOf = (count: number) =>
    parseCrash(head + Array.from({ length: count }, (_, i) => `    #${i} 0x10 in f${i} /src/a.c:1:1`).join('\n')).frames.length;
  expect(framesOf(limits.crashFrames)).toBe(limits.crashFrames);
  expect(framesOf(limits.crashFrames + 1)).toBe(limits.crashFrames);
});

test('two states are compared to the limits of lines and characters, and what comes after counts for nothing', () => {
  const distinct = (n: number, mark: string) => Array.from({ length: n }, (_, i) => mark.repeat(3) + i);
  // Two frames in common make states alike: here the second stands on the last line compared, or on the next.
  const common = (lines: number) => [...distinct(lines - 2, 'a'), 'same_one', 'same_two', ''].join('\n') + distinct(4, 'c').join('\n');
  const other = (lines: number) => [...distinct(lines - 2, 'b'), 'same_one', 'same_two', ''].join('\n') + distinct(4, 'd').join('\n');
  expect(similarStates(common(limits.stateLines), other(limits.stateLines))).toBe(true);
  expect(similarStates(common(limits.stateLines + 1), other(limits.stateLines + 1))).toBe(false);
  const long = (tail: string, chars: number) => ['x', 'y'].map((c) => c.repeat(chars) + tail).join('\n');
  expect(similarStates(long('a'.repeat(600), limits.stateLineChars), long('b'.repeat(600), limits.stateLineChars))).toBe(true);
  expect(similarStates(long('a'.repeat(600), 1), long('b'.repeat(600), 1))).toBe(false);
});
