import { limits } from '../../base/limits.ts';
import type { LogKind } from './reading.ts';
import { isPythonTitle } from './scripts.ts';
import { containsAny } from './text.ts';

const deadlySignal = /^(?:Address|Leak|Memory|UndefinedBehavior|Thread)Sanitizer:DEADLYSIGNAL/;
const deadlySignals = ['Address', 'Leak', 'Memory', 'UndefinedBehavior', 'Thread'].map((tool) => `${tool}Sanitizer:DEADLYSIGNAL`);

/** The lines worth reading, in the order in which they are to be read. */
export function linesOf(log: string, about: LogKind): string[] {
  let lines = plainLinesOf(log);
  if (about.lkl) lines = lines.map((line) => line.replace(/^\[\s*\d+\.\d+\]\s/, ''));
  lines = lines.flatMap(splitDeadlySignal);
  return about.python ? pythonFirst(lines) : lines;
}

/** As they stand. */
export function plainLinesOf(log: string): string[] {
  const lines = log.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/, limits.crashLines);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.length > limits.crashLineChars ? line.slice(0, limits.crashLineChars) : line));
}

const stamp = /^(?:<\d>)?\[\s*\d+\.\d+\](?:\s?\[\s*[TC]\d+\])?\s+/;

/** A kernel's console stamps every line with the time, and with the task: undefined where none is. */
export function withoutStamps(lines: readonly string[]): string[] | undefined {
  return lines.some((line) => stamp.test(line)) ? lines.map((line) => line.replace(stamp, '')) : undefined;
}

/** Lines that say nothing about the crash, or say it again in other words. */
export function isNoise(line: string): boolean {
  return containsAny(line, noise) || deadlySignal.test(line);
}

const noise = [
  ':INFO:CONSOLE',
  'SUMMARY:',
  'WARNING: AddressSanitizer',
  'failed to mprotect 0x00010000',
  'text run at (',
  'Please include Java exception stack in crash report',
];

/** Two processes that write at once: a sanitizer's signal line may be glued to the end of the line that names the crash. */
function splitDeadlySignal(line: string, index: number): string[] {
  if (index === 0 || !line.endsWith('Sanitizer:DEADLYSIGNAL')) return [line];
  const tail = deadlySignals.find((marker) => line.endsWith(marker));
  if (!tail) return [line];
  const head = line.slice(0, -tail.length);
  return head.trim() === '' ? [line] : [head, tail];
}

/** Python prints its innermost frame last: the traceback is turned round under its title, and what a sanitizer adds is dropped. */
function pythonFirst(lines: readonly string[]): string[] {
  const start = lines.findIndex(isPythonTitle);
  if (start < 0) return [];
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => line.includes('=========') || line.includes('== ERROR: '));
  return [lines[start]!, ...(end < 0 ? after : after.slice(0, end)).reverse()];
}
