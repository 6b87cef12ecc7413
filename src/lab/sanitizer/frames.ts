import { limits } from '../../base/limits.ts';
import { demangle } from './demangle.ts';
import {
  bareKernelFrame,
  cdbFrame,
  chromeFrame,
  entryByFile,
  type FrameLine,
  frameName,
  javaFrame,
  kernelFrame,
  macFrame,
  sanitizerFrame,
  scriptFrame,
  windowsFrame,
} from './frame-shapes.ts';
import { isIgnoredFrame } from './ignored-frames.ts';
import { type Reading, stateFrames } from './reading.ts';

/** ART's own frames differ from run to run of one JNI error. */
export const jniError = 'JNI DETECTED ERROR IN APPLICATION:';

const javaStacks: ReadonlySet<string> = new Set(['CHECK failure', 'Fatal Exception', 'Uncaught exception', 'Security exception']);

export function readFrame(line: string, r: Reading, custom: readonly RegExp[]): void {
  const native = cdbFrame(line) ?? sanitizerFrame(line) ?? chromeFrame(line) ?? macFrame(line) ?? windowsFrame(line);
  if (native) {
    const text = unwrap(native.text.trim());
    addFrame(r, native, entryByFile(native.mangled ? demangle(text) : text, native.file), custom);
    return;
  }
  if (r.javaException && javaStacks.has(r.type)) {
    const frame = javaFrame(line);
    if (frame) addFrame(r, frame, unwrap(frame.text.trim()), custom);
    return;
  }
  const kernel = kernelFrame(line);
  if (kernel) {
    addFrame(r, kernel, kernel.text, custom);
    if (r.frameCount === 1 && !r.about.kasan) r.address = kernel.address;
    return;
  }
  const metadata = /^#\s*V8 correctness ((?:configs|sources|suppression): .*)/.exec(line)?.[1];
  if (metadata !== undefined) {
    addFrame(r, { text: metadata, unnamed: true }, metadata.trim(), custom);
    return;
  }
  const frame = bareKernelFrame(line) ?? scriptFrame(line, r.about);
  if (frame) addFrame(r, frame, unwrap(frame.text.trim()), custom);
}

/** Sanitizers write `in f`, and `(module)` where there is no function. */
function unwrap(text: string): string {
  if (text.startsWith('in ')) return text.slice(3);
  return text.startsWith('(') && text.endsWith(')') && text.length > 1 ? text.slice(1, -1) : text;
}

export function addFrame(r: Reading, frame: FrameLine, text: string, custom: readonly RegExp[]): void {
  if (isIgnoredFrame(text, r.settings.symbolized, custom)) return;
  const name = frame.unnamed ? text : frame.path ? text.slice(text.lastIndexOf('/') + 1) : frameName(text);
  r.names.push(name);
  if (r.frames.length < limits.crashFrames)
    r.frames.push({ function: name, ...(frame.file === undefined ? {} : { file: frame.file, line: frame.line! }) });
  if (r.frameCount >= stateFrames) return;
  r.state += `${name}\n`;
  r.frameCount += 1;
}

const longestCycle = 10;
const repeats = 3;

/** A stack overflow's state is its cycle, found as soon as one repeats three times, not where the stack happened to end. */
export function settleOverflow(r: Reading): void {
  if (r.type !== 'Stack-overflow') return;
  const names = r.names;
  for (let from = 0; from < names.length; from++) {
    for (let length = 1; length <= longestCycle && from + repeats * length < names.length; length++) {
      if (!isCycle(names, from, length)) continue;
      r.state = `${names.slice(from, from + Math.min(length, stateFrames)).join('\n')}\n`;
      return;
    }
  }
}

function isCycle(names: readonly string[], from: number, length: number): boolean {
  for (let i = from; i < from + (repeats - 1) * length; i++) if (names[i] !== names[i + length]) return false;
  return true;
}
