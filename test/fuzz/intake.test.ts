import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { intakeBounds } from '../../src/app/admission.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { vinceRoutes } from '../../src/app/vince.ts';
import type { Instant } from '../../src/base/instant.ts';
import { readVince } from '../../src/clearinghouse/findings/formats/vince.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

// The doors for other people's protocols, whole: whatever bytes come, one of the answers that the protocol has, and never a fault.
const numRuns = Number(process.env.FUZZ_RUNS ?? 300);
let hub: TestHub;
let app: FastifyInstance;
let port: number;
let token: string;
const faults: string[] = [];

beforeAll(async () => {
  hub = await openHub();
  const lab = await hub.join('North Lab', 'finder');
  token = (await hub.do<{ secret: string }>(lab, orgs.issueToken, { holderId: lab.id })).secret;
  app = Fastify();
  const log = (problem: string, error: unknown) => void faults.push(`${problem} ${(error as Error | undefined)?.stack}`);
  // One token sends more than anybody may in an hour.
  const bounds = { ...intakeBounds, perHour: Number.MAX_SAFE_INTEGER };
  tapRoutes(app, hub.doors, log, bounds);
  vinceRoutes(app, hub.doors, log, bounds);
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}
function send(path: string, authorization: string, contentType: string, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': contentType, 'content-length': body.length };
    const sending = request({ port, method: 'POST', path, headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
      reply.on('end', () => resolve({ status: reply.statusCode!, type: reply.headers['content-type'] ?? '', body: text }));
    });
    sending.on('error', reject).end(body);
  });
}

/** Bytes of a seed, cut, doubled, exchanged and spiked. */
const spikes = [
  '\0',
  '"',
  '\\',
  '\r\n',
  '--b',
  '--b--',
  '\r\n--b\r\n',
  '{',
  '[[',
  ',',
  ':',
  'null',
  '1e999',
  '\\ud800',
  '\ufeff',
  '%',
  '=?',
  ';',
  'name=',
  '*=',
];
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.integer({ min: 0, max: 60 }),
  put: fc.oneof(
    fc.constantFrom(...spikes).map((s) => Buffer.from(s)),
    fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.from(b)),
  ),
  times: fc.integer({ min: 0, max: 30 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
function spoil(seed: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((bytes, { at, cut, put, times }) => {
    const from = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => put), bytes.subarray(from + cut)]);
  }, seed);
}

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'a\n', 'pkg:npm/a@1', 'npm', 'text/plain', 'AA==', 'a@b', 'off', 'CVE-2026-1234', 'https://a.example'),
  fc.constant(null),
  fc.integer(),
  fc.jsonValue(),
);
const list = fc.oneof(fc.array(scalar, { maxLength: 20 }), scalar);
/** A TAP report by its grammar: every field may be there, and may be anything. */
const report = fc.record(
  {
    purl: fc.oneof({ weight: 4, arbitrary: fc.constant('pkg:npm/a@1') }, { weight: 1, arbitrary: scalar }),
    ...{
      software: scalar,
      ecosystem: scalar,
      code_path: scalar,
      email: scalar,
      notify: scalar,
      exploit: scalar,
      exploit_content_type: scalar,
    },
    ...{ raw: scalar, raw_content_type: scalar, fixed_commit: scalar, package_repo_url: scalar, discovery_method: scalar },
    ...{ versions: list, references: list, upstream_ids: list, enrichment: fc.jsonValue() },
    affected_symbol: fc.oneof(fc.record({ file: scalar, function: scalar, line: scalar }, { requiredKeys: [] }), scalar),
    attachments: fc.array(
      fc.record({ filename: scalar, data: scalar, content_type: scalar, description: scalar, type: scalar }, { requiredKeys: [] }),
      { maxLength: 18 },
    ),
  },
  { requiredKeys: [] },
);
const header = fc.oneof(
  fc.constantFrom(
    'Content-Type: text/plain',
    'Content-Type: application/json',
    'Content-Akrites-Type: patch',
    'Content-Description: é',
    'Content-Transfer-Encoding: base64',
    'X: y',
  ),
  fc.string({ maxLength: 40 }),
);
const part = fc.record({
  disposition: fc.constantFrom('attachment', 'form-data', 'inline'),
  name: fc.constantFrom('report', 'attachment', 'exploit', 'raw', 'user_file', 'product_name', 'vul_impact', 'coord_status', 'x', '"'),
  filename: fc.option(fc.string({ unit: 'binary', maxLength: 30 }), { nil: undefined }),
  headers: fc.array(header, { maxLength: 4 }),
  body: fc.oneof(
    report.map((r) => Buffer.from(JSON.stringify(r))),
    fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b)),
  ),
});
/** A multipart body by its grammar. */
const multipart = fc.array(part, { maxLength: 6 }).map((parts) =>
  Buffer.concat([
    ...parts.flatMap(({ disposition, name, filename, headers, body }) => {
      const given = filename === undefined ? '' : `; filename="${filename.replaceAll('"', '\\"')}"`;
      const head = [`Content-Disposition: ${disposition}; name="${name}"${given}`, ...headers].join('\r\n');
      return [Buffer.from(`--b\r\n${head}\r\n\r\n`), body, Buffer.from('\r\n')];
    }),
    Buffer.from('--b--\r\n'),
  ]),
);
const example = JSON.stringify({
  purl: 'pkg:npm/a@1',
  attachments: [{ filename: 'a', data: 'x', content_type: 'text/plain' }],
  affected_symbol: { line: 1 },
});
const tapParts = Buffer.from(
  `--b\r\nContent-Disposition: attachment; name=report\r\nContent-Type: application/json\r\n\r\n{"purl":"pkg:npm/a"}\r\n--b\r\nContent-Disposition: attachment; name=attachment; filename="a\\"b"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`,
);
const vinceNames = ['product_name', 'product_version', 'vul_description', 'vul_exploit', 'vul_impact', 'vul_discovery'];
const vinceAnswers = ['share_release', 'credit_release', 'comm_attempt', 'multiplevendors', 'vul_public', 'vul_exploited', 'vul_disclose'];
const vinceParts = Buffer.from(
  `${[...vinceNames, ...vinceAnswers].map((name) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nTrue\r\n`).join('')}--b\r\nContent-Disposition: form-data; name="user_file"; filename="a"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`,
);
const spoiled = (seed: Buffer) => fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => spoil(seed, changes));

const codes =
  'missing_field field_too_large too_many_items invalid_utf8 control_characters degenerate_value unknown_ecosystem invalid_purl purl_ecosystem_mismatch invalid_reference invalid_commit invalid_upstream_id invalid_symbol_line invalid_notify invalid_email invalid_repo_url invalid_content_type field_not_allowed structure_too_deep invalid_filename invalid_attachment_type invalid_base64'.split(
    ' ',
  );
const fieldPath = /^[a-z][a-z0-9_.[\]]{0,127}$/;

function allowedByTap({ status, type, body }: Answer): void {
  const answer = JSON.parse(body) as {
    type: string;
    status: number;
    receipt: string;
    errors?: { code: string; field: string; also_field?: string }[];
  };
  if (status === 202) return void expect(answer.receipt).toMatch(/^SUB-[a-z2-7]{18}$/);
  expect([type, answer.status]).toEqual(['application/problem+json', status]);
  expect([400, 413]).toContain(status);
  if (answer.type !== 'tag:akrites.dev,2026-07:problem/validation') return void expect(answer.errors).toBeUndefined();
  expect(answer.errors!.length).toBeGreaterThan(0);
  for (const e of answer.errors!) {
    expect(codes).toContain(e.code);
    expect(e.field).toMatch(fieldPath);
    if (e.also_field !== undefined) expect(e.also_field).toMatch(fieldPath);
  }
}

const mixed = 'multipart/mixed; boundary=b';
test.each<[string, string, fc.Arbitrary<Buffer>]>([
  ['JSON by its grammar', 'application/json', report.map((r) => Buffer.from(JSON.stringify(r)))],
  ['JSON by its bytes', 'application/json', spoiled(Buffer.from(example))],
  ['multipart by its grammar', mixed, multipart],
  ['multipart by its bytes', mixed, spoiled(tapParts)],
])('TAP, %s', async (_, contentType, bodies) => {
  const property = fc.asyncProperty(bodies, async (body) => allowedByTap(await send('/v1/reports', `Bearer ${token}`, contentType, body)));
  await fc.assert(property, { numRuns });
  expect(faults).toEqual([]);
});

test.each<[string, fc.Arbitrary<Buffer>]>([
  ['a form by its grammar', multipart],
  ['a form by its bytes', spoiled(vinceParts)],
])('VINCE, %s', async (_, bodies) => {
  expect((await send('/vince/comm/api/vulreport/', `Token ${token}`, 'multipart/form-data; boundary=b', vinceParts)).status).toBe(201);
  const property = fc.asyncProperty(bodies, async (body) => {
    const { status, body: text } = await send('/vince/comm/api/vulreport/', `Token ${token}`, 'multipart/form-data; boundary=b', body);
    const answer = JSON.parse(text) as { vrf_id?: string; errors?: Record<string, string[]>; detail?: string };
    if (status === 201) return void expect(answer.vrf_id).toMatch(/^VRF#\d\d-\d\d-[B-Z]{5}$/);
    expect(status).toBe(400);
    if (answer.errors) expect(Object.values(answer.errors).every((list) => list.length > 0 && list.every((e) => e !== ''))).toBe(true);
    else expect(answer.detail).toContain('Multipart form parse error');
  });
  await fc.assert(property, { numRuns });
  expect(faults).toEqual([]);
});

test('VINCE, the reader of a form', () => {
  const names = [
    ...vinceNames,
    ...vinceAnswers,
    'coord_status',
    'why_no_attempt',
    'first_contact',
    'contact_email',
    'contact_phone',
    'vendor_name',
    'constructor',
    '__proto__',
  ];
  const fields = fc.array(
    fc.tuple(
      fc.constantFrom(...names),
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('True', '2026-13-40', 'pkg:npm/%', '//')), { maxLength: 3 }),
    ),
  );
  const file = fc.option(
    fc.record({ filename: fc.string({ unit: 'binary' }), contentType: fc.string(), bytes: fc.uint8Array({ maxLength: 9 }) }),
    { nil: undefined },
  );
  const now = '2026-11-21T09:00:00.000Z' as Instant;
  fc.assert(
    fc.property(fields, file, (given, upload) => {
      const read = readVince(Object.fromEntries(given), upload, now);
      expect('draft' in read || Object.keys(read.errors).length > 0).toBe(true);
    }),
    { numRuns: numRuns * 10 },
  );
});
