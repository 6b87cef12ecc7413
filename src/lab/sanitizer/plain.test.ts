import { expect, test } from 'vitest';
import { parseCrash } from './crash.ts';

/** Reports in their tools' own forms (gcc 12, clang 14, go 1.25, rustc 1.9x, OpenJDK 17, CPython 3.11, Node.js 20, gdb 13, Valgrind 3.19). */
function lines(...list: string[]): string {
  return `${list.join('\n')}\n`;
}

const race = lines(
  '==================',
  'WARNING: ThreadSanitizer: data race (pid=29209)',
  '  Write of size 4 at 0x5612986676e8 by main thread:',
  '    #0 count_up(char const*, int) /src/count.cc:43:59 (count+0xd5115) (BuildId: b0d78416)',
  '    #1 drive_all /src/count.cc:76:36 (count+0xd5c20) (BuildId: b0d78416)',
  '',
  '  Previous write of size 4 at 0x5612986676e8 by thread T1:',
  '    #0 other_side(void*) /src/count.cc:16:28 (count+0xd4694) (BuildId: b0d78416)',
);

test('a ThreadSanitizer race has the state of its first stack, though its frames have no address', () => {
  expect(parseCrash(race)).toMatchObject({
    type: 'Data race\nWRITE 4',
    state: 'count_up\ndrive_all\n',
    security: false,
    frames: [
      { function: 'count_up', file: '/src/count.cc', line: 43 },
      { function: 'drive_all', file: '/src/count.cc', line: 76 },
    ],
  });
});

test.each([
  [
    'gdb, a thread',
    lines(
      'Thread 2 "worker" received signal SIGSEGV, Segmentation fault.',
      '[Switching to Thread 0x7ffff7d8a6c0 (LWP 12)]',
      '#0  take_item (p=0x0, i=0) at queue.c:13',
      '#1  0x000055555555687b in run_queue (m=0x7fff "x", n=0) at queue.c:31',
      '#2  0x00005555555574a0 in main (c=2, v=0x7ffe) at queue.c:76',
    ),
    'SIGSEGV',
    'take_item\nrun_queue\n',
  ],
  [
    'gdb, a core file',
    lines('Program terminated with signal SIGABRT, Aborted.', '#0  0x1 in read_all () at a.c:1', '#1  0x2 in next_one () at a.c:2'),
    'SIGABRT',
    'read_all\nnext_one\n',
  ],
  [
    'gdb, a backtrace alone',
    lines(
      '#0  __GI_raise (sig=sig@entry=6) at ../sysdeps/unix/sysv/linux/raise.c:50',
      '#1  0x00007ffff7d6c859 in __GI_abort () at abort.c:79',
      '#2  0x000055555555687b in check_page (page=<optimized out>) at page.c:31',
    ),
    'SIGABRT',
    'check_page\n',
  ],
  [
    'lldb',
    lines(
      "* thread #1, queue = 'com.apple.main-thread', stop reason = EXC_BAD_ACCESS (code=1, address=0x0)",
      '  * frame #0: 0x0000000100003f80 viewer`draw_page(page=0x0) at draw.c:12:10',
      '    frame #1: 0x0000000100003f90 viewer`show_all at draw.c:40:3 [opt]',
      '    frame #2: 0x00007fff2041df3d libdyld.dylib`start + 1',
    ),
    'Null-dereference',
    'draw_page\nshow_all\nstart\n',
  ],
  [
    'WinDbg',
    lines(
      '(1a2c.2f4): Access violation - code c0000005 (first chance)',
      ' # Child-SP          RetAddr               Call Site',
      '00 00000000`0012f2c8 00007ff6`1a2b3c4d viewer!Parser::readTag+0x12',
      '01 00000000`0012f2d8 00007ff6`1a2b3c5d viewer!Parser::readAll+0x22',
    ),
    'UNKNOWN',
    'Parser::readTag\nParser::readAll\n',
  ],
  [
    'honggfuzz',
    lines(
      'ORIG_FNAME: input-1',
      'SIGNAL: SIGSEGV (11)',
      'STACK:',
      ' <0x0000563f5a0e1b16> [func:parse_header file:/src/p.c line:12 module:/out/p]',
      ' <0x0000563f5a0e1c16> [func:parse_all file:/src/p.c line:40 module:/out/p]',
    ),
    'SIGSEGV',
    'parse_header\nparse_all\n',
  ],
  [
    'Valgrind',
    lines(
      '==30511== Invalid write of size 1',
      '==30511==    at 0x10A47A: put_char(char*, int) (put.cc:14)',
      '==30511==    by 0x10A625: put_all(char const*, int) (put.cc:23)',
      '==30511==    by 0x10B49F: main (put.cc:76)',
      "==30511==  Address 0x4d6fc8c is 2 bytes after a block of size 10 alloc'd",
      '==30511==    at 0x48417B4: malloc (in /usr/lib/vgpreload_memcheck.so)',
      '==30511==    by 0x10A604: make_block(char const*, int) (put.cc:23)',
    ),
    'Invalid-access\nWRITE 1',
    'put_char\nput_all\n',
  ],
  ['glibc', 'free(): double free detected in tcache 2\nAborted (core dumped)\n', 'Heap-double-free', 'NULL'],
  ['a stack guard', '*** stack smashing detected ***: terminated\n', 'Stack-buffer-overflow', 'NULL'],
  [
    'an exception of C++',
    "terminate called after throwing an instance of 'std::runtime_error'\n  what():  bad thing 123\n",
    'Uncaught exception',
    'std::runtime_error\n',
  ],
  [
    'Rust since 1.73',
    lines(
      "thread 'main' (2367) panicked at src/lib.rs:1:38:",
      'index out of bounds: the len is 3 but the index is 7',
      'stack backtrace:',
      '   0: __rustc::rust_begin_unwind',
      '             at /rustc/59807616e1/library/std/src/panicking.rs:689:5',
      '   1: core::panicking::panic_fmt',
      '   2: core::panicking::panic_bounds_check',
      '   3: reader::take::h0123456789abcdef',
      '             at ./src/lib.rs:1:38',
      '   4: reader::take_all',
    ),
    'ASSERT',
    'index out of bounds: the len is 3 but the index is 7\nreader::take\nreader::take_all\n',
  ],
  [
    'a race of Go',
    lines(
      '==================',
      'WARNING: DATA RACE',
      'Read at 0x00c000094038 by goroutine 8:',
      '  example.org/count.(*Counter).Add()',
      '      /src/count.go:15 +0x33',
      '',
      'Previous write at 0x00c000094038 by main goroutine:',
      '  example.org/count.Run()',
      '      /src/count.go:15 +0x3ac',
    ),
    'Data race',
    'count.(*Counter).Add\n',
  ],
  [
    'Python',
    lines(
      'Traceback (most recent call last):',
      '  File "/src/run.py", line 5, in <module>',
      '    read_all({})',
      '  File "/src/run.py", line 2, in read_all',
      '    return read_one(x)',
      '           ^^^^^^^^^^^',
      '  File "/src/one.py", line 3, in read_one',
      "    return x['k']",
      "KeyError: 'k'",
    ),
    'Uncaught exception',
    'read_one\nread_all\n',
  ],
  [
    'Python, its interpreter',
    lines(
      'Fatal Python error: Segmentation fault',
      '',
      'Current thread 0x00007f83b7ddcb80 (most recent call first):',
      '  File "/lib/ctypes/__init__.py", line 519 in string_at',
    ),
    'Fatal error',
    'Segmentation fault\nstring_at\n',
  ],
  [
    'Java',
    lines(
      'Exception in thread "main" java.lang.ArrayIndexOutOfBoundsException: Index 7 out of bounds for length 3',
      '\tat org.example.Reader.next(Reader.java:1)',
      '\tat org.example.Reader.all(Reader.java:3)',
    ),
    'Uncaught exception',
    'org.example.Reader.next\norg.example.Reader.all\n',
  ],
  [
    'Java, its machine',
    lines(
      '# A fatal error has been detected by the Java Runtime Environment:',
      '#',
      '#  SIGSEGV (0xb) at pc=0x00007f3c2c0a1b16, pid=12, tid=13',
      '#',
      'C  [libreader.so+0x1b16]  read_block+0x16',
      'C  [libreader.so+0x1c16]  read_all+0x26',
    ),
    'SIGSEGV',
    'read_block\nread_all\n',
  ],
  [
    'Node.js',
    lines(
      '/src/run.js:1',
      'function readOne(x) { return x.a.b; }',
      '',
      "TypeError: Cannot read properties of undefined (reading 'b')",
      '    at readOne (/src/run.js:1:28)',
      '    at Object.readAll (/src/run.js:2:25)',
      '    at Module._compile (node:internal/modules/cjs/loader:1521:14)',
      '',
      'Node.js v20.20.2',
    ),
    'Uncaught exception',
    'readOne\nObject.readAll\n',
  ],
  ['Swift', lines('Swift/ContiguousArrayBuffer.swift:600: Fatal error: Index out of range'), 'Fatal error', 'Index out of range\n'],
  [
    'a kernel with KASAN, its console stamped',
    lines(
      '[   52.104216][ T4321] ==================================================================',
      '[   52.104711][ T4321] BUG: KASAN: slab-use-after-free in queue_pop+0x12/0x340 net/queue.c:12',
      '[   52.105216][ T4321] Read of size 8 at addr ffff888012345678 by task runner/4321',
      '[   52.105816][ T4321] Call Trace:',
      '[   52.105916][ T4321]  <TASK>',
      '[   52.106016][ T4321]  dump_stack_lvl+0xd9/0x150 lib/dump_stack.c:106',
      '[   52.106116][ T4321]  print_report+0xc1/0x5e0 mm/kasan/report.c:475',
      '[   52.106216][ T4321]  kasan_report+0xc0/0xf0 mm/kasan/report.c:588',
      '[   52.106316][ T4321]  queue_pop+0x12/0x340 net/queue.c:12',
      '[   52.106416][ T4321]  ? queue_peek+0x10/0x20',
      '[   52.106516][ T4321]  queue_drain+0x32/0x60 net/queue.c:40',
    ),
    'Kernel failure\nSlab-use-after-free\nREAD 8',
    'queue_pop\nqueue_drain\n',
  ],
  [
    'a kernel that went through null',
    lines(
      '[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000008',
      '[   12.345679] #PF: supervisor read access in kernel mode',
      '[   12.345680] RIP: 0010:queue_pop+0x12/0x340',
      '[   12.345681] Call Trace:',
      '[   12.345682]  queue_drain+0x32/0x60',
    ),
    'Kernel failure\nNull-ptr-deref',
    'queue_pop\nqueue_drain\n',
  ],
  [
    'a kernel with KCSAN',
    lines(
      'BUG: KCSAN: data-race in queue_pop / queue_push',
      '',
      'write to 0xffff888012345678 of 8 bytes by task 12 on cpu 0:',
      ' queue_pop+0x12/0x340',
    ),
    'Kernel failure\nData-race',
    'queue_pop\n',
  ],
])('%s', (_, log, type, state) => {
  expect(parseCrash(log)).toMatchObject({ type, state });
});

test('progress of libFuzzer is no stack, and a target’s name is better than none', () => {
  const log = lines(
    '#2\tINITED cov: 4 ft: 5 corp: 1/1b',
    '#3\tNEW    cov: 5 ft: 6 corp: 2/2b lim: 4 exec/s: 0 rss: 26Mb L: 1/1 MS: 1 ChangeByte-',
    '==1==ERROR: libFuzzer: fuzz target exited',
  );
  expect(parseCrash(log)).toMatchObject({ type: 'Unexpected-exit', state: 'NULL' });
  expect(parseCrash(race, { fuzzTarget: 'count_fuzzer' })).toMatchObject({ state: 'count_fuzzer\n' });
});

test('what a program prints of itself is no report', () => {
  for (const line of [
    'Caught: TypeError: x is not a function',
    'I said: Traceback (most recent call last):',
    'the tests of WARNING: DATA RACE passed',
    'RangeError: r',
  ])
    expect(parseCrash(`${line}\n    at readOne (/src/run.js:1:28)\n`).type).toBe('');
});

test('a time or memory limit that is not to be reported hides what the log says besides', () => {
  const besides = 'Traceback (most recent call last):\n  File "/src/a.py", line 1, in read_all\nKeyError: 1\n';
  expect(parseCrash(`${besides}==1== ERROR: libFuzzer: timeout after 25 seconds\n`).type).toBe('');
  expect(parseCrash(`[    1.000000] Kernel panic - not syncing: Out of memory. Dying.\n`).type).toBe('');
});
