import { addFrame } from './frames.ts';
import { isTimeout } from './fuzzers.ts';
import { bareFrame, plainFrame } from './plain-frames.ts';
import { findPlainReport, pythonTraceback } from './plain-reports.ts';
import { type Reading, stateFrames } from './reading.ts';

/** How runtimes and kernels come to the point where they report, and how they started: not where it crashed. */
const innards =
  /^(?:__rustc::|core::|std::rt::|std::sys|node:internal|Module\.|Function\.executeUserEntryPoint|executeUserEntryPoint|print_report|__warn|report_bug|handle_bug|exc_|asm_exc_|<module>|_dl_|___?GI_|__stack_chk_fail|_int_free|libc_message|raise \(|__fortify_fail|gsignal)/;

export const kernelInnards: readonly RegExp[] = [innards];

/** Reads what ClusterFuzz's rules leave over: no crash at all, or a crash without a frame. */
export function readPlain(lines: readonly string[], r: Reading, custom: readonly RegExp[]): void {
  const ignored = [...custom, innards];
  if (r.type !== '') {
    readStack(lines, r, (line) => bareFrame(line), ignored);
    return;
  }
  if (!r.settings.reportOomsAndHangs && lines.some(isTimeout)) return;
  const found = findPlainReport(lines, r);
  if (!found) return;
  const { report } = found;
  r.type = report.type;
  r.address = report.address ?? r.address;
  if (report.said) {
    r.state = `${report.said}\n`;
    r.frameCount = 1;
  }
  readStack(report.bare ? lines.slice(found.at) : stackLines(lines, found.at), r, plainFrame, ignored);
}

/** Of Python's tracebacks the last one is the one that was not caught, and its last frame is the innermost. */
function stackLines(lines: readonly string[], at: number): readonly string[] {
  if (lines[at] !== pythonTraceback) return lines.slice(at + 1);
  const stack = lines.slice(lines.lastIndexOf(pythonTraceback) + 1);
  const end = stack.findIndex((line) => /^\S/.test(line));
  return (end < 0 ? stack : stack.slice(0, end)).reverse();
}

/** Only the first stack that has a frame to show counts: others tell who else was there. */
function readStack(lines: readonly string[], r: Reading, shape: typeof plainFrame, ignored: readonly RegExp[]): void {
  for (const line of lines) {
    const frame = shape(line);
    if (frame) addFrame(r, frame, frame.text.startsWith('in ') ? frame.text.slice(3) : frame.text, ignored);
    else if (r.frames.length > 0 && /^(?:==\d+==|\s*$)/.test(line)) return;
    if (r.names.length > stateFrames && r.type !== 'Stack-overflow') return;
  }
}
