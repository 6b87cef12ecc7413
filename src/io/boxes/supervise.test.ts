import { describe, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { parseStatus, statusBytes } from './status.ts';
import { decideEnd } from './supervise.ts';

const status = (text: string) => parseStatus(Buffer.from(text, 'latin1'));
const calm = { oomKills: 0, pidsRefused: 0, cpuUs: 0, peakBytes: 0 };
const oom = { ...calm, oomKills: 1 };

describe("init's words", () => {
  test('are read in full', () => {
    expect(status('started\nended 86 0 0\nreport san.2 3\nabcreport x 0\ndone\n')).toEqual({
      ...{ started: true, exit: 86, signal: null, execErrno: 0, complete: true },
      reports: [
        { name: 'san.2', bytes: Buffer.from('abc') },
        { name: 'x', bytes: Buffer.from('') },
      ],
    });
    expect(status('started\nended -1 11 0\ndone\n')).toMatchObject({ exit: null, signal: 11, complete: true });
  });

  test('cut anywhere they are not complete', () => {
    const whole = 'started\nended 0 0 0\nreport a 5\n12345done\n';
    for (let i = 0; i < whole.length; i++) expect([i, status(whole.slice(0, i)).complete]).toEqual([i, false]);
  });

  test('fit into what is kept of them', () => {
    expect(statusBytes).toBeGreaterThan(limits.reportFiles * limits.reportFileBytes);
  });
});

describe('how it ended', () => {
  test.each([
    ['timeout', 'timeout', 'started\nended 0 0 0\ndone\n', calm],
    ['exited', undefined, 'started\nended 0 0 0\ndone\n', calm],
    ['exited', undefined, 'started\nended 1 0 0\ndone\n', oom],
    ['signalled', undefined, 'started\nended -1 9 0\ndone\n', calm],
    ['oom', undefined, 'started\nended -1 9 0\ndone\n', oom],
    ['oom', undefined, 'started\n', oom],
    ['oom', undefined, '', oom],
    ['killed', undefined, 'started\n', calm],
    ['killed', undefined, 'started\nended 86 0 0\n', calm],
    ['cpu-limit', undefined, 'started\nended -1 24 0\ndone\n', calm],
    ['file-limit', undefined, 'started\nended -1 25 0\ndone\n', calm],
    ['box-failed', undefined, 'started\nended 127 0 13\ndone\n', calm],
    ['box-failed', undefined, '', calm],
  ] as const)('%s', (end, stopped, said, counters) => {
    expect(decideEnd(stopped, status(said), counters, 'bwrap: no').end).toBe(end);
  });
});
