import { absent, architectures, debugging, judged, lastKnownSyscall } from './syscalls.ts';

/** One classic BPF instruction (linux/filter.h): opcode, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, jt: number, jf: number, k: number];
type Block = readonly Instruction[];

/** struct seccomp_data: number at 0, architecture at 4, arguments from 16, 8 bytes each, low word first on both our architectures. */
const offset = { number: 0, architecture: 4, argument: 16 } as const;
const load = (at: number): Instruction => [0x20, 0, 0, at];
const ret = (action: number): Instruction => [0x06, 0, 0, action];

const allow = ret(0x7fff0000);
const kill = ret(0x80000000);
const fail = (errno: number): Instruction => ret(0x00050000 | errno);
const eperm = fail(1);
const enosys = fail(38);
const eafnosupport = fail(97);

const equals = (k: number, then: Block): Block => [[0x15, 0, then.length, k], ...then];
const differs = (k: number, then: Block): Block => [[0x15, then.length, 0, k], ...then];
const atLeast = (k: number, then: Block): Block => [[0x35, 0, then.length, k], ...then];
const anyBit = (k: number, then: Block): Block => [[0x45, 0, then.length, k], ...then];

/** Every CLONE_NEW* that clone() can take; CLONE_NEWTIME only exists for clone3 and unshare. */
const newNamespaces = 0x7e020000;
const firstX32 = 0x40000000;

const judgements: Record<(typeof judged)[number], Block> = {
  clone: [load(offset.argument), ...anyBit(newNamespaces, [eperm]), allow],
  // AF_UNIX, AF_INET, AF_INET6. Not AF_VSOCK: it ignores the network namespace and reaches the hypervisor.
  socket: [load(offset.argument), ...[1, 2, 10].flatMap((family) => equals(family, [allow])), eafnosupport],
  socketpair: [load(offset.argument), ...equals(1, [allow]), eafnosupport],
  // TIOCSTI and TIOCLINUX type into the terminal of whoever started us; TIOCSETD loads kernel modules.
  ioctl: [load(offset.argument + 8), ...[0x5412, 0x541c, 0x5423].flatMap((request) => equals(request, [eperm])), allow],
  // Ordinary, ADDR_NO_RANDOMIZE, or only asking.
  personality: [load(offset.argument), ...[0, 0x40000, 0xffffffff].flatMap((persona) => equals(persona, [allow])), eperm],
};

/** The filter as `bwrap --seccomp` reads it. Undefined on an architecture whose table was never written: the box is then not usable. */
export function seccompFilter(arch: string, options: { readonly debuggers: boolean }): Buffer | undefined {
  const architecture = architectures[arch];
  if (!architecture) return undefined;
  const { audit, numbers } = architecture;
  const special = new Set<string>([...absent, ...judged, ...(options.debuggers ? debugging : [])]);
  const refused = Object.keys(numbers).filter((name) => !special.has(name));
  const program: Block = [
    load(offset.architecture),
    ...differs(audit, [kill]),
    load(offset.number),
    ...(arch === 'x64' ? atLeast(firstX32, [enosys]) : []),
    ...atLeast(lastKnownSyscall + 1, [enosys]),
    ...judged.flatMap((name) => equals(numbers[name]!, judgements[name])),
    ...absent.flatMap((name) => equals(numbers[name]!, [enosys])),
    ...refused.flatMap((name) => equals(numbers[name]!, [eperm])),
    allow,
  ];
  return encode(program);
}

function encode(program: Block): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, jt, jf, k], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(jt, i * 8 + 2);
    bytes.writeUInt8(jf, i * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, i * 8 + 4);
  });
  return bytes;
}
