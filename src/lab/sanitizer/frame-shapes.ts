import type { LogKind } from './reading.ts';
import { baseName, lastAfter, lastMatch } from './text.ts';

/** One stack frame as some tool prints it. `text` is the symbol with what stands beside it: rules for leaving frames out look at all of it. */
export interface FrameLine {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  /** No symbol: the text (module and offset) is the name. */
  readonly unnamed?: boolean;
  readonly mangled?: boolean;
  /** The name stands after the last slash. */
  readonly path?: boolean;
}

/** The name of the function: without module, parameters, template brackets' square parts, anonymous namespaces. */
export function frameName(text: string): string {
  let name = text
    .replaceAll('non-virtual thunk to ', '')
    .replaceAll('(anonymous namespace)::', '')
    .replaceAll("`anonymous namespace'::", '');
  name = name.slice(name.lastIndexOf('!') + 1);
  const open = name.search(/[([]/);
  return open > 0 ? name.slice(0, open).trim() : name.trim().split(' ')[0]!;
}

/** `0012f2c8 77b8d5cb module!function+0x12` */
export function cdbFrame(line: string): FrameLine | undefined {
  const head = /^[0-9a-zA-Z`]+ [0-9a-zA-Z`]+ [0-9a-zA-Z_]+!/.exec(line)?.[0].length;
  if (head === undefined) return undefined;
  const offset = lastAfter(line, '+', /[xX0-9a-fA-F]/y);
  return offset && offset.index > head ? { text: line.slice(head, offset.index - 1) } : undefined;
}

/** `#1 0x12 in function file:1:2`, `… (module+0x12)`: gdb and every sanitizer. */
export function sanitizerFrame(line: string): FrameLine | undefined {
  const head = /^\s*#\d+\s+[xX0-9a-fA-F]+\s+/.exec(line)?.[0].length;
  if (head === undefined) return undefined;
  if (line.startsWith('in', head)) return placedFrame(line, head) ?? { text: line.slice(head, plusHexEnd(line, head + 2)) };
  if (line[head] !== '(') return undefined;
  const offset = lastAfter(line, '+', /[xX0-9a-fA-F]+\)/y);
  if (offset && offset.index > head) return { text: line.slice(head, offset.index + offset[0].length), unnamed: true };
  const close = line.lastIndexOf(')');
  return close > head ? { text: line.slice(head, close + 1) } : undefined;
}

/** The end of the last `+0x12` from `from` on, or of the line. */
function plusHexEnd(line: string, from: number): number {
  const offset = lastAfter(line, '+', /[xX0-9a-fA-F]+/y);
  return offset && offset.index > from ? offset.index + offset[0].length : line.length;
}

interface Place {
  readonly end: number;
  readonly file?: string;
  readonly line?: number;
  readonly offset?: boolean;
}

/** A symbol followed by a space and a place; a symbol with an offset (`f+0x12 /a.c:1`) is preferred, then the last place. */
function placedFrame(line: string, head: number): FrameLine | undefined {
  let plain: { space: number; place: Place } | undefined;
  for (let space = line.lastIndexOf(' '); space >= head + 2; space = line.lastIndexOf(' ', space - 1)) {
    const offset = endsInOffset(line, head + 2, space);
    if (plain && !offset) continue;
    const place = placeAt(line, space + 1);
    if (!place) continue;
    if (offset) return frameAt(line, head, space, place);
    plain = { space, place };
    if (!line.includes('+')) break;
  }
  return plain && frameAt(line, head, plain.space, plain.place);
}

function frameAt(line: string, head: number, space: number, place: Place): FrameLine {
  const text = line.slice(head, place.end);
  const unnamed = place.offset === true && line.slice(head + 2, space).trim() === '';
  const at = place.file === undefined ? {} : { file: place.file, line: place.line! };
  return { text, ...at, ...(unnamed ? { unnamed } : {}) };
}

function endsInOffset(line: string, from: number, end: number): boolean {
  let at = end;
  while (at > from && /[xX0-9a-fA-F]/.test(line[at - 1]!)) at--;
  return at < end && at > from && line[at - 1] === '+';
}

function placeAt(line: string, at: number): Place | undefined {
  const source = /([^ ]+):(\d+):\d+/y;
  source.lastIndex = at;
  const short = /([^ ]+):(\d+)/y;
  short.lastIndex = at;
  const match = source.exec(line) ?? short.exec(line);
  if (match) return { end: at + match[0].length, file: match[1]!, line: Number(match[2]) };
  return line[at] === '(' ? moduleAt(line, at) : undefined;
}

/** `(module+0x12)` or `(module)`; a module's name may have spaces and parentheses but no plus. */
function moduleAt(line: string, open: number): Place | undefined {
  const plus = line.indexOf('+', open + 1);
  if (plus > open + 1) {
    const offset = /\+[xX0-9a-fA-F]+\)/y;
    offset.lastIndex = plus;
    const match = offset.exec(line);
    if (match) return { end: plus + match[0].length, offset: true };
  }
  const close = line.lastIndexOf(')', plus < 0 ? line.length : plus);
  return close > open + 1 ? { end: close + 1 } : undefined;
}

/** Chromium's own stack dumps on Linux, macOS and Windows. */
export function chromeFrame(line: string): FrameLine | undefined {
  const text = /^ *#[0-9]+ [xX0-9a-fA-F]+ ([^/\\]+)$/.exec(line)?.[1];
  return text === undefined ? undefined : { text };
}

/** `0   Module Name   0x000000010a99b743 _ZN4base5debugEv + 12` */
export function macFrame(line: string): FrameLine | undefined {
  const id = /^\d+\s+/.exec(line)?.[0].length;
  if (id === undefined) return undefined;
  const region = /(?:[\w ]+|\?\?\?\s+[xX0-9a-fA-F]+\s+)/y;
  region.lastIndex = id;
  const words = region.exec(line)?.[0] ?? '';
  const address = lastMatch(words, / [xX0-9a-fA-F]+(?= )/g);
  if (!address || address.index === 0) return undefined;
  const rest = line.slice(id + address.index! + address[0].length).trimStart();
  const slash = rest.search(/[/\\]/);
  const plus = lastMatch(slash < 0 ? rest : rest.slice(0, slash), /\+\s*\d/g);
  return plus && plus.index! > 0 ? { text: rest.slice(0, plus.index), mangled: true } : undefined;
}

/** `function [0x12+34] (file:1)` */
export function windowsFrame(line: string): FrameLine | undefined {
  const slash = line.search(/[/\\]/);
  const limit = slash < 0 ? line.length : slash;
  const offset = / \[[xX0-9a-fA-F]+\+\d+\]/y;
  for (let at = line.lastIndexOf(' [', limit); at > 0; at = line.lastIndexOf(' [', at - 1)) {
    offset.lastIndex = at;
    const match = offset.exec(line);
    if (!match || line.slice(0, at).trim() === '') continue;
    const place = lastMatch(line.slice(at + match[0].length, at + match[0].length + 1024), /:(\d+)\)/g);
    const start = at + match[0].length;
    const hasFile = place && line.startsWith(' (', start);
    return {
      text: line.slice(0, at),
      ...(hasFile ? { file: line.slice(start + 2, start + place.index!), line: Number(place[1]) } : {}),
    };
  }
  return undefined;
}

/** `    at com.example.Class.method(Class.java:12)` */
export function javaFrame(line: string): FrameLine | undefined {
  const head = /^\s*at /.exec(line)?.[0].length;
  const close = line.lastIndexOf(')');
  const open = close < 0 ? -1 : line.lastIndexOf('(', close);
  if (head === undefined || open < head) return undefined;
  return { text: line.slice(head, open) };
}

/** `[<c0667574>] (msm_vidc_prepare_buf+0xa0/0x124)` */
export function kernelFrame(line: string): (FrameLine & { readonly address: string }) | undefined {
  const paren = line.indexOf('(');
  const shape = /\[<([x0-9a-fA-F]+)>\]\s+\(?(\w+)\+\w+\/\w+/y;
  for (let at = line.lastIndexOf('[<', paren < 0 ? line.length : paren); at >= 0; at = at === 0 ? -1 : line.lastIndexOf('[<', at - 1)) {
    shape.lastIndex = at;
    const match = shape.exec(line);
    if (match) return { text: match[2]!, address: `0x${match[1]}` };
  }
  return undefined;
}

export function bareKernelFrame(line: string): FrameLine | undefined {
  const text = /^\(?(\w+)\+\w+\/\w+/.exec(line)?.[1];
  return text === undefined ? undefined : { text };
}

/** Frames of managed languages, each read only in logs of its kind. */
export function scriptFrame(line: string, about: LogKind): FrameLine | undefined {
  return (
    (about.go ? goFrame(line) : undefined) ??
    (about.python ? pythonFrame(line) : undefined) ??
    (about.javascript ? javascriptFrame(line) : undefined) ??
    (about.trusty ? trustyFrame(line) : undefined)
  );
}

function goFrame(line: string): FrameLine | undefined {
  const open = line.endsWith(')') ? line.lastIndexOf('(') : -1;
  if (open < 1 || !/^[x0-9a-f\s,.{}]*$/.test(line.slice(open + 1, -1))) return undefined;
  const text = line.slice(0, open);
  return /^[0-9a-zA-Z.\-_\\/()*]+$/.test(text) ? { text, path: true } : undefined;
}

function pythonFrame(line: string): FrameLine | undefined {
  const match = /^\s*File "([^"]+)", line (\d+), in (.+)$/.exec(line);
  return match ? { text: match[3]!, file: match[1]!, line: Number(match[2]) } : undefined;
}

function javascriptFrame(line: string): FrameLine | undefined {
  const match = /^\s+at (\S+) \(/.exec(line);
  return match && /:\d+:\d+\)/.test(line.slice(match[0].length)) ? { text: match[1]! } : undefined;
}

function trustyFrame(line: string): FrameLine | undefined {
  const text = /^uSP\+[a-zA-Z0-9]{6}: 0x[a-fA-F0-9]{16} in (\w+)/.exec(line)?.[1];
  return text === undefined ? undefined : { text };
}

/** Every fuzz target has the same entry point: its file tells targets apart. */
export function entryByFile(text: string, file: string | undefined): string {
  return file && text.startsWith('LLVMFuzzerTestOneInput') ? text.replace('LLVMFuzzerTestOneInput', () => baseName(file)) : text;
}
