import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imported } from '../../src/app/cli-logs.ts';
import { exportPlan } from '../../src/app/cli-logs-export.ts';
import { verifyLogFile } from '../../src/app/cli-logs-verify.ts';
import type { Remote } from '../../src/app/remote.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import * as logs from '../../src/reviews/logs/actions.ts';
import { type Exported, type ExportPage, verifyExport } from '../../src/reviews/logs/export.ts';
import * as plans from '../../src/reviews/plans/actions.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { type Flow, hop, work } from '../../src/trust/flow.ts';
import { pretendLab } from '../equipment/pretend-lab.ts';
import { type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { type Play, scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, measure, offer, tasksOf } from '../review.ts';

const flow: Flow = {
  hops: [
    hop('plan.frozen', runs.queue, (h) => ({ id: h.thing })),
    hop('run.finished', grades.request, (h) => ({ id: h.thing })),
    hop('grade.given', logs.commit, (h) => ({ id: h.payload.runId })),
  ],
  works: [work('run.queued', runs.runLabour, (h) => h.thing), work('grade.requested', grades.gradeLabour, (h) => h.thing)],
  dues: [submissions.closeDue, runs.lapseDue, runs.queueDue],
};

let hub: TestHub;
let endpoint: ScriptedEndpoint;
let [planId, folder, agreementId] = ['', '', ''];
let [developer, agency, second, stranger]: Actor[] = [];
const plays: Record<string, Play> = { solve: { submit: Buffer.from('boom') }, miss: { submit: Buffer.from('fizz') }, refuse: 'refuse' };
const secrets = ['hidden words', 'canary-', 'larch', 'submit_poc'];

beforeAll(async () => {
  endpoint = await scriptedEndpoint(
    scriptedSolver((text) => Object.entries(plays).find(([name]) => text.includes(`words of ${name}`))?.[1] ?? 'give-up'),
  );
  hub = await openHub({ ...pretendLab({ larch: 'boom', cjson: 'boom' }), models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  stranger = await hub.join('Stranger', 'evaluator', 'coordinator');
  const agreement = await agree(hub, developer, agency, second);
  agreementId = agreement.id;
  const model = await offer(hub, developer, agreement.id, { endpoint: { url: endpoint.url, model: 'borealis-4' } });
  const task = (id: string) => ({
    ...{ id, recipeId: 'larch', skill: 'reproduce', prompt: `hidden words of ${id}`, disclosedAt: '2026-06-01T00:00:00Z' },
    canary: `canary-${id}-0123456789abcdef`,
    heldOut: id === 'idle',
  });
  const budgets = [3, 8].map((turns) => ({ turns, tokens: 100_000 }));
  const { plan } = await freeze(hub, agency, model.id, ['solve', 'miss', 'refuse', 'idle'].map(task), { epochs: 1, seeds: [1], budgets });
  planId = plan.id;
  await hub.settle(flow);
  folder = mkdtempSync(join(tmpdir(), 'breakwater-logs-'));
});
afterAll(async () => {
  await hub.close();
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

const page = async (as: Actor, more: object = {}) => hub.do<ExportPage>(await hub.again(as), logs.samples, { id: planId, ...more });
const all = async (as: Actor, limit: number) => {
  const pages = [await page(as, { limit })];
  while (pages.at(-1)!.next !== null) pages.push(await page(as, { limit, after: pages.at(-1)!.next! }));
  return pages;
};

test('who keeps the suite has every sample as the hub committed to it, page by page', async () => {
  const pages = await all(agency!, 3);
  expect(pages.length).toBeGreaterThan(2);
  expect(verifyExport(pages, pages[0]!.key)).toMatchObject({ samples: 8, withheld: 2, uncommitted: 0 });
  const samples = pages.flatMap((p) => p.samples.map(({ sample }) => sample));
  const solved = samples.find((sample) => sample.id === 'solve.budget-2')!;
  expect(solved).toMatchObject({
    epoch: 1,
    input: 'hidden words of solve',
    scores: { outcome: { value: 'C' } },
    metadata: { outcome: 'solved' },
  });
  expect(solved.messages.map((m) => m.role)).toEqual(expect.arrayContaining(['system', 'user', 'assistant', 'tool']));
  expect(samples.find((sample) => sample.id === 'refuse.budget-1')).not.toHaveProperty('scores');
  expect(JSON.stringify(samples)).not.toContain('canary-');
});

test('what is held out is in no list and no export, not for who keeps it either', async () => {
  const as = await hub.again(agency!);
  const { items } = await hub.do<{ items: { id: string }[] }>(as, suites.list, {});
  const shown = [await hub.do(as, suites.get, { id: items[0]!.id }), await hub.do(as, plans.get, { id: planId }), await all(agency!, 100)];
  expect(shown[0]).toMatchObject({
    tasks: expect.arrayContaining([expect.objectContaining({ id: 'idle', heldOut: true, prompt: '[held out]' })]),
  });
  for (const one of shown) expect(JSON.stringify(one)).not.toContain('words of idle');
  for (const one of shown) expect(JSON.stringify(one)).toContain('words of solve');
});

test('whoever is measured, and another agency, has outcomes and digests; nothing of a task; a stranger nothing at all', async () => {
  const [whole] = await all(agency!, 100);
  for (const actor of [developer!, second!]) {
    const pages = await all(actor, 100);
    expect(verifyExport(pages, pages[0]!.key)).toMatchObject({ samples: 8, withheld: 8 });
    for (const secret of [...secrets, 'solve', 'miss', 'idle'])
      expect(JSON.stringify(pages).replaceAll(/"(solved|not-solved|solver)"/g, '')).not.toContain(secret);
    const digests = (of: ExportPage) => of.samples.map(({ committed }) => (committed!.body.payload as { digest: string }).digest).sort();
    expect(pages[0]!.samples.map(({ sample }) => sample.metadata.withheld).sort()).toEqual(digests(whole!));
  }
  expect(await hub.try(await hub.again(stranger!), logs.samples, { id: planId })).toMatchObject({ code: 'not_found' });
});

test('whatever is changed, left out or put in is found, without the hub', async () => {
  const pages = await all(agency!, 3);
  const key = pages[0]!.key;
  const broken = (change: (copy: ExportPage[]) => void) => {
    const copy = structuredClone(pages);
    change(copy);
    return verifyExport(copy, key);
  };
  const first = (copy: ExportPage[]) => copy[0]!.samples as { -readonly [K in keyof Exported]: Exported[K] }[];
  const changes: ((copy: ExportPage[]) => void)[] = [
    (copy) => Object.assign(first(copy)[0]!.sample, { input: 'x' }),
    (copy) => Object.assign(first(copy)[0]!.sample.metadata, { outcome: 'ungradable' }),
    (copy) => Object.assign(first(copy)[0]!.sample.metadata, { outcome_salt: 'b'.repeat(64) }),
    (copy) => Object.assign(first(copy)[0]!.sample.metadata, { withheld: 'a'.repeat(64) }),
    (copy) => Object.assign(first(copy)[0]!, { committed: null }),
    (copy) => void first(copy).pop(),
    (copy) => void first(copy).reverse(),
    (copy) => void copy.pop(),
    (copy) => void copy.shift(),
    (copy) => void copy.splice(1, 1),
    (copy) => Object.assign(copy[0]!, { statement: copy[1]!.statement }),
    (copy) => Object.assign(copy[0]!, { checkpoint: copy[0]!.statement }),
    (copy) => Object.assign(first(copy)[0]!.committed!, { seq: 1 }),
  ];
  for (const change of changes) expect(broken(change)).toMatchObject({ code: 'untrusted' });
  expect(verifyExport(pages, key.replace('+', 'x+'))).toMatchObject({ code: 'untrusted' });
});

/** As the command does, without a process and a socket between. */
const remote = (as: Actor): Remote => ({ call: async (verb, input) => hub.try(await hub.again(as), verb, input) });
const exported = (as: Actor, kind: Parameters<typeof exportPlan>[1]['as'], name: string) =>
  exportPlan(planId, { as: kind, to: join(folder, name) }, remote(as));
/** One with the package `inspect_ai`; BREAKWATER_PYTHON names another. */
const python = process.env.BREAKWATER_PYTHON ?? 'python3';
const hasInspect =
  spawnSync(python, ['-c', "import sys, importlib.util as u; sys.exit(0 if u.find_spec('inspect_ai') else 1)"]).status === 0;

test('exported, read again, verified; an altered file is not', async () => {
  const { key } = await page(agency!);
  for (const [kind, name] of [
    ['inspect', 'a.eval'],
    ['inspect-json', 'a.json'],
  ] as const) {
    expect(await exported(agency!, kind, name)).toMatchObject({ value: { samples: 8, withheld: 2 } });
    expect(await exported(agency!, kind, name)).toMatchObject({ code: 'conflict' });
    // Three of four tasks say something of the model, at each of two budgets; one is solved, once.
    const metrics = { outcome: { accuracy: expect.closeTo(1 / 6, 12), 'budget 1': 0, 'budget 2': expect.closeTo(1 / 3, 12) } };
    // Which runs share a task is not told of those that are withheld.
    const told = { samples: 8, problems: [], notRecomputed: [], metrics };
    expect(imported(join(folder, name))).toMatchObject({ value: told });
    expect(verifyLogFile(join(folder, name), key)).toMatchObject({ value: { samples: 8, withheld: 2, uncommitted: 0 } });
  }
  const altered = join(folder, 'altered.json');
  const text = readFileSync(join(folder, 'a.json'), 'utf8');
  for (const changed of [text.replace('hidden words of solve', 'other words'), text.replace('"epoch":1', '"epoch":7')]) {
    writeFileSync(altered, changed);
    expect(verifyLogFile(altered, key)).toMatchObject({ code: 'untrusted' });
  }
  expect(await exported(developer!, 'inspect', 'developer.eval')).toMatchObject({ value: { samples: 8, withheld: 8 } });
  expect(verifyLogFile(join(folder, 'developer.eval'), key)).toMatchObject({ value: { samples: 8, withheld: 8 } });
  expect(await exported(stranger!, 'inspect', 'none')).toMatchObject({ code: 'not_found' });
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

interface Span {
  name: string;
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

test('the other formats say the same', async () => {
  await exported(agency!, 'every-eval-ever', 'ever.json');
  const details = { solved: '1', refused: '1', 'not-solved': '2' };
  expect(JSON.parse(readFileSync(join(folder, 'ever.json'), 'utf8'))).toMatchObject({
    model_info: { id: 'borealis-4' },
    evaluation_results: [{ score_details: { score: 0 } }, { score_details: { score: 1 / 3, details, uncertainty: { num_samples: 3 } } }],
  });
  await exported(agency!, 'otel', 'spans.jsonl');
  const lines = readFileSync(join(folder, 'spans.jsonl'), 'utf8').trimEnd().split('\n');
  const runsSeen = lines.map((line) => JSON.parse(line).resourceSpans[0].scopeSpans[0].spans as Span[]);
  expect(runsSeen).toHaveLength(8);
  // What the conventions require of each kind of span, and of what a model said.
  const required: Record<string, string[]> = {
    invoke_agent: ['gen_ai.provider.name', 'gen_ai.conversation.id', 'gen_ai.request.model'],
    chat: ['gen_ai.provider.name', 'gen_ai.conversation.id', 'gen_ai.request.model'],
    execute_tool: ['gen_ai.tool.name', 'gen_ai.tool.call.id', 'gen_ai.tool.call.arguments'],
  };
  const reasons = new Set<string>();
  for (const span of runsSeen.flat()) {
    const said = new Map(span.attributes.map(({ key, value }) => [key, value]));
    const [kind] = span.name.split(' ');
    expect(said.get('gen_ai.operation.name')).toEqual({ stringValue: kind });
    for (const name of required[kind!]!) expect([kind, name, said.has(name)]).toEqual([kind, name, true]);
    const messages = JSON.parse(said.get('gen_ai.output.messages')?.stringValue ?? '[]') as { role: string; finish_reason: string }[];
    for (const message of messages) reasons.add(message.finish_reason);
  }
  expect(reasons.size).toBeGreaterThan(1);
  for (const reason of reasons) expect(['stop', 'length', 'content_filter', 'tool_call', 'error']).toContain(reason);
  for (const [root, ...within] of runsSeen) {
    expect([root!.name, root!.parentSpanId]).toEqual(['invoke_agent breakwater', undefined]);
    expect(within.every((span) => span.traceId === root!.traceId && /^(chat borealis-4|execute_tool \w+)$/.test(span.name))).toBe(true);
  }
});

test('what a baseline did goes out under its own name, never the model’s; whom nobody saw is told apart', async () => {
  const model = await offer(hub, developer!, agreementId);
  const shown = { 'baseline-reference': 'baseline/reference', attended: 'attended/borealis-4' };
  for (const [name, as] of Object.entries(shown)) {
    const { plan } = await freeze(hub, agency!, model.id, tasksOf(1), { solver: { name } });
    await measure(hub, plan.id, () => 'solved');
    const said = await hub.do<{ about: object }>(await hub.again(agency!), logs.samples, { id: plan.id });
    expect(said).toMatchObject({ about: { model: as, solver: name }, samples: expect.any(Array) });
    expect(JSON.stringify(said).replaceAll(as, '')).not.toContain('borealis');
    for (const kind of ['inspect-json', 'every-eval-ever', 'otel'] as const) {
      const file = join(folder, `${name}.${kind}`);
      expect(await exportPlan(plan.id, { as: kind, to: file }, remote(agency!))).not.toHaveProperty('code');
      const text = readFileSync(file, 'utf8');
      expect(text.replaceAll(as, '')).not.toContain('borealis');
      for (const word of [as, `"${name}"`]) expect(text).toContain(word);
    }
  }
});

test.skipIf(!hasInspect)(
  `Inspect itself reads what is exported (skipped where ${python} has no inspect_ai)`,
  async () => {
    const read = `import sys, json
from inspect_ai.log import read_eval_log
out = []
for path in sys.argv[1:]:
    log = read_eval_log(path)
    scores = sorted(s.scores['outcome'].value for s in log.samples if s.scores)
    usage = {m: u.total_tokens for m, u in log.stats.model_usage.items()}
    assert sum(u.total_tokens for s in log.samples for u in s.model_usage.values()) == sum(usage.values())
    epochs = [log.eval.config.epochs, sorted({s.epoch for s in log.samples})]
    out.append([log.status, len(log.samples), log.results.scores[0].metrics['accuracy'].value, sorted({m.role for s in log.samples for m in s.messages}), scores, list(usage), sum(usage.values()) > 0, epochs])
print(json.dumps(out))`;
    const said = execFileSync(python, ['-c', read, join(folder, 'a.eval'), join(folder, 'a.json'), join(folder, 'developer.eval')]);
    const roles = ['assistant', 'system', 'tool', 'user'];
    const same = ['success', 8, expect.closeTo(1 / 6, 12)];
    const told = [['C', 'I', 'I', 'I', 'I', 'I'], ['borealis-4'], true, [1, [1]]];
    expect(JSON.parse(said.toString())).toEqual([
      [...same, roles, ...told],
      [...same, roles, ...told],
      [...same, [], ...told],
    ]);
  },
  60_000,
);
