import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { runCommand } from '../equipment/command.ts';
import { openReceiver } from '../equipment/receiver.ts';
import { openStage, type Stage, upToCases } from '../flows/cases-stage.ts';
import { loopPatch } from '../lab-rehearsal.ts';

let stage: Stage;
let app: FastifyInstance;
let url: string;
const tokens = new Map<Actor, string>();
let maintainer: Actor;
const dir = mkdtempSync(join(tmpdir(), 'bw-case-commands-'));
const at = (name: string) => join(dir, name);

beforeAll(async () => {
  stage = await openStage();
  maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  for (const who of [maintainer, stage.desk])
    tokens.set(who, (await stage.hub.do<{ secret: string }>(who, orgs.issueToken, { holderId: who.id })).secret);
  app = await buildHttp(stage.hub.doors, { actions, version: 'test', deskDir: at('none'), publicDir: dir, log: () => {} });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await stage.hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const breakwater = (who: Actor, ...words: string[]) =>
  runCommand(words, { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: tokens.get(who)! });

// Every command is a process of its own: seconds on a machine that has other work.
const unhurried = { timeout: 120_000 };

test('an address that a verb takes is no hub: it is told to the hub, and gets no token', unhurried, async () => {
  const stranger = await openReceiver();
  const policy = ['--package', 'pkg:npm/looper', '--name', 'SECURITY.md', '--url', stranger.url, '--read-at', stage.hub.clock.now()];
  const kept = await breakwater(stage.desk, '--json', 'cases', 'keep-policy', ...policy, '--source', 'project-policy', '--max', 'P21D');
  expect(stranger.received).toEqual([]);
  expect(JSON.parse(kept.out)).toMatchObject({ url: stranger.url });
  await stranger.close();
  const added = await breakwater(stage.desk, '--json', 'webhooks', 'add', '--url', 'https://receiver.example/hook', '--about', 'cases');
  expect(JSON.parse(added.out)).toMatchObject({ url: 'https://receiver.example/hook' });
});

test('a fix is pushed from files, and waited for; what the lab says is the exit code', unhurried, async () => {
  const mail = (n: number, of: number, diff: string) =>
    `From ${'1'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@a.example>\nSubject: [PATCH ${n}/${of}] step ${n}\n\n---\n${diff}`;
  const text = (word: string) => Buffer.from(loopPatch(word), 'base64').toString();
  writeFileSync(at('1.patch'), mail(1, 2, text('incomplete')));
  writeFileSync(at('2.patch'), mail(2, 2, text('good')));
  writeFileSync(at('bad.patch'), text('incomplete'));
  const waited = async (...words: string[]) => {
    const ended = breakwater(maintainer, '--json', 'cases', 'push', stage.caseId, ...words, '--wait');
    let isOver = false;
    ended.then(() => (isOver = true));
    while (!isOver) {
      await stage.hub.settle(upToCases);
      await new Promise((next) => setTimeout(next, 200));
    }
    return ended;
  };
  const bad = await waited(at('bad.patch'), '--branch', 'other');
  expect([bad.code, JSON.parse(bad.out)]).toMatchObject([1, { verdict: 'incomplete', branch: 'other' }]);
  const good = await waited(at('1.patch'), at('2.patch'), '--branch', '1.x', '--test', 'node test/hello.js');
  expect([good.code, good.err]).toEqual([expect.any(Number), '']);
  expect(JSON.parse(good.out)).toMatchObject({ branch: '1.x', ownTests: ['node test/hello.js'], series: [{ subject: 'step 1' }, {}] });

  // One of a series alone is not the series.
  const half = await breakwater(maintainer, 'cases', 'push', stage.caseId, at('1.patch'));
  expect([half.code, half.err]).toEqual([65, expect.stringContaining('patch 1 of 1 says that it is 1/2 ("step 1")')]);
  const none = await breakwater(maintainer, 'cases', 'push', stage.caseId, at('none.patch'));
  expect([none.code, none.err]).toEqual([66, expect.stringContaining('none.patch')]);

  const { id } = JSON.parse(bad.out) as { id: string };
  const got = ['cases', 'get-patch', stage.caseId, '--patch-id', id, '--out', at('got.patch')];
  expect(await breakwater(maintainer, ...got)).toMatchObject({ code: 0, out: expect.stringContaining('SHA-256') });
  expect(readFileSync(at('got.patch'), 'utf8')).toBe(text('incomplete'));
  // Never over what lies there.
  expect((await breakwater(maintainer, ...got)).err).toMatch(/^conflict/);
});

test('a message takes files along, and gives them back', unhurried, async () => {
  writeFileSync(at('trace.txt'), 'a trace');
  const said = await breakwater(maintainer, '--json', 'cases', 'message', stage.caseId, '--text', 'see there', '--attach', at('trace.txt'));
  const { seq, files } = JSON.parse(said.out) as { seq: number; files: { id: string; filename: string }[] };
  expect(files).toMatchObject([{ filename: 'trace.txt' }]);
  const file = ['--seq', String(seq), '--blob-id', files[0]!.id, '--out', at('back.txt')];
  expect((await breakwater(stage.desk, 'cases', 'message-file', stage.caseId, ...file)).code).toBe(0);
  expect(readFileSync(at('back.txt'), 'utf8')).toContain('a trace');
});

test('the list of numbering authorities is read from the file it was downloaded to', unhurried, async () => {
  const one = { shortName: 'acme', organizationName: 'Acme', scope: 'Acme only', CNA: {} };
  writeFileSync(at('CNAsList.json'), JSON.stringify([one]));
  const read = (file: string) =>
    breakwater(stage.desk, '--json', 'cves', 'read-cnas', file, '--url', 'https://lists.example/CNAsList.json');
  expect(JSON.parse((await read(at('CNAsList.json'))).out)).toMatchObject({ read: 1, skipped: 0 });
  expect((await read(at('gone.json'))).err).toContain('cannot be read');
});
