import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { feedRoutes } from '../../src/app/feeds.ts';
import { flow } from '../../src/app/flow.ts';
import { buildHttp } from '../../src/app/http.ts';
import { routeOf } from '../../src/app/openapi.ts';
import { osvRoutes } from '../../src/app/osv.ts';
import { progressRoutes } from '../../src/app/progress-events.ts';
import { publisher } from '../../src/app/publisher.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { taxiiRoutes } from '../../src/app/taxii.ts';
import type { Mail, Net } from '../../src/base/doors.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import { readZip } from '../../src/clearinghouse/findings/formats/zip.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import type { AnyAction } from '../../src/trust/action.ts';
import { issueToken } from '../../src/trust/orgs/actions.ts';
import { main, runCommand } from '../equipment/command.ts';
import { inputsOf, type LeakStage, openLeakStage, planted, readable } from '../flows/leak-stage.ts';
import { fieldsOf, type Seen, seenFrom } from './case-fields.ts';

/** What coordinators alone may use is refused to everybody else before anything is read. */
const isOpen = (verb: AnyAction) => !(Array.isArray(verb.by) && verb.by.every((role) => role === 'coordinator'));
const open = actions.filter((verb) => verb.name.startsWith('cases.') && !verb.internal && isOpen(verb));
const listed = (of: string | undefined) => (of ?? '').split(/\s+/).filter(Boolean);

test('every field of every verb on cases has its place', () => {
  const placed = Object.entries(seenFrom).flatMap(([verb, groups]) =>
    Object.values(groups)
      .flatMap(listed)
      .map((at) => `${verb} ${at}`),
  );
  const had = open.flatMap((verb) => fieldsOf(verb).map((at) => `${verb.name} ${at}`));
  expect(new Set(placed).size, 'a field has one place').toBe(placed.length);
  // Say in case-fields.ts from which tier on it is seen, and nowhere wider than whoever needs it.
  expect(had.filter((field) => !placed.includes(field))).toEqual([]);
  expect(placed.filter((field) => !had.includes(field))).toEqual([]);
});

let stage: LeakStage;
let app: FastifyInstance;
let url: string;
const left: string[] = [];
const tokens = new Map<string, string>();
const dir = mkdtempSync(join(tmpdir(), 'bw-leaks-'));
const answer = { status: 200, headers: {}, body: new Uint8Array() };
/** What leaves the hub, for whomever. */
const net: Net = {
  async post(to, { body }) {
    left.push(`${to} ${Buffer.from(body)}`);
    return answer;
  },
};
const mail = {
  sends: true,
  replyDomain: 'reply.example',
  async send(of: unknown) {
    left.push(JSON.stringify(of));
    return { outcome: 'taken', status: 250, enhanced: null, because: 'ok' };
  },
} as unknown as Mail;

beforeAll(async () => {
  stage = await openLeakStage({ net, mail });
  const { hub } = stage;
  for (const [name, who] of stage.viewers)
    tokens.set(name, (await hub.do<{ secret: string }>(who, issueToken, { holderId: who.id })).secret);
  const log = () => {};
  app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: join(dir, 'none'), publicDir: dir, log });
  progressRoutes(app, hub.doors, log);
  feedRoutes(app, hub.doors);
  taxiiRoutes(app, hub.doors, log);
  await osvRoutes(app, hub.doors, log);
  tapRoutes(app, hub.doors, log);
  url = await app.listen({ host: '127.0.0.1', port: 0 });
}, 300_000);
afterAll(async () => {
  await app?.close();
  await stage?.hub.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A text, and what is packed into it: files in base64, archives among them. */
function unpacked(text: string): string {
  const packed = text.match(/[A-Za-z0-9+/]{24,}={0,2}/g) ?? [];
  return [text, ...packed.map((of) => opened(Buffer.from(of, 'base64')))].join('\n');
}
function opened(bytes: Buffer): string {
  const zip = bytes.subarray(0, 2).toString() === 'PK' ? readZip(bytes) : [];
  return [
    bytes.toString('latin1'),
    ...(isRefusal(zip) ? [] : zip.map((file) => `${file.name} ${Buffer.from(file.bytes).toString('latin1')}`)),
  ].join('\n');
}
/** The words in a text that may not reach a viewer of this tier. What one wrote oneself is no leak. */
const leaked = (text: string, tier: number, name = '') => {
  const whole = unpacked(text);
  return planted.filter(([word, upTo, by]) => tier > upTo && by !== name && whole.includes(word)).map(([word]) => word);
};
const ask = async (path: string, token: string | undefined) => {
  const reply = await app.inject({ url: path, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  return { status: reply.statusCode, text: reply.body };
};
const pathOf = (verb: AnyAction, input: Record<string, string>) => {
  const { path, parameters } = routeOf(verb);
  const query = new URLSearchParams(Object.entries(input).filter(([name]) => !parameters.includes(name)));
  return `${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(input[name]!))}${query.size ? `?${query}` : ''}`;
};
/** Where something stands in an answer; what is null says nothing. */
function* leaves(of: unknown, at = ''): Generator<string> {
  if (Array.isArray(of)) for (const one of of) yield* leaves(one, `${at}[]`);
  else if (typeof of === 'object' && of !== null) for (const [k, v] of Object.entries(of)) yield* leaves(v, at === '' ? k : `${at}.${k}`);
  else if (of !== null && of !== undefined) yield at;
}
const maySee = (verb: string, tier: number) => {
  const groups = Object.entries(seenFrom[verb]!) as [`${Seen}`, string][];
  return groups.filter(([seen]) => seen === 'anyone' || seen === 'own' || tier <= Number(seen)).flatMap(([, fields]) => listed(fields));
};

describe('no viewer of any tier receives what is above it', () => {
  test('over HTTP, by any reading verb of the product, with every id there is', async () => {
    let asked = 0;
    for (const [name, , tier] of stage.viewers)
      for (const verb of readable)
        for (const input of inputsOf(verb, stage.ids)) {
          const { status, text } = await ask(pathOf(verb, input), tokens.get(name));
          asked++;
          expect(leaked(text, tier, name), `${verb.name} to ${name}`).toEqual([]);
          if (status !== 200 || tier < 0 || !Object.hasOwn(seenFrom, verb.name)) continue;
          const allowed = maySee(verb.name, tier);
          // A payload of the log has a shape of its own.
          const above = [...new Set(leaves(JSON.parse(text)))].filter(
            (at) => !allowed.some((field) => at === field || at.startsWith(`${field.replace(/\{\}$/, '')}.`)),
          );
          expect(above, `${verb.name} to ${name}`).toEqual([]);
        }
    expect(asked).toBeGreaterThan(300);
  }, 240_000);

  test('and there is something to be found: whoever may see it does', async () => {
    const found = async (name: string) => (await ask(`/api/cases/${stage.caseId}/messages`, tokens.get(name))).text;
    for (const tier of [0, 1, 2, 3]) expect(await found(`tier ${tier}`)).toContain(`CANARY-AT-${tier}`);
    expect(await found('tier 3')).not.toContain('CANARY-AT-2');
    expect((await ask(`/api/cases/${stage.caseId}`, tokens.get('tier 1'))).text).toContain('SECRET-TITLE');
  });

  // What is planted lies in answers that some may have; handed to anybody else, each of these would be found.
  test.each([
    ['as it is', 'advisory', 'tier 0', 2, 'CANARY-ADVISORY'],
    ['in an archive', 'assistance', 'tier 0', 2, 'SECRET-POC'],
    ['of people', 'participants', 'another desk', 2, 'CANARY-PSEUDONYM'],
    ['of thanks', 'credits', 'another desk', 2, 'CANARY-CREDIT'],
    ['of attempts', 'contacts', 'another desk', 2, 'CANARY-CONTACT'],
    ['of suppliers', 'statements', 'another desk', 0, 'CANARY-STATEMENT'],
  ])('a leak %s is found', async (_, what, name, tier, word) => {
    const { status, text } = await ask(`/api/cases/${stage.caseId}/${what}`, tokens.get(name));
    expect(status).toBe(200);
    expect(leaked(text, tier)).toContain(word);
  });

  test('nobody who has not signed in', async () => {
    for (const verb of readable)
      for (const input of inputsOf(verb, stage.ids).slice(0, 2))
        expect(leaked((await ask(pathOf(verb, input), undefined)).text, 4), verb.name).toEqual([]);
    const known = [...stage.ids.values()].flatMap((of) => of.slice(0, 2));
    const paths = ['/public/', '/api/feed', '/taxii2/', '/openapi.json', '/health', `/cases/${stage.caseId}`, '/v1/vulns/x_BW-2026-0001'];
    for (const path of [...paths, ...known.flatMap((id) => [`/v1/submissions/${id}`, `/v1/vulns/${id}`])])
      expect(leaked((await ask(path, undefined)).text, 4), path).toEqual([]);
    const body = { package: { purl: 'pkg:npm/looper' } };
    for (const [url, payload] of [
      ['/v1/query', body],
      ['/v1/querybatch', { queries: [body] }],
    ] as const)
      expect(leaked((await app.inject({ method: 'POST', url, payload })).body, 4), url).toEqual([]);
  });

  test('the public tree, whose numbers are of everything', async () => {
    await publisher(stage.hub.doors, diskTree(join(dir, 'tree')), { origin: 'test.example' }, () => 0).publish('whole');
    const files = readdirSync(join(dir, 'tree'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map((file) => file.name)).toContain('metrics.json');
    for (const file of files) expect(leaked(readFileSync(join(file.parentPath, file.name), 'latin1'), 4), file.name).toEqual([]);
  });

  // To change something one has to know that it is there: a refusal tells no more than silence.
  test('a refusal of any changing verb, to whoever is not in the case', async () => {
    const changing = actions.filter((verb) => verb.name.startsWith('cases.') && !verb.internal && !verb.at.startsWith('GET '));
    for (const name of ['member', 'offered'])
      for (const verb of changing) {
        const { path, parameters } = routeOf(verb);
        const given = inputsOf(verb, stage.ids).slice(0, 2);
        for (const input of given.length > 0 ? given : [{}]) {
          const url = path.replace(/:(\w+)/g, (_, of: string) => encodeURIComponent((input as Record<string, string>)[of] ?? stage.caseId));
          const payload = Object.fromEntries(Object.entries(input).filter(([of]) => !parameters.includes(of)));
          const headers = { authorization: `Bearer ${tokens.get(name)}` };
          const reply = await app.inject({ method: 'POST', url, payload, headers });
          expect(leaked(reply.body, 4, name), `${verb.name} to ${name}`).toEqual([]);
        }
      }
  }, 120_000);

  test('by a stream of events', async () => {
    for (const [name, , tier] of stage.viewers)
      for (const id of stage.ids.get('val') ?? []) {
        const stop = new AbortController();
        const reply = await fetch(`${url}/api/validations/${id}/events`, {
          headers: { authorization: `Bearer ${tokens.get(name)}` },
          signal: stop.signal,
        });
        const { value } = reply.status === 200 ? await reply.body!.getReader().read() : { value: Buffer.from(await reply.text()) };
        stop.abort();
        expect(leaked(Buffer.from(value ?? []).toString(), tier), name).toEqual([]);
      }
  });

  test('by the command line and by MCP', async () => {
    const env = { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: tokens.get('tier 3')! };
    const said = await runCommand(['cases', 'get', '--id', stage.caseId], env);
    expect(leaked(JSON.stringify(said), 3, 'tier 3')).toEqual([]);
    expect(JSON.stringify(said)).toContain(stage.caseId);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [main, 'mcp'], env }));
    for (const [tool, args] of [
      ['cases_get', { id: stage.caseId }],
      ['cases_messages', { id: stage.caseId }],
      ['cases_list', {}],
      ['cases_ledger', { id: stage.caseId }],
    ] as const) {
      const text = JSON.stringify(await client.callTool({ name: tool, arguments: args }));
      expect(text).toContain(tool === 'cases_messages' ? 'CANARY-AT-3' : stage.caseId);
      expect(leaked(text, 3, 'tier 3'), tool).toEqual([]);
    }
    await client.close();
  }, 120_000);

  // Links only: what is mailed or posted passes through machines of others, so that nothing planted may be in it, for whomever it is.
  test('by mail or webhook', async () => {
    await stage.hub.settle(flow);
    stage.hub.clock.advance(24 * 3600 * 1000);
    await stage.hub.settle(flow);
    expect(left.length).toBeGreaterThan(0);
    expect(left.flatMap((text) => leaked(text, 4))).toEqual([]);
  }, 120_000);
});
