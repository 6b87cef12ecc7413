import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../src/base/canonical.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { tellLeak } from '../../src/clearinghouse/cases/canaries/actions.ts';
import { leakInput } from '../../src/clearinghouse/cases/canaries/wire.ts';
import { message, messages } from '../../src/clearinghouse/cases/messages/actions.ts';
import { getPatch, submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { loopPatch } from '../lab-rehearsal.ts';
import { openStage, type Stage } from './cases-stage.ts';

type View = { reports: { text: string; attachments: { id: string; type: string; sha256: string }[] }[]; messages: { text: string }[] };
type Told = { verdict: string; items: { caseId: string; holderId: string; marks: number }[] };
let stage: Stage;
let [ada, bob]: Actor[] = [];
beforeAll(async () => {
  stage = await openStage();
  ada = await stage.enter(await stage.hub.join('Ada', 'maintainer'), 0);
  bob = await stage.enter(await stage.hub.join('Bob', 'maintainer'), 1);
  await stage.hub.do(ada, message, { id: stage.caseId, text: 'The loop never ends. It will be fixed on Friday.' });
});
afterAll(() => stage.hub.close());

const see = (as: Actor) => stage.hub.do<View>(as, cases.get, { id: stage.caseId });
const tell = (text: string) => stage.hub.do<Told>(stage.desk, tellLeak, { text });
const whose = async (text: string) => (await tell(text)).items.map((i) => i.holderId);

test('what one is shown tells whose it was, whole or in part', async () => {
  const [{ messages: shown, reports }] = [await see(bob!)];
  expect(await whose(JSON.stringify(shown))).toEqual([bob!.id]);
  expect(await whose(`I found this on a forum: "${shown[0]!.text.slice(0, 70)}"`)).toEqual([bob!.id]);
  expect(await whose(reports[0]!.text)).toEqual([bob!.id]);
  const { items } = await stage.hub.do<{ items: { text: string }[] }>(bob!, messages, { id: stage.caseId });
  expect(await tell(items[0]!.text)).toMatchObject({ verdict: 'told', items: [{ caseId: stage.caseId, holderId: bob!.id, marks: 2 }] });
  expect(await whose((await see(stage.finder)).messages[0]!.text)).toEqual([stage.finder.id]);
});

test('what one wrote oneself comes back as it was', async () => {
  expect((await see(ada!)).messages[0]!.text).toBe('The loop never ends. It will be fixed on Friday.');
  expect(await tell('The loop never ends. It will be fixed on Friday.')).toEqual({ verdict: 'could-not-tell', items: [] });
});

test('a patch names its copy; of a proof of concept no byte is changed', async () => {
  const { id: patchId } = await stage.hub.do<{ id: string }>(ada!, submitPatch, { id: stage.caseId, patch: loopPatch('good') });
  const got = async (as: Actor) =>
    stage.hub.do<{ data: string; isMarked: boolean; sha256: string }>(as, getPatch, { id: stage.caseId, patchId });
  const { data, isMarked } = await got(bob!);
  if (isMarked) expect(await whose(Buffer.from(data, 'base64').toString())).toEqual([bob!.id]);
  expect((await got(ada!)).data).toBe(loopPatch('good'));
  const files = (await see(bob!)).reports.flatMap((r) => r.attachments);
  expect(files.map((f) => f.type)).not.toEqual([]);
  for (const { id: blobId, type, sha256: digest } of files) {
    const file = await stage.hub.do<{ data: string; isMarked: boolean }>(bob!, cases.attachment, { id: stage.caseId, blobId });
    expect(file.isMarked && type !== 'patch').toBe(false);
    if (!file.isMarked) expect(sha256(Buffer.from(file.data, 'base64'))).toBe(digest);
  }
});

test('whose a copy was is for the clearinghouse, of a text of so many characters', async () => {
  expect(await stage.hub.try(bob!, tellLeak, { text: 'x' })).toMatchObject({ code: 'not_permitted' });
  expect(leakInput.safeParse({ text: 'a'.repeat(limits.leakChars) }).success).toBe(true);
  expect(leakInput.safeParse({ text: 'a'.repeat(limits.leakChars + 1) }).success).toBe(false);
});
