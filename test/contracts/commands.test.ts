import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { house } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { main, runCommand } from '../equipment/command.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let app: FastifyInstance;
let env: Record<string, string>;
const dir = mkdtempSync(join(tmpdir(), 'bw-commands-'));

beforeAll(async () => {
  hub = await openHub();
  const finder = await hub.join('Lab', 'finder');
  const { secret } = await hub.do<{ secret: string }>(finder, orgs.issueToken, { holderId: finder.id });
  app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: join(dir, 'none'), publicDir: dir, log: () => {} });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  env = { PATH: process.env.PATH ?? '', BREAKWATER_URL: url, BREAKWATER_TOKEN: secret, BREAKWATER_DATA: join(dir, 'data') };
});
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const breakwater = (words: readonly string[], more: Record<string, string> = {}) => runCommand(words, { ...env, ...more });

describe('breakwater mcp, to a real client', () => {
  const client = new Client({ name: 'test', version: '1' });
  const call = async (name: string, input: Record<string, unknown>) => {
    const { isError, content } = await client.callTool({ name, arguments: input });
    return { isError, answer: JSON.parse((content as { text: string }[])[0]!.text) as Record<string, unknown> };
  };
  beforeAll(() => client.connect(new StdioClientTransport({ command: process.execPath, args: [main, 'mcp'], env })));
  afterAll(() => client.close());

  test('every verb that shows no secret is a tool, and no other', async () => {
    const { tools } = await client.listTools();
    const names = tools.map((t) => t.name);
    expect(names).toContain('findings_submit');
    for (const hidden of ['orgs_issueToken', 'orgs_issueLink', 'findings_judge']) expect(names).not.toContain(hidden);
    expect(tools.find((t) => t.name === 'findings_submit')?.inputSchema.required).toEqual(
      expect.arrayContaining(['title', 'text', 'purl']),
    );
  });

  test('a finding goes in, and a refusal comes back as an error with its code', async () => {
    const finding = { title: 'A flaw', text: 'See title.', purl: 'pkg:npm/left-pad@1.0.0' };
    const { isError, answer } = await call('findings_submit', finding);
    expect(isError).toBe(false);
    expect(answer.receipt).toMatch(/^SUB-/);
    expect(await call('findings_submit', { ...finding, purl: 'left-pad' })).toMatchObject({ isError: true, answer: { code: 'malformed' } });
    expect(await call('orgs_create', { name: 'X', roles: ['finder'] })).toMatchObject({ isError: true, answer: { code: 'not_permitted' } });
    expect((await client.callTool({ name: 'orgs_issueToken', arguments: {} })).isError).toBe(true);
  });
});

// Every command is a process of its own: seconds on a machine that has other work.
test('a flag stands alone, an id too; a word that is neither true nor false is no quiet false', { timeout: 120_000 }, async () => {
  const given = ['--json', 'findings', 'submit', '--title', 't', '--text', 'x', '--purl', 'pkg:npm/flags@1.0.0', '--exploited'];
  const { out } = await breakwater(given);
  const { id } = JSON.parse(out) as { id: string };
  expect(await hub.do(house, findings.get, { id })).toMatchObject({ exploited: true });
  expect((await breakwater([...given, 'yes'])).code).toBe(64);

  // What a verb is about stands alone as well, of verbs that are about something.
  const told = (text: string) => (JSON.parse(text) as { id: string }).id;
  expect(told((await breakwater(['--json', 'findings', 'get', id])).out)).toBe(id);
  expect(told((await breakwater(['--json', 'findings', 'get', '--id', id])).out)).toBe(id);
  expect((await breakwater(['findings', 'get', id, 'more'])).code).toBe(64);
  expect((await breakwater(['findings', 'list', id])).code).toBe(64);
  // Where there is little to choose from, help says what.
  const help = (await breakwater(['cases', 'read-in', '--help'])).out;
  expect(help).toMatch(/--tier <json> +needed; one of 0, 1, 2, 3\n/);
  expect(help).toMatch(/--ability <string> +needed; one of analyse, patch, test, stage\n/);
});

describe('breakwater log', { timeout: 120_000 }, () => {
  const [log, point] = [join(dir, 'log.jsonl'), join(dir, 'checkpoint.json')];

  test('saved and verified offline, with the checkpoint taken before', async () => {
    writeFileSync(point, (await breakwater(['log', 'checkpoint'])).out);
    const submitted = await breakwater(['findings', 'submit', '--title', 'B', '--text', 'b', '--purl', 'pkg:npm/b@1']);
    expect(submitted.code).toBe(0);
    writeFileSync(log, (await breakwater(['log', 'save'])).out);
    expect(await breakwater(['log', 'verify', log])).toMatchObject({ code: 0, out: expect.stringContaining('could-not-tell') });
    const verified = await breakwater(['log', 'verify', log, '--checkpoint', point]);
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/agrees with the signed checkpoint of its first \d+ entries/) });
    const { note, key } = JSON.parse(readFileSync(point, 'utf8')) as { note: string; key: string };
    writeFileSync(join(dir, 'note'), note);
    const alone = ['log', 'verify', log, '--checkpoint', join(dir, 'note')];
    expect((await breakwater([...alone, '--key', key])).code).toBe(0);
    expect((await breakwater(alone)).err).toContain('--key');
  });

  test('an altered line, a missing one and a missing end are each refused', async () => {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const { size } = JSON.parse(readFileSync(point, 'utf8')) as { size: number };
    const verify = async (changed: readonly string[]) => {
      writeFileSync(join(dir, 'changed.jsonl'), changed.join('\n'));
      return (await breakwater(['log', 'verify', join(dir, 'changed.jsonl'), '--checkpoint', point])).err;
    };
    expect(await verify(lines.with(1, lines[1]!.replace(/"at":"2026/, '"at":"2025')))).toMatch(/^untrusted: entry 2/);
    expect(await verify(lines.toSpliced(1, 1))).toMatch(/^untrusted: entry 2: is numbered 3/);
    expect(await verify(lines.slice(0, size - 1))).toMatch(/its end is missing/);
    expect(await verify(['{}'])).toMatch(/^malformed: line 1/);
  });
});

describe('breakwater start says in one line why it does not', { timeout: 120_000 }, () => {
  const lines = (text: string) => text.trimEnd().split('\n').length;

  test('a database that is not there, without the password in its URL', async () => {
    const { code, err } = await breakwater(['start'], { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/x' });
    expect({ code, lines: lines(err) }).toEqual({ code: 70, lines: 1 });
    expect(err).toMatch(/DATABASE_URL.*ECONNREFUSED/);
    expect(err).not.toContain('hush');
    expect((await breakwater(['start'], { DATABASE_URL: 'not a url' })).err).toContain('must be like postgres://');
  });

  test('a port that is taken; nothing is left running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { code, err } = await breakwater(['start'], { BREAKWATER_PORT: String(port) });
    taken.close();
    expect({ code, lines: lines(err) }).toEqual({ code: 70, lines: 1 });
    expect(err).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect(spawnSync('pgrep', ['-f', join(dir, 'data')]).stdout.toString()).toBe('');
  });

  test('a hub without its desk says so where the desk would be', async () => {
    const reply = await app.inject({ url: '/', headers: { accept: 'text/html' } });
    expect(reply.statusCode).toBe(503);
    expect(reply.body).toContain('its desk is not built');
  });
});

describe('a hub from its first visit on', { timeout: 120_000 }, () => {
  const data = { BREAKWATER_DATA: join(dir, 'first'), BREAKWATER_PORT: '0' };
  const stranger = { BREAKWATER_TOKEN: '' };

  /** Starts a hub and waits for what it says; the caller ends it. */
  function start(): Promise<{ said: string; url: string; kill(): Promise<void> }> {
    const child = spawn(process.execPath, [main, 'start'], { env: { ...env, ...data } });
    const kill = () => {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGKILL');
      return gone;
    };
    let said = '';
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the hub ended with ${code}: ${said}`)));
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const url = /is at (\S+)\n[^\n]+\n/.exec(said)?.[1];
        if (url) resolve({ said, url, kill });
      });
    });
  }

  test('is founded once, killed, and entered again by a link from its own machine', async () => {
    const first = await start();
    const secret = /\/found#(\S+)/.exec(first.said)?.[1] ?? '';
    const asked = [
      '--json',
      '--url',
      first.url,
      'orgs',
      'found',
      '--secret',
      secret,
      '--org',
      'House',
      '--name',
      'Ada',
      '--email',
      'ada@example.org',
    ];
    const founded = await breakwater(asked, stranger);
    expect(founded.code, founded.err).toBe(0);
    await first.kill();

    const second = await start();
    expect(second.said).not.toContain('/found#');
    const linked = await breakwater(['--json', 'link', 'ada@example.org'], data);
    const link = JSON.parse(linked.out) as { url: string; name: string };
    expect(link.name).toBe('Ada');
    const entered = await breakwater(['--json', '--url', second.url, 'orgs', 'enter', '--secret', link.url.split('#')[1]!], stranger);
    const { secret: session } = JSON.parse(entered.out) as { secret: string };
    const who = await breakwater(['--json', '--url', second.url, 'orgs', 'whoami'], { BREAKWATER_TOKEN: session });
    expect(JSON.parse(who.out)).toMatchObject({ name: 'Ada', roles: ['coordinator', 'evaluator'] });
    const nobody = await breakwater(['link', 'nobody@example.org'], data);
    expect([nobody.code, nobody.err]).toEqual([66, expect.stringContaining('nobody here is nobody@example.org')]);
    await second.kill();
  });
});
