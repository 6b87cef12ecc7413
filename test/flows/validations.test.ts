import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Recipes } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { type Envelope, open } from '../../src/base/signature.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import type { Spec } from '../../src/clearinghouse/validations/labour.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { hop, work } from '../../src/trust/flow.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopPackage, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

let hub: TestHub;
let [finder, other, desk]: Actor[] = [];
const flow = {
  hops: [
    hop('finding.received', validations.request, (h) => ({ id: h.thing })),
    hop('validation.concluded', findings.judge, (h) => ({ ...h.payload, id: h.payload.findingId, validationId: h.thing })),
  ],
  works: [work('validation.requested', validations.validation, (h) => h.thing as `val_${string}`)],
  dues: [],
};

beforeAll(async () => {
  hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  finder = await hub.join('North Lab', 'finder');
  other = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly verdict: string | null;
  readonly because: string;
  readonly trials: readonly { readonly recipeId: string; readonly counts: unknown; readonly runs: readonly unknown[] }[];
}
const file = (filename: string, text: string) => ({
  filename,
  contentType: 'text/plain',
  type: 'reproducer',
  data: Buffer.from(text).toString('base64'),
});
const submit = (report: object) => hub.do<{ id: string }>(finder!, findings.submit, report);
const shown = async (findingId: string) => {
  const { items } = await hub.do<{ items: { id: string; findingId: string }[] }>(desk!, validations.list, {});
  return hub.do<Shown>(desk!, validations.get, { id: items.findLast((v) => v.findingId === findingId)!.id });
};

test('a finding is re-run, and the verdict is ours: k of N, silent on fixed and control', async () => {
  const { id } = await submit(loopReport('it loops'));
  await hub.settle(flow);
  const seen = await shown(id);
  expect(seen).toMatchObject({ state: 'concluded', verdict: 'reproduced', trials: [{ recipeId: 'looper' }] });
  expect(seen.trials[0]!.counts).toEqual({
    vulnerable: { crashes: 3, of: 3 },
    fixed: { crashes: 0, of: 3 },
    control: { crashes: 0, of: 3 },
  });
  expect(seen.trials[0]!.runs).toHaveLength(9);
  expect(await hub.do(finder!, findings.get, { id })).toMatchObject({ state: 'valid', rung: 'replayed' });
});

test('an input that does nothing is not reproduced', async () => {
  const { id } = await submit(loopReport('it does not', 'harmless'));
  await hub.settle(flow);
  expect(await shown(id)).toMatchObject({ verdict: 'not-reproduced' });
});

test('the first input that reproduces is enough, and every one is tried before saying no', async () => {
  const attachments = [file('1.txt', 'a'), file('2.txt', 'loop'), file('3.txt', 'c')];
  const { id } = await submit(loopReport('the second one', '', { attachments }));
  await hub.settle(flow);
  const seen = await shown(id);
  expect(seen.verdict).toBe('reproduced');
  expect(seen.trials.map((t) => t.runs.length)).toEqual([9, 9, 0]);
});

test('what cannot be tried is said at once, with the reason, and defers the finding', async () => {
  const bare = await submit(loopReport('no poc', '', { attachments: [] }));
  const foreign = await submit(loopReport('no recipe', 'loop', { purl: 'pkg:npm/unknown@1.0.0' }));
  await hub.settle(flow);
  expect(await shown(bare.id)).toMatchObject({ verdict: 'could-not-tell', because: 'no proof of concept was handed in', trials: [] });
  expect(await shown(foreign.id)).toMatchObject({ verdict: 'could-not-tell', because: 'this hub has no recipe for pkg:npm/unknown' });
  expect(await hub.do(finder!, findings.get, { id: bare.id })).toMatchObject({ state: 'deferred' });
});

test('the record is signed and names what was run, without the input', async () => {
  const { id } = await submit(loopReport('for the record', 'loop-9f31'));
  await hub.settle(flow);
  const envelope = await hub.do<Envelope>(finder!, validations.record, { id: (await shown(id)).id });
  const payload = open(envelope, hub.doors.keys.signer('records').publicKey);
  expect(JSON.parse(String(payload))).toMatchObject({
    predicate: { recipe: { id: 'looper', purl: loopPackage }, verdict: { verdict: 'reproduced' } },
  });
  expect(String(payload)).not.toContain('loop-9f31');
  expect(open(envelope, hub.doors.keys.signer('log').publicKey)).toBeUndefined();
});

test('another finder learns nothing, not even that there is a validation', async () => {
  const { id } = (await hub.do<{ items: { id: string }[] }>(finder!, validations.list, {})).items[0]!;
  expect(await hub.try(other!, validations.get, { id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  expect(await hub.try(other!, validations.record, { id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  expect(await hub.do(other!, validations.list, {})).toEqual({ items: [] });
  expect(await hub.try(finder!, validations.repeat, { id: 'fnd_00000000000000000000000000' })).toMatchObject({ code: 'not_permitted' });
});

test('a worker killed in between is followed by another; nobody concludes twice', async () => {
  const { id: findingId } = await submit(loopReport('killed'));
  const { id } = await hub.do<{ id: string }>(house, validations.request, { id: findingId });
  expect(await hub.try(desk!, validations.repeat, { id: findingId })).toMatchObject({ code: 'wrong_state' });
  const first = await hub.do<Spec>(house, validations.begin, { id });
  const second = await hub.do<Spec>(house, validations.begin, { id });
  expect(second.trials.map((t) => 'digest' in t && t.digest)).toEqual(first.trials.map((t) => 'digest' in t && t.digest));
  const evidence = await validations.validation.work(second, hub.doors);
  expect(await hub.do(house, validations.conclude, { id, evidence })).toMatchObject({ verdict: 'reproduced' });
  expect(await hub.try(house, validations.conclude, { id, evidence })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(house, validations.begin, { id })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.do(desk!, validations.repeat, { id: findingId })).toMatchObject({ state: 'requested' });
});

test('evidence of another input is not believed', async () => {
  const evidenceOf = async (poc: string) => {
    const { id: findingId } = await submit(loopReport('swap', poc));
    const { id } = await hub.do<{ id: string }>(house, validations.request, { id: findingId });
    const spec = await hub.do<Spec>(house, validations.begin, { id });
    return { id, evidence: await validations.validation.work(spec, hub.doors) };
  };
  const [harmless, real] = [await evidenceOf('harmless too'), await evidenceOf('loop too')];
  expect(await hub.do(house, validations.conclude, { id: harmless.id, evidence: real.evidence })).toMatchObject({
    verdict: 'could-not-tell',
    because: 'the evidence is of another experiment',
  });
});

test(`more than ${limits.trialsPerValidation} trials are not begun at all, rather than some of them`, async () => {
  const twice: Recipes = {
    all: () => [...loopRecipes.all(), ...loopRecipes.all().map((r) => ({ ...r, id: 'looper-2' }))],
    observers: loopRecipes.observers,
  };
  const wide = await openHub({ recipes: twice });
  try {
    const lab = await wide.join('Lab', 'finder');
    const request = async (n: number) => {
      const attachments = Array.from({ length: n }, (_, i) => file(`${i}.txt`, `x${i}`));
      const { id } = await wide.do<{ id: string }>(lab, findings.submit, loopReport('many', '', { attachments }));
      return wide.do<Shown>(house, validations.request, { id });
    };
    const half = limits.trialsPerValidation / 2;
    expect((await request(half)).trials).toHaveLength(limits.trialsPerValidation);
    expect(await request(half + 1)).toMatchObject({ state: 'concluded', verdict: 'could-not-tell', trials: [] });
  } finally {
    await wide.close();
  }
});

test('without a usable box the lab says so, and nothing is decided', async () => {
  const bare = await openHub({ recipes: loopRecipes });
  try {
    const lab = await bare.join('Lab', 'finder');
    const { id: findingId } = await bare.do<{ id: string }>(lab, findings.submit, loopReport('no box'));
    await bare.settle(flow);
    expect(await bare.do(lab, findings.get, { id: findingId })).toMatchObject({ state: 'deferred', rung: 'claimed' });
  } finally {
    await bare.close();
  }
});
