import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { startWorker } from '../../src/app/jobs.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import type { OpenDb } from '../../src/io/db/postgres.ts';
import { house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

test('a worker killed in the middle of a validation is followed by another, which does it once', async () => {
  const hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  const finder = await hub.join('North Lab', 'finder');
  const desk = await hub.join('Clearinghouse', 'coordinator');
  const { id } = await hub.do<{ id: string }>(finder, findings.submit, loopReport('killed'));
  const first = spawn(process.execPath, [join(import.meta.dirname, '../equipment/hanging-worker.ts'), JSON.stringify(hub.at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(first.stdout, 'data');
  } finally {
    first.kill('SIGKILL');
    await once(first, 'close');
  }
  const newest = async () =>
    (await hub.do<{ items: { id: string; state: string; attempts: number; verdict: string }[] }>(desk, validations.ofFinding, { id }))
      .items[0]!;
  expect(await newest()).toMatchObject({ state: 'running', attempts: 1 });
  const worker = await startWorker(hub.doors, (hub.doors.db as OpenDb).pool, flow, 1, () => {});
  try {
    await expect.poll(async () => (await newest()).state, { timeout: 120_000, interval: 1000 }).toBe('concluded');
    expect(await newest()).toMatchObject({ attempts: 2, verdict: 'reproduced' });
    await expect.poll(async () => (await hub.do<{ rung: string }>(finder, findings.get, { id })).rung).toBe('replayed');
  } finally {
    await worker.stop();
  }
  const all = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 100_000));
  const { id: validationId } = await newest();
  const concluded = all.filter(({ body }) => body?.event === 'validation.concluded' && body.thing === validationId);
  expect(concluded).toHaveLength(1);
  await hub.close();
});
