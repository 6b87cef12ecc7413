import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '../../src/base/id.ts';
import { limits } from '../../src/base/limits.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import { artefactsOfAdvisory, insertArtefact, saveArtefact } from '../../src/clearinghouse/releases/artefacts/store.ts';
import * as repository from '../../src/clearinghouse/releases/repository/actions.ts';
import { anonymous, house } from '../../src/trust/access.ts';
import { TufClient } from '../equipment/tuf-client.ts';
import { newKey, openPatchStage, type PatchStage } from './patches-stage.ts';

let stage: PatchStage;
beforeAll(async () => {
  stage = await openPatchStage();
});
afterAll(() => stage.hub.close());

const inside = <T>(work: Parameters<typeof stage.hub.doors.db.transaction<T>>[1]) => stage.hub.doors.db.transaction(house.reads, work);
const rolesOf = (count: number, key: string | null, prefix: string) =>
  inside((tx) =>
    sql`INSERT INTO tuf_roles (name, package, key, version, is_stale, is_suspended, tlp, compartments)
      SELECT ${prefix} || n, 'pkg:generic/' || ${prefix} || n, ${key}::text, 0, false, false, 'RED', '{hou_clearinghouse}'
      FROM generate_series(1, ${count}) AS n`.execute(tx),
  );
const targetsIn = (role: string, count: number) =>
  inside((tx) =>
    sql`INSERT INTO tuf_targets SELECT ${role} || '/x/' || n, ${role}, 'pkg:npm/looper', repeat('0', 64), 1, '{}', 'CLEAR', '{}'
      FROM generate_series(1, ${count}) AS n`.execute(tx),
  );

test(`at most ${limits.artefactsPerAdvisory} artefacts an advisory, and ${limits.artefactBytesPerAdvisory} bytes`, async () => {
  const { id } = await stage.attach();
  const advisoryId = stage.advisoryId as Id<'adv'>;
  const [one] = await inside((tx) => artefactsOfAdvisory(tx, advisoryId));
  const more = Array.from({ length: limits.artefactsPerAdvisory - 2 }, (_, i) => ({ ...one!, id: `art_${i}` as const }));
  await inside(async (tx) => {
    for (const a of more) await insertArtefact(tx, a);
  });
  const last = await stage.attach();
  expect(last).toMatchObject({ state: 'draft' });
  expect(await stage.attach()).toMatchObject({ code: 'too_many' });
  // What was taken back leaves room; bytes count together.
  await stage.hub.do(stage.desk, artefacts.withdraw, { id: last.id, because: 'a mistake' });
  const others = one!.bytes * (limits.artefactsPerAdvisory - 2);
  await inside((tx) => saveArtefact(tx, { ...one!, bytes: limits.artefactBytesPerAdvisory - others }));
  expect(await stage.attach()).toMatchObject({ code: 'too_large' });
  await inside((tx) => saveArtefact(tx, { ...one!, bytes: limits.artefactBytesPerAdvisory - others - one!.bytes + one!.bytes - 11 }));
  expect(Buffer.byteLength('deny: loop\n')).toBe(11);
  expect(await stage.attach()).toMatchObject({ state: 'draft' });
  await inside((tx) => sql`DELETE FROM release_artefacts WHERE id <> ${id}`.execute(tx));
  await inside((tx) => saveArtefact(tx, one!));
});

test(`${limits.tufProjects} projects have roles of their own; the others are found by hash`, async () => {
  await rolesOf(limits.tufProjects, null, 'p');
  const [ada] = [newKey()];
  const root = await stage.root([ada]);
  await stage.trust(root);
  const [one] = await inside((tx) => artefactsOfAdvisory(tx, stage.advisoryId as Id<'adv'>));
  await stage.hub.do(stage.second, artefacts.approve, { id: one!.id });
  await stage.goLive();
  await stage.write();
  const { path } = await stage.hub.do<{ path: string }>(anonymous, artefacts.get, { id: one!.id });
  const client = new TufClient(stage.url, root);
  const target = path.replace('tuf/targets/', '').replace(/[0-9a-f]{64}\./, '');
  expect((await client.update(stage.hub.clock.now(), target))[0]!.toString()).toBe('deny: loop\n');
  for (const { name } of client.trusted('targets').signed.delegations!.roles) expect(name).toMatch(/^bin-[0-9a-f]{2}$/);
  client.close();
});

test(`${limits.tufKeyedProjects} projects sign for themselves, with ${limits.tufTargetsPerProject} targets each`, async () => {
  const { hub, desk } = stage;
  await rolesOf(limits.tufKeyedProjects - 1, newKey().hex, 'k');
  const key = newKey().hex;
  const set = (name: string) => hub.try(desk, repository.setKey, { package: `pkg:npm/${name}`, publicKey: key });
  const { name: role } = (await set('looper')) as { name: string };
  expect(await set('another')).toMatchObject({ code: 'too_many' });
  expect(await set('looper')).toMatchObject({ nextKey: key });
  const { rows } = await inside((tx) => sql<{ count: string }>`SELECT count(*) FROM tuf_targets WHERE role = ${role}`.execute(tx));
  // An artefact and its statement.
  await targetsIn(role, limits.tufTargetsPerProject - 2 - Number(rows[0]!.count));
  expect(await stage.attach()).toMatchObject({ state: 'draft' });
  expect(await stage.attach()).toMatchObject({ code: 'too_many' });
});
