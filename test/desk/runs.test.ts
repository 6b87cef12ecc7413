import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import { insertGrade } from '../../src/reviews/grades/store.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import type { Run } from '../../src/reviews/runs/run.ts';
import { runsOfPlan, saveRun } from '../../src/reviews/runs/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { agree, freeze, type Model, namedRecipes, offer, tasksOf } from '../review.ts';
import { type Desk, expectSound, noBrowser, openDesk } from './desk.ts';

let desk: Desk;
let [developer, agency, coordinator]: Actor[] = [];
let model: Model;
let all: Run[];

/** Hostile in every line, and long. */
const transcript = [
  { said: 'to-model', messages: [{ role: 'user', content: 'the hidden words of task 1' }] },
  ...Array.from({ length: 60 }, (_, i) => [
    {
      said: 'by-model',
      message: {
        role: 'assistant',
        content: `step ${i} <script>document.title='owned'</script>`,
        toolCalls: [{ id: `c${i}`, name: 'shell', arguments: '{"command":"ls /src"}' }],
      },
      ...{ stop: 'tools', inputTokens: 10, outputTokens: 5 },
    },
    { said: 'by-tool', tool: 'shell', answer: i === 59 ? 'needle <img src=x onerror=alert(1)> \u202e' : `file-${i}.c` },
  ]).flat(),
  { said: 'end', ended: 'done', because: 'the model stopped' },
];

async function finish(run: Run): Promise<void> {
  const { hub } = desk;
  const now = hub.clock.now();
  const transcriptId = makeId('blb', epochMs(now), hub.doors.chance(10));
  await hub.doors.blobs.put(transcriptId, Buffer.from(transcript.map((entry) => `${JSON.stringify(entry)}\n`).join('')));
  const kept = { transcriptId, transcriptSha256: 'c'.repeat(64), inputTokens: 600, outputTokens: 300, turnsUsed: 60, toolCalls: 60 };
  const { planId, evaluatorId, taskId, recipeId, budget, label } = run;
  const grade = {
    ...{ id: makeId('grd', epochMs(now), hub.doors.chance(10)), planId, runId: run.id, evaluatorId, taskId, recipeId, budget, label },
    ...{
      state: 'given' as const,
      handedInId: null,
      handedInSha256: null,
      specDigest: null,
      outcome: 'not-solved' as const,
      because: 'nothing',
    },
    ...{
      verdicts: [],
      signals: [],
      beneath: null,
      blindFor: null,
      isDisputed: false,
      counted: 'not-solved' as const,
      record: null,
      requestedAt: now,
      givenAt: now,
    },
  };
  await hub.doors.db.transaction(house.reads, async (tx) => {
    await saveRun(tx, { ...run, ...kept, state: 'finished', begunAt: now, finishedAt: now, ended: 'done', because: 'the model stopped' });
    await insertGrade(tx, grade);
  });
}

describe.skipIf(noBrowser)('runs on the desk', () => {
  beforeAll(async () => {
    desk = await openDesk({ recipes: namedRecipes('cjson') });
    const { hub } = desk;
    developer = await hub.join('Northern Models', 'developer');
    agency = await hub.join('Example Agency', 'evaluator');
    coordinator = await hub.join('Example Treasury', 'coordinator', 'evaluator');
    model = await offer(hub, developer, (await agree(hub, developer, agency)).id);
    const { plan } = await freeze(hub, agency, model.id, tasksOf(2), { epochs: 1 });
    await hub.do(house, runs.queue, { id: plan.id });
    all = await hub.doors.db.transaction(house.reads, (tx) => runsOfPlan(tx, plan.id));
    await finish(all[0]!);
    await hub.doors.db.transaction(house.reads, (tx) => saveRun(tx, { ...all[1]!, state: 'running', begunAt: hub.clock.now() }));
  });
  afterAll(() => desk?.close());

  test('the view of a plan goes on by itself, for the developer without tasks', async () => {
    const visit = await desk.visit(developer);
    await visit.go(`/reviews/${model.id}`);
    const status = visit.page.getByText('runs finished');
    await status.filter({ hasText: '1 of 4 runs finished, 1 graded; 1 under way' }).waitFor();
    await visit.page.getByText('600 tokens in and 300 out used').waitFor();
    await finish(all[2]!);
    await status.filter({ hasText: '2 of 4 runs finished, 2 graded' }).waitFor();
    expect(await visit.text()).not.toContain('task-1');
    await visit.close();
  });

  test('who keeps the suite reads and searches the transcript; what is hostile in it is text', async () => {
    const visit = await desk.visit(agency);
    await visit.go(`/reviews/${model.id}/runs/${all[0]!.id}`);
    await visit.page.getByText('Entries 1 to 50 of 122.').waitFor();
    expect(await visit.text()).toContain("<script>document.title='owned'</script>");
    await visit.page.getByRole('button', { name: 'Later entries' }).click();
    await visit.page.getByText('Entries 51 to 100 of 122.').waitFor();
    await visit.page.getByLabel('Search the transcript').fill('NEEDLE');
    await visit.page.getByText('Entries 1 to 1 of 1 that match, of 122.').waitFor();
    expect(await visit.text()).toContain('needle <img src=x onerror=alert(1)> \ufffd');
    await visit.page.getByLabel('Search the transcript').fill('');
    await visit.page.getByRole('combobox').selectOption('end');
    await visit.page.getByText('Entries 1 to 1 of 1 that match, of 122.').waitFor();
    expect([await visit.page.title(), visit.complaints]).toEqual([expect.not.stringContaining('owned'), []]);
    await visit.close();
  });

  test('a developer reads no transcript, and a stranger no run', async () => {
    const own = await desk.visit(developer);
    await own.go(`/reviews/${model.id}/runs/${all[0]!.id}`);
    const text = await own.text();
    expect(text).toContain('only who keeps the suite reads it');
    for (const hidden of ['task-1', 'hidden words', 'step 0']) expect(text).not.toContain(hidden);
    await own.close();
    const stranger = await desk.visit(coordinator);
    await stranger.go(`/reviews/${model.id}/runs/${all[0]!.id}`);
    expect(await stranger.page.getByRole('alert').textContent()).toContain('There is no such thing');
    await stranger.close();
  });

  test('every page is accessible, in light and dark, wide and narrow', async () => {
    const visit = await desk.visit(agency);
    await visit.go(`/reviews/${model.id}`);
    await expectSound(visit, 'live');
    await visit.go(`/reviews/${model.id}/runs/${all[0]!.id}`);
    await visit.page.getByText('Entries 1 to 50').waitFor();
    await expectSound(visit, 'run');
    await visit.close();
    expect(desk.faults).toEqual([]);
  });
});
