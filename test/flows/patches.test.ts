import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Envelope, open } from '../../src/base/signature.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import { anonymous } from '../../src/trust/access.ts';
import { TufClient } from '../equipment/tuf-client.ts';
import { newKey, openPatchStage, type PatchStage } from './patches-stage.ts';

let stage: PatchStage;
let client: TufClient;
const [ada, bob] = [newKey(), newKey()];
const ids: Record<string, string> = {};
const targetOf = (path: string) => path.replace('tuf/targets/', '').replace(/[0-9a-f]{64}\./, '');

interface Live {
  path: string;
  statement: string;
  sha256: string;
  state: string;
}
const see = (id: string) => stage.hub.do<Live>(anonymous, artefacts.get, { id });
const now = () => stage.hub.clock.now();

beforeAll(async () => {
  stage = await openPatchStage();
});
afterAll(async () => {
  client?.close();
  await stage.hub.close();
});

describe('an artefact', () => {
  test('of kind patch is one that our own re-run verified, or gives a reason', async () => {
    const data = Buffer.from('--- a\n+++ b\n').toString('base64');
    expect(await stage.attach({ kind: 'patch', name: 'a.patch', data })).toMatchObject({ code: 'not_permitted', at: '/reason' });
    const patchId = await stage.verified();
    const fix = await stage.attach({ kind: 'patch', name: 'fix.patch', data: undefined, patchId, appliesTo: { commit: 'a'.repeat(40) } });
    expect(fix).toMatchObject({ state: 'draft', writtenBy: 'ai' });
    const unverified = await stage.attach({ kind: 'patch', name: 'a.patch', data, reason: 'the project has no tests' });
    expect(unverified).toMatchObject({ state: 'draft', reason: 'the project has no tests' });
    const rule = await stage.attach({ kind: 'virtual-patch', name: 'waf.conf' });
    Object.assign(ids, { fix: fix.id, unverified: unverified.id, rule: rule.id });
  });

  test('is approved by a second person, by name', async () => {
    const { hub, desk, second, maintainer } = stage;
    const approve = (as: typeof desk, id: string) => hub.try(as, artefacts.approve, { id });
    expect(await approve({ ...maintainer, roles: ['coordinator'] }, ids.fix!)).toMatchObject({ code: 'not_permitted' });
    expect(await approve({ ...second, kind: 'agent' }, ids.fix!)).toMatchObject({ code: 'not_permitted' });
    for (const id of Object.values(ids)) expect(await approve(second, id)).toMatchObject({ state: 'approved', approvedBy: second.id });
    expect(await approve(second, ids.fix!)).toMatchObject({ code: 'wrong_state' });
    expect(await hub.try(second, artefacts.approve, { id: ids.fix!, sha256: '0'.repeat(64) })).toMatchObject({ code: 'wrong_state' });
  });

  test('is nobody else\u2019s before the hour, and goes live with its release', async () => {
    const { hub } = stage;
    const before = { id: ids.fix! };
    expect(await hub.try(anonymous, artefacts.get, before)).toMatchObject({ code: 'not_found' });
    expect(await hub.do<{ items: [] }>(anonymous, artefacts.list, {})).toEqual({ items: [] });
    await stage.goLive();
    for (const id of Object.values(ids)) expect(await see(id)).toMatchObject({ state: 'live' });
    const { items } = await hub.do<{ items: { artefacts: { id: string; path: string; sha256: string }[] }[] }>(
      anonymous,
      releases.feed,
      {},
    );
    expect(
      items
        .at(-1)!
        .artefacts.map((a) => a.id)
        .sort(),
    ).toEqual(Object.values(ids).sort());
  });

  test('has a signed statement: what it stops by digest, which tests pass, who answers and who approved', async () => {
    const { statement, sha256 } = await see(ids.fix!);
    const envelope = JSON.parse(statement) as Envelope;
    const said = JSON.parse(open(envelope, stage.hub.doors.keys.signer('releases').publicKey)!.toString());
    expect(said).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'fix.patch', digest: { sha256 } }],
      predicateType: 'urn:breakwater:artefact:1',
      predicate: {
        kind: 'patch',
        appliesTo: { commit: 'a'.repeat(40), version: null },
        advisory: { id: stage.advisoryId },
        written: { by: 'ai', answerable: { name: "Upstream's person", organisation: 'Upstream' } },
        check: { verdict: 'verified', provider: 'rehearsed', recipe: { id: 'looper' }, passes: ['it says hello'] },
        approved: { by: { name: 'Grace Second', organisation: 'Clearinghouse' } },
      },
    });
    expect(said.predicate.check.stops).toHaveLength(1);
    expect(statement).not.toContain(Buffer.from('SECRET-POC').toString('base64').slice(0, 10));
    const other = JSON.parse((await see(ids.unverified!)).statement) as Envelope;
    expect(JSON.parse(open(other, stage.hub.doors.keys.signer('releases').publicKey)!.toString()).predicate).toMatchObject({
      check: null,
      reason: 'the project has no tests',
    });
  });
});

describe('tuf-js', () => {
  const root = async () => stage.root([ada, bob]);
  let first: string;

  test('finds nothing before a root was signed; then what waited', async () => {
    await stage.write();
    expect(existsSync(join(stage.publicDir, 'tuf/metadata/timestamp.json'))).toBe(false);
    first = await root();
    expect(await stage.trust(first)).toMatchObject({ version: 1 });
    await stage.write();
    client = new TufClient(stage.url, first);
    const live = await see(ids.fix!);
    const path = targetOf(live.path);
    const [patch, statement, absent] = await client.update(now(), path, `${path}.intoto.jsonl`, 'nothing/of/this');
    expect(patch!.toString()).toContain('+good');
    expect(statement!.toString()).toBe(live.statement);
    expect(absent).toBeUndefined();
    const { delegations } = client.trusted('targets').signed;
    expect(delegations!.roles.map((r) => r.name)).toEqual([expect.stringMatching(/^npm-looper\.[0-9a-f]{8}$/)]);
  });

  test('refuses a target that was tampered with', async () => {
    const live = await see(ids.rule!);
    const file = join(stage.publicDir, live.path);
    const whole = readFileSync(file);
    writeFileSync(file, 'allow: loop\n');
    await expect(client.update(now(), targetOf(live.path))).rejects.toThrow(/length|hash/i);
    writeFileSync(file, whole);
    expect((await client.update(now(), targetOf(live.path)))[0]).toEqual(whole);
  });

  test('a withdrawn artefact is offered no more', async () => {
    const { hub, desk } = stage;
    const live = await see(ids.unverified!);
    await hub.do(desk, artefacts.withdraw, { id: ids.unverified!, because: 'it does not apply' });
    await stage.write();
    expect(await client.update(now(), targetOf(live.path))).toEqual([undefined]);
    expect(await see(ids.unverified!)).toMatchObject({ state: 'withdrawn', withdrawnBecause: 'it does not apply' });
  });
});
