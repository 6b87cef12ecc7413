import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import { writeRepository } from '../../src/app/repository-files.ts';
import { insist } from '../../src/base/refusal.ts';
import { rawPublicKey, type Signer, signerOf } from '../../src/base/signature.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import { caseById } from '../../src/clearinghouse/cases/store.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import * as repository from '../../src/clearinghouse/releases/repository/actions.ts';
import { initRoot, type OnlineKeys, type Rotation, rotateRoot, signRoot } from '../../src/clearinghouse/releases/repository/ceremony.ts';
import { type Root, readRoot } from '../../src/clearinghouse/releases/repository/root.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { approveDraft, embargoOver } from '../case.ts';
import { loopPatch } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

export const newKey = (): Signer & { hex: string } => {
  const signer = signerOf('offline', generateKeyPairSync('ed25519').privateKey);
  return { ...signer, hex: rawPublicKey(signer.publicKey).toString('hex') };
};

export interface PatchStage extends Stage {
  readonly url: string;
  /** The public tree on disk. */
  readonly publicDir: string;
  readonly maintainer: Actor;
  readonly second: Actor;
  /** Writes what is published to the disk. */
  write(put?: (path: string, bytes: Uint8Array) => Promise<void>): Promise<void>;
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** A root of these keys for this hub, signed by all of them; handed in when `trust`. */
  root(keys: readonly Signer[], threshold?: number): Promise<string>;
  rotate(before: string, by: Partial<Rotation>, signers: readonly Signer[]): Promise<string>;
  trust(root: string): Promise<unknown>;
  /** The case's patch, verified. */
  verified(): Promise<string>;
  attach(over?: object, as?: Actor): Promise<{ id: string }>;
  /** Of the case's advisory, drafted and approved. */
  readonly advisoryId: string;
  /** Agrees an hour; returns the release's id and the hour. */
  schedule(): Promise<{ id: string; goLiveAt: string }>;
  /** To the hour and out. */
  goLive(): Promise<string>;
}

const signedBy = (text: string, signers: readonly Signer[], before?: Root) =>
  signers.reduce((so, signer) => insist(signRoot(readRoot(so) as Root, before, signer)), text);

const putInto = (dir: string) => async (path: string, bytes: Uint8Array) => {
  const to = join(dir, path);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(`${to}.new`, bytes);
  renameSync(`${to}.new`, to);
};

/** Another person of the clearinghouse. */
async function secondOf({ hub, desk }: Stage): Promise<Actor> {
  const id = 'psn_00000000000000000000000002';
  const orgId = desk.orgId as `org_${string}`;
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, { id, orgId, name: 'Grace Second', email: 'second@example.org', createdAt: hub.clock.now() }),
  );
  return hub.again({ id, scopes: ['*'] } as unknown as Actor);
}

/** A hub that serves its public tree, with a case whose advisory is approved. */
export async function openPatchStage(): Promise<PatchStage> {
  const stage = await openStage();
  const { hub, desk, caseId } = stage;
  const maintainer = await stage.enter(await hub.join('Upstream', 'maintainer'), 0);
  const second = await secondOf(stage);
  const publicDir = mkdtempSync(join(tmpdir(), 'bw-public-'));
  const app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: '/nonexistent', publicDir, log: () => {} });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const of = (await hub.doors.db.transaction(house.reads, (tx) => caseById(tx, caseId)))!;
  const advisoryId = await approveDraft(hub, of, [desk, second], [{ package: of.package, fixed: '1.0.1' }]);
  const online = () => hub.do<OnlineKeys & { generation: number }>(desk, repository.onlineKeys, {});
  const put = putInto(publicDir);
  const schedule = () => hub.do<{ id: string; goLiveAt: string }>(desk, releases.schedule, { advisoryId, goLiveAt: embargoOver(hub, of) });
  return {
    ...stage,
    hub: {
      ...hub,
      async close() {
        await app.close();
        rmSync(publicDir, { recursive: true, force: true });
        await hub.close();
      },
    },
    ...{ url, publicDir, maintainer, second, advisoryId, put, schedule },
    write: (by = put) =>
      writeRepository(hub.doors, {
        read: async (path) => (existsSync(join(publicDir, path)) ? readFileSync(join(publicDir, path)) : undefined),
        put: by,
      }),
    async root(keys, threshold = keys.length) {
      const rootKeys = keys.map((k) => rawPublicKey(k.publicKey).toString('hex'));
      return signedBy(insist(initRoot({ rootKeys, threshold, online: await online(), lastsDays: 365 }, hub.clock.now())), keys);
    },
    async rotate(before, by, signers) {
      const from = readRoot(before) as Root;
      const asked = { add: [], remove: [], threshold: undefined, online: undefined, lastsDays: 365, ...by };
      return signedBy(insist(rotateRoot(from, asked, hub.clock.now())), signers, from);
    },
    trust: (root) => hub.try(desk, repository.trustRoot, { root }),
    async verified() {
      const { id: patchId } = await hub.do<{ id: string }>(maintainer, submitPatch, {
        id: caseId,
        patch: loopPatch('good'),
        writtenBy: 'ai',
      });
      await hub.settle(upToCases);
      const { patches } = await hub.do<CaseOut>(desk, cases.get, { id: caseId });
      if (patches!.find((p) => p.id === patchId)?.verdict !== 'verified') throw new Error('the patch was not verified');
      return patchId;
    },
    attach: (over = {}, as = maintainer) =>
      hub.try(as, artefacts.attach, {
        ...{ advisoryId, kind: 'mitigation', name: 'rule.yml', data: Buffer.from('deny: loop\n').toString('base64') },
        ...{ appliesTo: { version: '1.0.0' }, ...over },
      }) as Promise<{ id: string }>,
    async goLive() {
      const { id: releaseId, goLiveAt } = await schedule();
      hub.clock.set(goLiveAt as never);
      await hub.do(house, releases.publishDue, {});
      return releaseId;
    },
  };
}
