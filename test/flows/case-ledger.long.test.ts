import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAll } from '../../src/app/cli-ledger.ts';
import { limits } from '../../src/base/limits.ts';
import { signNote, verifierKey } from '../../src/base/signature.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { ledger as exportLedger } from '../../src/clearinghouse/cases/ledger/actions.ts';
import { type Ledger, statementText, verifyLedger } from '../../src/clearinghouse/cases/ledger/ledger.ts';
import { ledgerInput } from '../../src/clearinghouse/cases/ledger/wire.ts';
import { message } from '../../src/clearinghouse/cases/messages/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { sumTiles } from '../../src/trust/log/actions.ts';
import { tileLeaves } from '../../src/trust/log/proof.ts';
import { tileRootsOf } from '../../src/trust/log/store.ts';
import { generateSigner } from '../equipment/signer.ts';
import { openStage, type Stage } from './cases-stage.ts';

type Exported = Ledger & { next: number | null };
let stage: Stage;
let [ada, two]: Actor[] = [];
beforeAll(async () => {
  stage = await openStage();
  ada = await stage.enter(await stage.hub.join('Ada', 'maintainer'), 0);
  two = await stage.enter(await stage.hub.join('Two', 'operator'), 2);
  await stage.hub.do(ada, message, { id: stage.caseId, text: 'SECRET-MESSAGE' });
  await stage.hub.do(stage.desk, cases.observe, { id: stage.caseId, what: 'fix-ready', because: 'SECRET-BECAUSE' });
  // More than one tile of the log.
  for (let i = 0; i < 240; i++) await stage.hub.do(ada, message, { id: stage.caseId, text: `message ${i}` });
});
afterAll(() => stage.hub.close());

const get = (as: Actor, over: object = {}) => stage.hub.do<Exported>(as, exportLedger, { id: stage.caseId, ...over });
const events = (of: Ledger) => [...new Set(of.entries.map((e) => e.body.event))].sort();
const key = () => {
  const signer = stage.hub.doors.keys.signer('log');
  return verifierKey(signer.name, signer.publicKey);
};

test('each gets what they may see, and it verifies', async () => {
  const [own, narrow, all] = [await get(ada!), await get(two!), await get(stage.desk)];
  for (const of of [own, narrow, all]) expect(verifyLedger(of, key())).toMatchObject({ caseId: stage.caseId, next: null });
  expect(events(own)).toEqual(['case.message-written', 'case.observed', 'case.opened', 'case.read-in', 'case.read-in-offered']);
  expect(events(narrow)).toEqual(['case.observed', 'case.opened', 'case.read-in', 'case.read-in-offered']);
  // Their own alone, and nothing that was said to others of the case.
  expect(narrow.entries.filter((e) => e.body.event === 'case.read-in')).toHaveLength(1);
  expect(JSON.stringify([own, narrow])).not.toMatch(/SECRET/);
  expect(JSON.stringify(all)).toContain('SECRET-BECAUSE');
  expect(await stage.hub.try(await stage.hub.join('Stranger', 'operator'), exportLedger, { id: stage.caseId })).toMatchObject({
    code: 'not_found',
  });
});

test('before and after the tiles are summed it is the same proof', async () => {
  const before = await get(two!);
  while ((await stage.hub.do<{ summed: number }>(house, sumTiles, {})).summed > 0);
  const after = await get(two!);
  expect(verifyLedger(after, key(), before)).toMatchObject({
    // The first export is itself something that they did.
    entries: before.entries.length + 1,
  });
  const proofs = (of: Ledger) => of.entries[0]!.proof.slice(0, 8);
  expect(proofs(after)).toEqual(proofs(before));
});

describe('what is told', () => {
  let whole: Exported;
  beforeAll(async () => {
    whole = await get(ada!);
  });
  const changed = (change: (entries: Ledger['entries'][number][]) => unknown) => {
    const copy = structuredClone(whole) as Exported & { entries: Ledger['entries'][number][] };
    change(copy.entries);
    return copy;
  };
  test.each<[string, (entries: Ledger['entries'][number][]) => unknown]>([
    ['an entry left out', (e) => e.splice(3, 1)],
    ['the last left out', (e) => e.pop()],
    ['an entry twice', (e) => e.splice(2, 0, e[2]!)],
    ['two exchanged', (e) => e.splice(0, 2, e[1]!, e[0]!)],
  ])('%s', (_, change) => {
    expect(verifyLedger(changed(change), key())).toMatchObject({ code: 'untrusted', because: /left out|added|order/ as unknown as string });
  });

  test.each<[string, (entry: Record<string, unknown>) => unknown]>([
    ['another actor', (e) => Object.assign(e.body as object, { actor: 'psn_x' })],
    ['another payload', (e) => Object.assign(e.body as object, { payload: { seq: 9 } })],
    ['another time', (e) => Object.assign(e, { at: '2026-11-21T00:00:00.000Z' })],
    ['another proof', (e) => Object.assign(e, { proof: (e.proof as string[]).slice(1) })],
    ['another case', (e) => Object.assign(e.body as object, { thing: 'cas_x' })],
  ])('%s', (_, change) => {
    const at = whole.entries.findIndex((e) => e.body.event === 'case.message-written');
    expect(
      verifyLedger(
        changed((e) => change(e[at] as unknown as Record<string, unknown>)),
        key(),
      ),
    ).toMatchObject({
      code: 'untrusted',
      at: `/entries/${at}`,
    });
  });

  test('another key, and a statement or checkpoint of another log', () => {
    const other = generateSigner('test.example/log');
    expect(verifyLedger(whole, verifierKey(other.name, other.publicKey))).toMatchObject({ code: 'untrusted', at: '/checkpoint' });
    const forged = { ...whole, checkpoint: signNote(other, whole.checkpoint.slice(0, whole.checkpoint.indexOf('\n\n') + 1)) };
    expect(verifyLedger(forged, key())).toMatchObject({ code: 'untrusted', at: '/checkpoint' });
    expect(verifyLedger({ ...whole, checkpoint: whole.statement }, key())).toMatchObject({ code: 'untrusted' });
  });

  test('what was shown before and is gone now, although the hub itself signed it', async () => {
    await stage.hub.do(ada!, message, { id: stage.caseId, text: 'one more' });
    const later = await get(ada!);
    expect(verifyLedger(later, key(), whole)).toMatchObject({ entries: whole.entries.length + 2 });
    const { entries, ...rest } = later;
    const signer = stage.hub.doors.keys.signer('log');
    const said = verifyLedger(later, key()) as Exclude<ReturnType<typeof verifyLedger>, { refused: true }>;
    const fewer = entries.toSpliced(4, 1);
    const lying = { ...rest, entries: fewer, statement: signNote(signer, statementText({ ...said, entries: fewer })) };
    expect(verifyLedger(lying, key())).toMatchObject({ entries: fewer.length });
    expect(verifyLedger(lying, key(), whole)).toMatchObject({ code: 'untrusted', because: expect.stringContaining('was shown before') });
    expect(verifyLedger(whole, key(), later)).toMatchObject({ code: 'untrusted', because: 'the log was longer once' });
  });
});

test('in parts, of so many entries, and by one command offline', async () => {
  expect(ledgerInput.safeParse({ id: stage.caseId, limit: limits.ledgerRows }).success).toBe(true);
  expect(ledgerInput.safeParse({ id: stage.caseId, limit: limits.ledgerRows + 1 }).success).toBe(false);
  const dir = mkdtempSync(join(tmpdir(), 'bw-ledger-'));
  try {
    const files: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const part: Exported = await get(ada!, { after, limit: 100 });
      files.push(join(dir, `${after}.json`));
      writeFileSync(files.at(-1)!, JSON.stringify(part));
      after = part.next;
    }
    expect(files.length).toBeGreaterThan(1);
    expect(verifyAll(files, { key: key() })).toMatchObject({ text: expect.stringMatching(/verify: 25\d entries/) });
    expect(verifyAll(files, { key: key(), previous: files[0]! })).toMatchObject({ value: { previous: 'agrees' } });
    for (const part of [files.slice(0, 1), files.slice(1), files.toReversed()])
      expect(verifyAll(part, { key: key() })).toMatchObject({ code: 'untrusted', because: expect.stringContaining('a part is missing') });
    writeFileSync(join(dir, 'no.json'), '{"entries":[]}');
    expect(verifyAll([join(dir, 'no.json')], { key: key() })).toMatchObject({ code: 'malformed' });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a log too far ahead of its tiles is not summed by whoever asks', async () => {
  const ask = (size: number) => stage.hub.doors.db.transaction(house.reads, (tx) => tileRootsOf(tx, size));
  expect(await ask(tileLeaves * (limits.tilesAtOnce + 2))).toMatchObject({ code: 'unavailable' });
});
