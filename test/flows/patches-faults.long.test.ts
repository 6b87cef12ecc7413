import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db, Doors } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import * as repository from '../../src/clearinghouse/releases/repository/actions.ts';
import { filesAfter } from '../../src/clearinghouse/releases/repository/store.ts';
import { anonymous, house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { TufClient } from '../equipment/tuf-client.ts';
import { newKey, openPatchStage, type PatchStage } from './patches-stage.ts';

let stage: PatchStage;
let client: TufClient;
const ids: string[] = [];
const now = () => stage.hub.clock.now();
const targetOf = async (id: string) => {
  const { path } = await stage.hub.do<{ path: string }>(anonymous, artefacts.get, { id });
  return path.replace('tuf/targets/', '').replace(/[0-9a-f]{64}\./, '');
};
const files = () => stage.hub.doors.db.transaction([], (tx) => filesAfter(tx, 0, 1000));

beforeAll(async () => {
  stage = await openPatchStage();
  const root = await stage.root([newKey()]);
  await stage.trust(root);
  await stage.write();
  client = new TufClient(stage.url, root);
  await client.update(now());
  for (const name of ['a.conf', 'b.conf', 'c.conf']) {
    const { id } = await stage.attach({ kind: 'virtual-patch', name, data: Buffer.from(name).toString('base64') });
    await stage.hub.do(stage.second, artefacts.approve, { id });
    ids.push(id);
  }
  const { goLiveAt } = await stage.schedule();
  stage.hub.clock.set(goLiveAt as never);
  await stage.hub.do(house, repository.refresh, {});
  await stage.write();
});
afterAll(async () => {
  client.close();
  await stage.hub.close();
});

class Killed extends Error {}
type Fault = 'before' | 'within' | 'after-but-unanswered';

/** The process dies at the transaction: before it, in it, or when it is committed and nobody has heard of it yet. */
function dying(db: Db, fault: Fault): Db {
  return {
    ...db,
    async transaction(reads, work) {
      if (fault === 'before') throw new Killed();
      const result = await db.transaction(reads, async (tx) => {
        const done = await work(tx);
        if (fault === 'within') throw new Killed();
        return done;
      });
      if (fault === 'after-but-unanswered') throw new Killed();
      return result;
    },
  };
}

describe('the transaction of a publication', () => {
  test.each(['before', 'within', 'after-but-unanswered'] as const)('killed %s: published once, and no version twice', async (fault) => {
    const before = await files();
    const doors: Doors = { ...stage.hub.doors, db: dying(stage.hub.doors.db, fault) };
    await expect(act(doors, releases.publishDue, { who: { actor: house }, input: {} })).rejects.toThrow(/failed/);
    if (fault !== 'after-but-unanswered') return expect(await files()).toEqual(before);
    expect(await stage.hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
    const added = (await files())
      .slice(before.length - 1)
      .map((f) => f.path.replace(/^tuf\/(targets\/.*|metadata\/)/, (_, m) => (m === 'metadata/' ? '' : 'target')));
    expect(added.map((path) => path.replace(/npm-.*/, 'project.json'))).toEqual([
      ...Array.from({ length: 6 }, () => 'target'),
      '1.project.json',
      '2.targets.json',
      '3.snapshot.json',
      'timestamp.json',
    ]);
  });
});

describe('the writes of a publication', () => {
  const kept = () => `${stage.publicDir}.kept`;
  const restore = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  };
  beforeAll(() => restore(stage.publicDir, kept()));
  afterAll(() => rmSync(kept(), { recursive: true, force: true }));

  /** Dies at the nth write. Returns false when there were fewer. */
  async function killedAt(n: number, fault: Fault): Promise<boolean> {
    let writes = 0;
    const died = await stage
      .write(async (path, bytes) => {
        if (++writes !== n) return stage.put(path, bytes);
        const draft = join(stage.publicDir, `${path}.new`);
        mkdirSync(dirname(draft), { recursive: true });
        if (fault === 'within') writeFileSync(draft, bytes.subarray(0, bytes.length / 2));
        if (fault === 'after-but-unanswered') await stage.put(path, bytes);
        throw new Killed();
      })
      .then(
        () => false,
        (error) => error instanceof Killed,
      );
    return died;
  }

  test.each(['before', 'within', 'after-but-unanswered'] as const)(
    'killed %s any of them: clients go on with what they had, and after a restart have all of it',
    async (fault) => {
      const targets = await Promise.all(ids.map(targetOf));
      let n = 1;
      for (; ; n++) {
        restore(kept(), stage.publicDir);
        const early = client.copy();
        const died = await killedAt(n, fault);
        // Whatever lies there now is a whole repository: the old one, or the new one.
        const seen = await early.update(now(), ...targets);
        expect(new Set(seen.map((bytes) => bytes === undefined)).size, `write ${n}`).toBe(1);
        if (!died) break;
        await stage.write();
        expect((await early.update(now(), ...targets)).map(String), `write ${n}`).toEqual(['a.conf', 'b.conf', 'c.conf']);
        early.close();
      }
      // All of them, in more than one batch, and what marks each complete.
      expect(n - 1).toBe(10 + 2);
      expect(10).toBeGreaterThan(limits.tufFilesAtOnce);
    },
  );

  test('a tree that is lost, or of a later state, is written again from the beginning', async () => {
    rmSync(join(stage.publicDir, 'tuf'), { recursive: true });
    await stage.write();
    expect((await client.copy().update(now(), await targetOf(ids[0]!)))[0]!.toString()).toBe('a.conf');
    await stage.put('tuf/.complete.json', Buffer.from('{"seq":100000}'));
    rmSync(join(stage.publicDir, 'tuf/metadata/timestamp.json'));
    await stage.write();
    expect(JSON.parse(readFileSync(join(stage.publicDir, 'tuf/metadata/timestamp.json'), 'utf8')).signed.version).toBe(3);
  });
});
