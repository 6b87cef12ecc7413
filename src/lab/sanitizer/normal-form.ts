import { jniError } from './frames.ts';
import type { Reading } from './reading.ts';
import { addressValue } from './text.ts';

/** Brings what was read into the form that is the same for every tool and every run: this is what duplicates are found by. */

const lineChars = 80;
const largestSize = 16;
const nullPage = 0x1000n;

/** These differ in stack from run to run; the target is all that is stable about them. */
const byTarget: ReadonlySet<string> = new Set(['Out-of-memory', 'Timeout', 'Overwrites-const-input']);

export function isNullPage(address: string): boolean {
  return addressValue(address) < nullPage;
}

export function normalise(r: Reading): void {
  r.state = stateOf(r);
  r.type = sizedType(r.type);
  if (r.address.startsWith('0x0000') && r.address.length === 18) r.address = `0x${r.address.slice(6)}`;
  if (r.address !== '' && r.type.startsWith('UNKNOWN') && isNullPage(r.address)) r.type = r.type.replaceAll('UNKNOWN', 'Null-dereference');
}

function stateOf(r: Reading): string {
  let state = r.state.replace(/[^\x20-\x7e\t\n\v\f\r]/g, '').replaceAll(jniError, 'JNI:');
  if (r.settings.symbolized) {
    // The metadata of V8's correctness fuzzer are numbers.
    if (r.type !== 'V8 correctness failure') state = withoutNumbers(state);
    const lines = state.split('\n');
    if (lines.at(-1) === '') lines.pop();
    state = lines.map((line) => `${line.startsWith('Bad-cast') ? line : line.slice(0, lineChars)}\n`).join('');
  }
  if (r.type !== '' && state.trim() === '') state = r.processName || r.settings.fuzzTarget || 'NULL';
  if (r.settings.fuzzTarget && byTarget.has(r.type)) state = r.settings.fuzzTarget;
  return state === '' || state === 'NULL' || state.endsWith('\n') ? state : `${state}\n`;
}

/** Addresses and numbers differ from run to run; line numbers (`a.cc:12`) and versions in names (`lib-1.0.so`) do not. */
function withoutNumbers(state: string): string {
  return state
    .replace(/\+0x[0-9a-fA-F]+\n/g, '\n')
    .replace(/0x[a-fA-F0-9]{4,}U*/g, 'ADDRESS')
    .replace(/(?<![:0-9.])(?:[0-9.]{4,}|(?<= )[0-9]{2,}|(?<=[@#])[0-9]+)(?![A-Za-z0-9.])/g, 'NUMBER');
}

function sizedType(type: string): string {
  const size = /[0-9]+/.exec(type);
  if (!size || size.index === 0) return type;
  const small = size[0].replace(/^0+(?=[0-9])/, '');
  const shown = small.length > 2 || Number(small) > largestSize ? '{*}' : small;
  return type.slice(0, size.index) + shown + type.slice(size.index + size[0].length);
}
