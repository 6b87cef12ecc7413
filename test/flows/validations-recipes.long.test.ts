import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopPackage, loopSources } from '../lab-rehearsal.ts';

/** As a finder would send it: whole in one file. */
const own = (over: object = {}) =>
  JSON.stringify({
    id: 'theirs',
    title: 'an endless loop, as we built it',
    target: { ecosystem: 'npm', purl: loopPackage },
    vulnerability: { id: 'none', weaknesses: [] },
    variants: {
      vulnerable: { kind: 'npm', package: 'looper', version: '1.0.0' },
      fixed: { kind: 'npm', package: 'looper', version: '1.0.1' },
    },
    inline: { 'control.txt': 'fine' },
    run: { argv: ['/src/looper', '{poc}'] },
    oracle: { kind: 'hang' },
    control: 'control.txt',
    ...over,
  });

let hub: TestHub;
let [finder, stranger, desk]: Actor[] = [];
beforeAll(async () => {
  // A library without a recipe for it.
  hub = await openHub({ box: loopBox(), sources: loopSources });
  finder = await hub.join('North Lab', 'finder');
  stranger = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

interface Looked {
  readonly sha256: string;
  readonly refused: string | null;
  readonly does: { readonly fetches: readonly string[]; readonly runs: string } | null;
}
let n = 0;
async function submit(recipe: string): Promise<{ id: string; recipeId: string }> {
  hub.clock.advance(1000);
  const file = (filename: string, type: string, text: string) => {
    return { filename, contentType: 'text/plain', type, data: Buffer.from(text).toString('base64') };
  };
  // Its finder calls the recipe a reproducer; it is no input for all that.
  const attachments = [file('poc.txt', 'exploit-proof-of-concept', `loop ${++n}`), file('recipe.yaml', 'reproducer', recipe)];
  const words = { title: `report ${n}`, text: 'it never ends', purl: `${loopPackage}@1.0.0`, attachments };
  const { id } = await hub.do<{ id: string }>(finder!, findings.submit, words);
  await hub.settle(flow);
  const found = await hub.do<{ attachments: { id: string; filename: string }[] }>(desk!, findings.get, { id });
  return { id, recipeId: found.attachments.find((a) => a.filename === 'recipe.yaml')!.id };
}
const look = ({ id, recipeId: attachmentId }: { id: string; recipeId: string }) =>
  hub.do<Looked>(desk!, validations.lookAtRecipe, { id, attachmentId });
const adopt = async (of: { id: string; recipeId: string }, as = desk!, sha256?: string) => {
  const input = {
    id: of.id,
    attachmentId: of.recipeId,
    sha256: sha256 ?? (await look(of)).sha256,
    because: 'read: it builds nothing of its own',
  };
  return hub.try(as, validations.adoptRecipe, input);
};
const newest = async (id: string, as = desk!) =>
  (await hub.do<{ items: Record<string, unknown>[] }>(as, validations.ofFinding, { id })).items[0]!;
async function repeat(id: string, input: object = {}) {
  hub.clock.advance(1000);
  const asked = await hub.try(desk!, validations.repeat, { id, ...input });
  await hub.settle(flow);
  return asked;
}

test('a finder’s own recipe does nothing by itself; adopted by a person who looked at it, it counts for that finding, and the verdict says so', async () => {
  const of = await submit(own());
  expect(await newest(of.id)).toMatchObject({ verdict: 'could-not-tell', why: 'no-recipe' });
  expect(await repeat(of.id)).toMatchObject({ verdict: 'could-not-tell' });
  expect(await repeat(of.id, { recipes: [of.recipeId] })).toMatchObject({ code: 'not_found' });
  expect(await look(of)).toMatchObject({
    refused: null,
    does: { fetches: [expect.stringContaining('looper'), expect.anything()], runs: '/src/looper {poc}' },
  });

  expect(await adopt(of, desk!, '0'.repeat(64))).toMatchObject({ code: 'stale' });
  expect(await adopt(of, finder!)).toMatchObject({ code: 'not_permitted' });
  expect(await adopt(of, { ...desk!, kind: 'agent' })).toMatchObject({ code: 'not_permitted' });
  expect(await adopt(of)).toMatchObject({ adoptedBy: desk!.id });
  expect(await adopt(of)).toMatchObject({ code: 'conflict' });

  await repeat(of.id);
  const seen = await newest(of.id);
  expect(seen).toMatchObject({
    verdict: 'reproduced',
    because: expect.stringMatching(/^under the finder’s own recipe, which a coordinator adopted: 3 of 3/),
    recipeBy: { origin: 'finder', adoptedBy: desk!.id },
    trials: [{ recipeId: of.recipeId, pocSha256: expect.anything() }],
  });
  expect((seen.trials as unknown[]).length).toBe(1);
  // Who of the staff it was is for the staff.
  expect(await newest(of.id, finder!)).toMatchObject({ recipeBy: { origin: 'finder', adoptedBy: null } });
  expect(await hub.do(finder!, findings.get, { id: of.id })).toMatchObject({ rung: 'replayed' });
});

test('it counts for no other finding', async () => {
  const [first, second] = [await submit(own()), await submit(own())];
  await adopt(first);
  await repeat(second.id);
  expect(await newest(second.id)).toMatchObject({ verdict: 'could-not-tell', why: 'no-recipe' });
  expect(await repeat(second.id, { recipes: [first.recipeId] })).toMatchObject({ code: 'not_found' });
});

describe('hostile recipes are refused before anybody may adopt them', () => {
  test.each([
    ['of another package', own({ target: { ecosystem: 'npm', purl: 'pkg:npm/other' } }), /is for pkg:npm\/other/],
    ['no recipe at all', 'loop', /expected object|not YAML|Invalid input/],
    ['reaching out of the tree', own({ patch: { at: '../../etc' } }), /within the tree/],
    ['naming a path as a file', own({ files: ['../../../etc/passwd'] }), /plain file name/],
    ['with a path inline', own({ inline: { '../x': 'a', 'control.txt': 'fine' } }), /file name|Invalid key/],
    ['using a file of a folder it does not have', own({ files: ['drive.cjs'] }), /must stand in the recipe itself/],
    [
      'with a lock it does not bring',
      own({ variants: { vulnerable: { kind: 'npm', package: 'looper', version: '1.0.0', lock: 'x.json' } } }),
      /x\.json/,
    ],
    ['with members of its own', own({ network: true }), /network|Unrecognized/],
    ['larger than a recipe may be', own({ title: 'a', inline: { 'control.txt': 'x'.repeat(limits.recipeBytes) } }), /at most/],
  ])('%s', async (_, text, because) => {
    const of = await submit(text);
    const looked = await hub.try(desk!, validations.lookAtRecipe, { id: of.id, attachmentId: of.recipeId });
    const { refused, because: said } = looked as { refused: string | true; because?: string };
    expect(said ?? refused).toMatch(because);
    expect(await adopt(of, desk!, (looked as Looked).sha256 ?? '0'.repeat(64))).toHaveProperty('refused', true);
    expect(await repeat(of.id)).toMatchObject({ verdict: 'could-not-tell' });
  });
});

test('nobody else learns of it', async () => {
  const of = await submit(own());
  await adopt(of);
  const asked = { id: of.id, attachmentId: of.recipeId };
  expect(await hub.try(stranger!, validations.lookAtRecipe, asked)).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(stranger!, validations.ofFinding, { id: of.id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
});
