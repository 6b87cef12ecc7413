import { describe, expect, test } from 'vitest';
import { seccompFilter } from './filter.ts';
import { architectures } from './syscalls.ts';

const allow = 0x7fff0000;
const kill = 0x80000000;
const errno = (n: number) => 0x00050000 | n;

/** A classic BPF interpreter for the five opcodes in use: the kernel's view of our bytes. */
function judge(filter: Buffer, audit: number, nr: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((arg, i) => {
    data.writeUInt32LE(arg >>> 0, 16 + 8 * i);
  });
  let a = 0;
  for (let i = 0; i < filter.length / 8; i++) {
    const [code, jt, jf, k] = [filter.readUInt16LE(i * 8), filter[i * 8 + 2]!, filter[i * 8 + 3]!, filter.readUInt32LE(i * 8 + 4)];
    if (code === 0x20) a = data.readUInt32LE(k);
    else if (code === 0x06) return k;
    else if (code === 0x15) i += a === k ? jt : jf;
    else if (code === 0x35) i += a >= k ? jt : jf;
    else if (code === 0x45) i += (a & k) !== 0 ? jt : jf;
    else throw new Error(`opcode ${code}`);
  }
  throw new Error('ran off the end');
}

describe.each(['x64', 'arm64'])('seccomp filter on %s', (arch) => {
  const { audit, numbers } = architectures[arch]!;
  const poc = seccompFilter(arch, { debuggers: false })!;
  const build = seccompFilter(arch, { debuggers: true })!;

  test('kills a foreign architecture and hides system calls nobody has judged', () => {
    expect(judge(poc, 0x40000003, 1)).toBe(kill);
    expect(judge(poc, audit, 462)).toBe(allow);
    expect(judge(poc, audit, 463)).toBe(errno(38));
  });

  test('refuses namespaces, keys, mounts and debuggers; a build may debug', () => {
    for (const name of ['unshare', 'setns', 'keyctl', 'mount', 'bpf', 'ptrace', 'userfaultfd', 'perf_event_open'])
      expect([name, judge(poc, audit, numbers[name]!)]).toEqual([name, errno(1)]);
    expect(judge(build, audit, numbers.ptrace!)).toBe(allow);
    expect(judge(build, audit, numbers.keyctl!)).toBe(errno(1));
  });

  test('io_uring and clone3 do not exist', () => {
    for (const name of ['io_uring_setup', 'clone3']) expect(judge(poc, audit, numbers[name]!)).toBe(errno(38));
  });

  test('judges clone, socket, ioctl and personality by their arguments', () => {
    expect(judge(poc, audit, numbers.clone!, [0x11])).toBe(allow);
    expect(judge(poc, audit, numbers.clone!, [0x10000011])).toBe(errno(1));
    expect([1, 2, 10, 16, 17, 38, 40].map((family) => judge(poc, audit, numbers.socket!, [family]))).toEqual([
      allow,
      allow,
      allow,
      errno(97),
      errno(97),
      errno(97),
      errno(97),
    ]);
    expect(judge(poc, audit, numbers.ioctl!, [0, 0x5412])).toBe(errno(1));
    expect(judge(poc, audit, numbers.ioctl!, [0, 0x5401])).toBe(allow);
    expect([0, 0x40000, 0xffffffff, 0x400000].map((p) => judge(poc, audit, numbers.personality!, [p]))).toEqual([
      allow,
      allow,
      allow,
      errno(1),
    ]);
  });
});

test('x32 calls do not exist on x64, and an unknown architecture has no filter', () => {
  expect(judge(seccompFilter('x64', { debuggers: true })!, architectures.x64!.audit, 0x40000000 + 101)).toBe(errno(38));
  expect(seccompFilter('riscv64', { debuggers: false })).toBeUndefined();
});
