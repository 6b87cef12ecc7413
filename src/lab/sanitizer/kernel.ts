import { type Reading, restart, setType } from './reading.ts';
import { capitalise, inOrder, lastAfter, lastMatch } from './text.ts';

/** Linux and Android kernels: oops, panic, BUG, and the kernel's AddressSanitizer. */

/** Status bits of the ARM fault status register, short-descriptor format. */
const faults: Readonly<Record<number, string>> = {
  1: 'Alignment Fault',
  3: 'Access Flag Fault, Section',
  4: 'Instruction Cache Maintenance Fault',
  5: 'Translation Fault, Section',
  6: 'Access Flag Fault, Page',
  7: 'Translation Fault, Page',
  9: 'Domain Fault, Section',
  11: 'Domain Fault, Page',
  12: 'L1 Translation',
  13: 'Permission Fault, Section',
  14: 'L2 Translation',
  15: 'Permissions Fault, Page',
};

function faultOf(code: string): string {
  if (!/^[0-9a-fA-F]{1,16}$/.test(code)) return 'BUG';
  const value = BigInt(`0x${code}`);
  const access = (value & 0x800n) === 0n ? 'READ' : 'WRITE';
  return `Kernel failure\n${access} ${faults[Number(value & 15n)] ?? 'Unknown'} (${value})`;
}

export function readKernel(line: string, r: Reading): void {
  if (!r.about.kasan) {
    const oops = lastAfter(line, 'Internal error: ', /(?:Oops)?(?: -|:) (BUG|[0-9a-fA-F]+)/y)?.[1];
    if (oops !== undefined) setKernelType(r, faultOf(oops), true);
    const panic = restOf(line, 'Kernel panic - not syncing: ');
    if (panic !== undefined) setKernelType(r, `Kernel failure\n${panic.replaceAll(' ', '-')}`, true);
  }
  const bug = restOf(line, 'kernel BUG at ');
  if (bug !== undefined) setKernelType(r, kasanType(bug));
  readKasan(line, r);
}

function setKernelType(r: Reading, type: string, anew = false): void {
  if (anew) restart(r);
  setType(r, 'Kernel failure');
  setType(r, type.trim());
}

function restOf(line: string, head: string): string | undefined {
  return line.startsWith(head) ? line.slice(head.length) : undefined;
}

function kasanType(said: string): string {
  return `Kernel failure\n${capitalise(said.replaceAll(' ', '-'))}`;
}

function readKasan(line: string, r: Reading): void {
  const said = restOf(line, 'BUG: KASAN: ');
  if (said !== undefined) {
    const at = lastMatch(said, /(?:addr|address) ([a-f0-9]+)/g);
    const withAddress = at && beforePlace(said, at.index!);
    if (withAddress !== undefined) {
      setKernelType(r, kasanType(withAddress));
      r.address = `0x${at![1]}`;
    }
  }
  const range = /^KASAN: (.*?) (?:in|on) range \[([a-z0-9]+)-[a-z0-9]+\]/.exec(line);
  if (range) {
    setKernelType(r, kasanType(range[1]!));
    r.address = range[2]!;
  }
  if (said !== undefined) {
    const symbol = lastMatch(said, / \w+\+\w+\/\w+/g);
    const inFunction = symbol && beforePlace(said, symbol.index!);
    if (inFunction !== undefined) setKernelType(r, kasanType(inFunction));
  }
  if (line.startsWith('general protection fault:') && inOrder(line, 'general protection fault:', 'KASAN'))
    setType(r, 'Kernel failure\nGeneral-protection-fault');
}

/** `use-after-free in …` → `use-after-free`, looking only before `end`. */
function beforePlace(said: string, end: number): string | undefined {
  const head = said.slice(0, end);
  const at = Math.max(head.lastIndexOf(' in'), head.lastIndexOf(' on'));
  return at < 0 ? undefined : said.slice(0, at);
}

/** KASAN tells the access on a line of its own. */
export function readKasanAccess(line: string, r: Reading): void {
  if (!r.type.startsWith('Kernel failure')) return;
  const access = /^(Read|Write) of size ([0-9]+)(?: at (?:addr|address) ([a-f0-9]+))?/.exec(line);
  if (!access) return;
  if (access[3] !== undefined && r.address === '') r.address = `0x${access[3]}`;
  r.type += `\n${access[1]!.toUpperCase()} ${access[2]}`;
}
