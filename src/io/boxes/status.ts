import { limits } from '../../base/limits.ts';

/** What our init said on its own descriptor (native/sbxinit.c). */
export interface Status {
  readonly started: boolean;
  readonly exit: number | null;
  readonly signal: number | null;
  readonly execErrno: number;
  /** It came to its last word. */
  readonly complete: boolean;
  readonly reports: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** The most that it may say. */
export const statusBytes = limits.reportFiles * (limits.reportFileBytes + 128) + 128;

export function parseStatus(said: Buffer): Status {
  let at = 0;
  const line = (): string => {
    const end = said.indexOf(10, at);
    if (end < 0) return '';
    const text = said.toString('latin1', at, end);
    at = end + 1;
    return text;
  };
  const started = line() === 'started';
  const ended = /^ended (-?\d+) (\d+) (\d+)$/.exec(line());
  const reports: { name: string; bytes: Uint8Array }[] = [];
  let last = line();
  for (let found = report(last); found && at + found.length <= said.length; found = report(last)) {
    reports.push({ name: found.name, bytes: said.subarray(at, at + found.length) });
    at += found.length;
    last = line();
  }
  const [exit, signal, execErrno] = (ended?.slice(1).map(Number) ?? [-1, 0, 0]) as [number, number, number];
  return {
    started,
    exit: ended && exit >= 0 ? exit : null,
    signal: ended && signal > 0 ? signal : null,
    execErrno,
    complete: last === 'done',
    reports: reports.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function report(line: string): { name: string; length: number } | undefined {
  const match = /^report ([A-Za-z0-9._-]{1,64}) (\d{1,9})$/.exec(line);
  return match ? { name: match[1]!, length: Number(match[2]) } : undefined;
}
