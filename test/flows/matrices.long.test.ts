import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BoxSpec, Recipes, Sources, TreeId } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { type Envelope, open } from '../../src/base/signature.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import * as matrices from '../../src/clearinghouse/validations/matrices/actions.ts';
import type { MatrixSpec } from '../../src/clearinghouse/validations/matrices/labour.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type Flow, hop, work } from '../../src/trust/flow.ts';
import { openHub, type TestHub } from '../hub.ts';

/** A target with the flaws that inputs name: `flaw1 …` runs for ever until a patch says `mends flaw1`. `off` switches everything off. */
const recipe = `
id: flawed
title: many flaws
target: { ecosystem: npm, purl: pkg:npm/flawed }
vulnerability: { id: none, weaknesses: [CWE-835] }
variants: { vulnerable: { kind: npm, package: flawed, version: 1.0.0 } }
run: { argv: [/src/flawed, '{poc}'] }
oracle: { kind: hang }
control: control.txt
tests: [{ name: it works, argv: [/src/flawed, --works], stdout: works }]
`;
const recipes: Recipes = {
  all: () => [{ id: 'flawed', text: recipe, files: { 'control.txt': Buffer.from('fine') } }],
  observers: () => ({}),
};
const treeOf = (words: string): TreeId => `tree_${Buffer.from(words).toString('hex').padEnd(64, '0').slice(0, 64)}`;
const sources: Sources = {
  fetch: async () => ({ tree: treeOf(''), archives: [] }),
  history: async () => [],
  read: async () => Buffer.from(''),
};
const textAt = (spec: BoxSpec, at: string) => Buffer.from(spec.files.find((f) => f.at === at)?.bytes ?? []).toString();
const box = rehearsedBox((spec) => {
  const words = Buffer.from(spec.trees[0]!.tree.slice(5), 'hex').toString();
  if (spec.argv[0] === 'patch') return { ...uneventful, kept: treeOf(/^\+([^+].*)$/m.exec(textAt(spec, '/input/patch'))![1]!) };
  if (spec.argv[1] === '--works') return { ...uneventful, stdout: Buffer.from(words.includes('off') ? '' : 'works') };
  const [flaw] = textAt(spec, '/input/poc').split(' ');
  const loops = flaw!.startsWith('flaw') && !words.includes('off') && !words.includes(flaw!);
  return loops ? { ...uneventful, end: 'cpu-limit', exit: null } : uneventful;
});

const flow: Flow = {
  hops: [
    hop('finding.received', validations.request, (h) => ({ id: h.thing })),
    hop('validation.concluded', findings.judge, (h) => ({ ...h.payload, id: h.payload.findingId, validationId: h.thing })),
    hop('test.unsure', matrices.considerFixes, (h) => h.payload),
  ],
  works: [
    work('validation.requested', validations.validation, (h) => h.thing),
    work('matrix.requested', matrices.matrixLabour, (h) => h.thing),
  ],
  dues: [],
};

/** The matrices that are asked for wait. */
const reports: Flow = { ...flow, works: flow.works.slice(0, 1) };

let hub: TestHub;
let [north, south, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub({ box, sources, recipes });
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

const patch = (words: string) => `--- a/x.js\n+++ b/x.js\n@@ -1 +1 @@\n-a\n+${words}\n`;
const file = (filename: string, type: string, text: string) => {
  return { filename, contentType: 'text/plain', type, data: Buffer.from(text).toString('base64') };
};
let n = 0;
/** A report whose input trips the flaw, with the patches named. */
async function report(as: Actor, input: string, ...patches: string[]): Promise<string> {
  const attachments = [
    file('poc.txt', 'exploit-proof-of-concept', `${input} ${++n}`),
    ...patches.map((words, i) => file(`${i}.patch`, 'patch', patch(words))),
  ];
  const words = {
    title: `report ${n}`,
    text: `report ${n}: it never ends`,
    purl: 'pkg:npm/flawed@1.0.0',
    versions: ['1.0.0'],
    cwe: 'CWE-835',
  };
  hub.clock.advance(1000);
  const { id } = await hub.do<{ id: string }>(as, findings.submit, { ...words, attachments });
  await hub.settle(reports);
  return id;
}
interface Shown {
  readonly id: string;
  readonly state: string;
  readonly relation: string | null;
  readonly containerId: string | null;
  readonly because: string;
  readonly shown: { readonly columns: readonly { readonly void: string | null }[] } | null;
}
const ask = (aId: string, bId: string, as = desk!) => hub.try(as, matrices.compareFixes, { aId, bId }) as Promise<Shown>;
async function compared(aId: string, bId: string): Promise<Shown> {
  const { id } = await ask(aId, bId);
  await hub.settle(flow);
  return hub.do<Shown>(desk!, matrices.getMatrix, { id });
}
const concluded = async (id: string) => {
  const { rows } = await hub.doors.db.transaction(house.reads, (tx) =>
    tx
      .withTables<{ log_bodies: { event: string; thing: string; payload: unknown } }>()
      .selectFrom('log_bodies')
      .select(['event', 'thing', 'payload'])
      .where('thing', '=', id)
      .where('event', '=', 'matrix.concluded')
      .execute()
      .then((rows) => ({ rows })),
  );
  return rows.map((row) => row.payload);
};

describe('two findings, tried with the fixes of each other', () => {
  test('two reports of one flaw: each fix stops both', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'mends flaw1'), await report(south!, 'flaw1', 'mends flaw1 too')];
    const matrix = await compared(b, a);
    expect(matrix).toMatchObject({ state: 'concluded', relation: 'equivalent', aId: a, bId: b });
    expect(await concluded(matrix.id)).toMatchObject([{ aId: a, bId: b, decision: 'same', relation: 'equivalent' }]);
  });

  test('two flaws: each fix stops its own', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'mends flaw1'), await report(south!, 'flaw2', 'mends flaw2')];
    const matrix = await compared(a, b);
    expect(matrix).toMatchObject({ relation: 'separate' });
    expect(await concluded(matrix.id)).toMatchObject([{ decision: 'distinct' }]);
  });

  test('a patch that switches the feature off silences both and merges nothing', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'off'), await report(south!, 'flaw2', 'switched off')];
    const matrix = await compared(a, b);
    expect(matrix).toMatchObject({ relation: 'could-not-tell', because: expect.stringContaining('the test "it works" fails') });
    expect(await concluded(matrix.id)).toMatchObject([{ decision: 'unsure' }]);
  });

  test('one inside the other is for a person', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'mends flaw1 flaw2'), await report(south!, 'flaw2', 'mends flaw2')];
    const matrix = await compared(a, b);
    expect(matrix).toMatchObject({ relation: 'subsumes', containerId: a });
    expect(await concluded(matrix.id)).toMatchObject([{ decision: 'unsure', relation: 'subsumes', containerId: a }]);
  });

  test('the record is signed, and holds no input', async () => {
    const [a, b] = [await report(north!, 'flaw1-SECRET', 'mends flaw1-SECRET'), await report(south!, 'flaw2', 'mends flaw2')];
    const { id } = await compared(a, b);
    const envelope = await hub.do<Envelope>(desk!, matrices.matrixRecord, { id });
    const text = open(envelope, hub.doors.keys.signer('records').publicKey)!.toString();
    expect(JSON.parse(text)).toMatchObject({
      predicateType: 'urn:breakwater:matrix:1',
      predicate: { arbitration: { relation: 'separate' } },
    });
    expect(text).not.toContain('SECRET');
  });
});

describe('when', () => {
  test('a coordinator asks, of findings that were reproduced and have something to compare by', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'mends flaw1'), await report(south!, 'harmless')];
    expect(await ask(a, b)).toMatchObject({ code: 'wrong_state', because: `${b} was not reproduced` });
    const [c, d] = [await report(north!, 'flaw1'), await report(south!, 'flaw2')];
    expect(await ask(c, d)).toMatchObject({ code: 'wrong_state', because: expect.stringContaining('no fix to compare by') });
    expect(await ask(a, a)).toMatchObject({ code: 'not_found' });
    expect(await ask(a, b, north)).toMatchObject({ code: 'not_permitted' });
  });

  test('once for each pair and set of inputs, whoever asks; what could not be told again when a person asks', async () => {
    const [a, b] = [await report(north!, 'flaw1', 'mends flaw1'), await report(south!, 'flaw2', 'mends flaw2')];
    const first = await compared(a, b);
    expect(await ask(b, a)).toMatchObject({ id: first.id, state: 'concluded' });
    const consider = (aId: string, bId: string) => hub.do(house, matrices.considerFixes, { aId, bId });
    expect(await consider(a, b)).toMatchObject({ matrixId: first.id });
    const [c, d] = [await report(north!, 'flaw1', 'off'), await report(south!, 'flaw2', 'switched off')];
    const untold = await compared(c, d);
    expect(await consider(c, d)).toMatchObject({ matrixId: untold.id });
    expect(await ask(c, d)).toMatchObject({ id: untold.id, state: 'requested', relation: null });
    // While it is being tried, nobody begins it a second time.
    expect(await ask(c, d)).toMatchObject({ id: untold.id, state: 'requested' });
    await hub.settle(flow);
    expect(await concluded(untold.id)).toHaveLength(2);
  });

  test('by itself only with two fixes or more', async () => {
    const consider = (aId: string, bId: string) => hub.do<{ matrixId: string | null }>(house, matrices.considerFixes, { aId, bId });
    const [a, b, c] = [
      await report(north!, 'flaw1', 'mends flaw1'),
      await report(south!, 'flaw2'),
      await report(south!, 'flaw3', 'mends flaw3'),
    ];
    expect(await consider(a, b)).toMatchObject({ matrixId: null, because: 'there are no two fixes to compare by' });
    const { matrixId } = await consider(a, c);
    await hub.settle(flow);
    expect(await hub.do(desk!, matrices.getMatrix, { id: matrixId })).toMatchObject({ relation: 'separate' });
  });

  test('by itself at most so many of a finding with those before it; a coordinator may ask for more', async () => {
    const olders: string[] = [];
    for (let i = 0; i <= limits.matricesPerFinding; i++) olders.push(await report(north!, 'flaw1', `mends flaw1 ${i}`));
    const young = await report(south!, 'flaw2', 'mends flaw2');
    const begun: (string | null)[] = [];
    for (const id of olders)
      begun.push((await hub.do<{ matrixId: string | null }>(house, matrices.considerFixes, { aId: id, bId: young })).matrixId);
    expect(begun.map((id) => id !== null)).toEqual([...Array.from({ length: limits.matricesPerFinding }, () => true), false]);
    expect(await ask(olders.at(-1)!, young)).toMatchObject({ state: 'requested' });
  });

  test('whoever may not see one of the two asks nothing', async () => {
    const id = () => makeId('fnd', epochMs(hub.clock.now()), hub.doors.chance(10));
    expect(await ask(id(), id())).toMatchObject({ code: 'not_found', because: 'no such thing' });
  });
});

describe('the labour', () => {
  const begin = (id: string) => hub.do<MatrixSpec>(house, matrices.beginMatrix, { id });
  const conclude = (id: string, evidence: unknown) => hub.try(house, matrices.concludeMatrix, { id, evidence });
  const pair = async (...of: string[]) => {
    const [a, b] = [await report(north!, `flaw${of[0]}`, `mends flaw${of[0]}`), await report(south!, `flaw${of[1]}`, `mends flaw${of[1]}`)];
    return (await ask(a, b)).id;
  };

  test('a worker killed in between is followed by another; nobody concludes twice, nor what was never begun', async () => {
    const id = await pair('1', '2');
    expect(await conclude(id, {})).toMatchObject({ code: 'wrong_state' });
    const [first, second] = [await begin(id), await begin(id)];
    expect(second).toEqual(first);
    const evidence = await matrices.matrixLabour.work(second, hub.doors);
    expect(await conclude(id, evidence)).toMatchObject({ relation: 'separate' });
    expect(await conclude(id, evidence)).toMatchObject({ code: 'wrong_state' });
    expect(await hub.try(house, matrices.beginMatrix, { id })).toMatchObject({ code: 'wrong_state' });
  });

  test('evidence of another pair, of no shape, of no box: could not tell', async () => {
    const ids = [await pair('1', '2'), await pair('1', '1'), await pair('2', '3'), await pair('2', '2')];
    const specs: MatrixSpec[] = [];
    for (const id of ids) specs.push(await begin(id));
    const foreign = await matrices.matrixLabour.work(specs[1]!, hub.doors);
    expect(await conclude(ids[0]!, foreign)).toMatchObject({
      relation: 'could-not-tell',
      because: 'the evidence is of another matrix',
      shown: null,
    });
    expect(await conclude(ids[1]!, 'all fine')).toMatchObject({ relation: 'could-not-tell', because: 'the evidence is malformed' });
    const probe = { ...(await box.probe()), usable: false, missing: ['no cgroups'] };
    expect(await conclude(ids[2]!, { probe, matrix: null })).toMatchObject({ because: 'no box to run it in: no cgroups' });
    expect(await conclude(ids[3]!, { ...(foreign as object), matrix: { runs: [] } })).toMatchObject({
      because: 'the evidence is malformed',
    });
  });
});
