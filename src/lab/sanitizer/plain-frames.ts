import { bareKernelFrame, type FrameLine, javaFrame, sanitizerFrame } from './frame-shapes.ts';

/** Stack frames in forms that ClusterFuzz has no rules for: read only where its rules find no frame. */

/**
 * `#0 f(int) /a.cc:1:2 (m+0x1)` as ThreadSanitizer, `#0  f (a=1) at a.c:1` as gdb: no address. libFuzzer numbers its progress in the same
 * way (`#2 INITED cov: 1`), so that there must be a place.
 */
export function bareFrame(line: string): FrameLine | undefined {
  const id = /^\s*#\d+\s+/.exec(line)?.[0];
  if (id === undefined || /^(?:0x|\()/.test(line.slice(id.length))) return undefined;
  const text = line.slice(id.length).replace(/ \(BuildId: [0-9a-f]+\)$/, '');
  if (!/(?:\+0x[0-9a-f]+\)|:\d+)$/.test(text)) return undefined;
  return sanitizerFrame(`${id}0x0 in ${text.replace(/(:\d+) \([^()]*\)$/, '$1').replace(' <null> ', ' ')}`);
}

/** `==1==    by 0x10A625: run(char const*) (c.cc:23)` */
function valgrindFrame(line: string): FrameLine | undefined {
  const text = /^==\d+==\s+(?:at|by) 0x[0-9A-F]+: (.+)$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  const place = /\(([^():]+):(\d+)\)$/.exec(text);
  return place ? { text, file: place[1]!, line: Number(place[2]) } : { text };
}

function pythonFrame(line: string): FrameLine | undefined {
  const match = /^\s*File "([^"]+)", line (\d+),? in (.+)$/.exec(line);
  return match ? { text: match[3]!, file: match[1]!, line: Number(match[2]) } : undefined;
}

/** `   4: core::panicking::panic::h0123456789abcdef` */
function rustFrame(line: string): FrameLine | undefined {
  const text = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?([\w<>:$.{}&' ]+)$/.exec(line)?.[1];
  return text === undefined ? undefined : { text: text.replace(/::h[0-9a-f]{16}$/, '') };
}

function goFrame(line: string): FrameLine | undefined {
  const open = line.endsWith(')') ? line.indexOf('(', line.lastIndexOf('/') + 1) : -1;
  const text = open < 0 ? '' : line.slice(0, line.lastIndexOf('('));
  return /^\s+[\w.\-/()*]+$/.test(text) && text.includes('.') ? { text: text.trim(), path: true } : undefined;
}

/** `frame #0: 0x1 module`f(int) at a.c:1:2` */
function lldbFrame(line: string): FrameLine | undefined {
  const text = /^\s*(?:\* )?frame #\d+: 0x[0-9a-f]+ [^`]*`(.+)$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  const place = / at ([^ :]+):(\d+)(?::\d+)?(?: \[opt\])?$/.exec(text);
  return place ? { text: text.slice(0, place.index), file: place[1]!, line: Number(place[2]) } : { text: text.replace(/ \+ \d+.*$/, '') };
}

/** `00 0012f2c8 77b8d5cb module!f+0x12`, `RIP: 0010:f+0x12/0x34`, `<0x1> [func:f file:a.c line:1]`, `C  [lib.so+0x1]  f+0x2`. */
const forms = [
  /^[0-9a-f]{2} [0-9a-f`]+ [0-9a-f`]+ [\w.]+!([^+]+)/,
  /^(?:RIP|pc ?): (?:[0-9a-f]{4}:)?(\w+)\+0x/,
  /^\s*<0x[0-9a-fA-F]+> \[func:(\w[^ ]*) /,
  /^[CVJj]\s+\[[^\]]+\]\s+([\w:~]+)/,
];

function otherFrame(line: string): FrameLine | undefined {
  for (const form of forms) {
    const text = form.exec(line)?.[1];
    if (text !== undefined) return { text };
  }
  return undefined;
}

export function plainFrame(line: string): FrameLine | undefined {
  return (
    sanitizerFrame(line) ??
    bareFrame(line) ??
    valgrindFrame(line) ??
    pythonFrame(line) ??
    javaFrame(line) ??
    lldbFrame(line) ??
    goFrame(line) ??
    rustFrame(line) ??
    bareKernelFrame(line.trimStart()) ??
    otherFrame(line)
  );
}
