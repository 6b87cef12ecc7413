import { expect, test } from 'vitest';
import { awaitedOn, awaitedOnCase } from './waiting.ts';

const now = '2026-11-21T09:00:00.000Z';
const later = '2026-11-21T09:00:00.001Z';
type Of = Parameters<typeof awaitedOnCase>[0];
const open = (vfdpxa: string, goLiveAt = later) => ({ state: 'open', goLiveAt, vfdpxa }) as unknown as Of;

test('a finding without a proof of concept waits for its finder, one with it for the lab and then for a coordinator', () => {
  expect(awaitedOn({ state: 'received', verdict: null, hasPoc: true })?.who).toBe('the lab');
  expect(awaitedOn({ state: 'deferred', verdict: 'could-not-tell', hasPoc: false })?.who).toBe('finder');
  expect(awaitedOn({ state: 'deferred', verdict: 'flaky', hasPoc: true })?.who).toBe('coordinator');
  expect(awaitedOn({ state: 'invalid', verdict: 'not-reproduced', hasPoc: true })).toBeUndefined();
});

test('a case waits for whoever has the next step, and for the coordinator once its hour has come', () => {
  expect(awaitedOnCase(open('vfdpxa'), now)?.what).toBe('reach the maintainer');
  expect(awaitedOnCase(open('Vfdpxa'), now)?.who).toBe('maintainer');
  expect(awaitedOnCase(open('VFdpxa'), now)?.what).toBe('advisory and release');
  expect(awaitedOnCase(open('Vfdpxa', now), now)?.what).toContain('over');
  expect(awaitedOnCase({ ...open('VFdPxa'), state: 'disclosed' }, now)?.who).toBe('operators');
  expect(awaitedOnCase({ ...open('VFDPxa'), state: 'closed' }, now)).toBeUndefined();
});
