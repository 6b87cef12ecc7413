import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tapRoutes } from '../../src/app/tap.ts';
import { limits } from '../../src/base/limits.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

// TAP v1 (Akrites-Foundation/SIRT docs/TAP-API-Spec.md), sentence by sentence, over the door. Transport is in tap-transport.test.ts.

let hub: TestHub;
let app: FastifyInstance;
let lab: Actor;
let token: string;

beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('North Lab', 'finder');
  token = (await hub.do<{ secret: string }>(lab, orgs.issueToken, { holderId: lab.id, scopes: ['findings.*'] })).secret;
  app = Fastify();
  tapRoutes(app, hub.doors);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await hub.close();
});

const send = (payload: string | Buffer, contentType = 'application/json') =>
  app.inject({ method: 'POST', url: '/v1/reports', payload, headers: { authorization: `Bearer ${token}`, 'content-type': contentType } });
type Reply = Awaited<ReturnType<typeof send>>;

/** `202`, `400 malformed-json`, `400 about:blank`, or the status with every violation: `413 field_too_large software`. */
function told(reply: Reply): string {
  const body = reply.json() as { type?: string; errors?: { code: string; field: string; also_field?: string; reason: string }[] };
  if (reply.statusCode === 202) return '202';
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  if (!body.errors) return `${reply.statusCode} ${body.type!.replace('tag:akrites.dev,2026-07:problem/', '')}`;
  expect(body.type).toBe('tag:akrites.dev,2026-07:problem/validation');
  expect(body.errors.every((e) => e.reason !== '')).toBe(true);
  return [reply.statusCode, ...body.errors.map((e) => `${e.code} ${e.field}${e.also_field ? ` / ${e.also_field}` : ''}`)].join(' ');
}

const min = { purl: 'pkg:npm/example-lib@1.0.1' };
const file = (over: object = {}) => ({ filename: 'a.txt', data: 'x', content_type: 'text/plain', ...over });
const binary = (data: string) => ({ ...min, attachments: [file({ data, content_type: 'application/octet-stream' })] });
const withFiles = (...files: object[]) => ({ ...min, attachments: files });
const x = (n: number) => 'x'.repeat(n);
const many = (n: number, of: (i: number) => unknown) => Array.from({ length: n }, (_, i) => of(i));
const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`);
const example = {
  software: 'example-lib',
  ecosystem: 'npm',
  versions: ['1.0.0', '1.0.1'],
  purl: 'pkg:npm/example-lib@1.0.1',
  affected_symbol: { file: 'src/parse.js', function: 'parseHeader', line: 142 },
  attachments: [
    { filename: 'fix.patch', data: '--- a/src/parse.js\n+++ b/src/parse.js\n...', content_type: 'text/plain', type: 'patch' },
    { filename: 'exploit.txt', data: 'A header …', content_type: 'text/plain', type: 'exploit-proof-of-concept' },
  ],
  references: ['https://github.com/example/example-lib/issues/451'],
  upstream_ids: ['CVE-2026-12345'],
  fixed_commit: '9f8e7d6c5b4a3928',
  package_repo_url: 'https://github.com/example/example-lib',
  discovery_method: 'ai-assisted',
  discovery_tooling: 'claude-opus-5-5 via Claude Code',
  email: 'reporter@example.org',
  notify: 'milestones',
};

/** A field of at most `max` bytes: at the limit, one above, and counted in bytes, not in characters. */
const bounded = (field: string, max: number, of: (text: string) => object): Row[] => [
  [`${field}: ${max} B`, of(x(max)), '202'],
  [`${field}: ${max + 1} B`, of(x(max + 1)), `413 field_too_large ${field}`],
  [`${field}: bytes are counted, not characters`, of('é'.repeat(Math.floor(max / 2) + 1)), `413 field_too_large ${field}`],
];
/** What every metadata string must be. */
const metadata = (field: string, of: (text: string) => object): Row[] => [
  [`${field}: a newline`, of('a\nb'), `400 control_characters ${field}`],
  [`${field}: a tab`, of('a\tb'), `400 control_characters ${field}`],
  [`${field}: C1 controls`, of('a\u0085b'), `400 control_characters ${field}`],
  [`${field}: half a surrogate pair`, of('a\ud800'), `400 invalid_utf8 ${field}`],
];
const entries = (field: string, max: number, of: (i: number) => string): Row[] => [
  [`${field}: ${max} entries`, { purl: 'pkg:npm/a', [field]: many(max, of) }, '202'],
  [`${field}: ${max + 1} entries`, { purl: 'pkg:npm/a', [field]: many(max + 1, of) }, `413 too_many_items ${field}`],
];
type Row = readonly [what: string, report: object | string | Buffer, expected: string];
const one = (field: string) => (text: string) => ({ ...min, [field]: text });
const inFile = (field: string) => (text: string) => withFiles(file({ [field]: text }));
const https = (n: number) => `https://a.example/${x(n - 18)}`;

const sections: Record<string, readonly Row[]> = {
  'The report object: parsing is strict': [
    ['the example', example, '202'],
    ['only a purl', min, '202'],
    ['only ecosystem and software', { ecosystem: 'PyPI', software: 'openssl' }, '202'],
    ['neither', {}, '400 missing_field software missing_field ecosystem'],
    ['only software', { software: 'a' }, '400 missing_field ecosystem'],
    ['only ecosystem', { ecosystem: 'npm' }, '400 missing_field software'],
    ['an unknown field', { ...min, title: 'x' }, '400 malformed-json'],
    ['an unknown field of an attachment', withFiles(file({ size: 1 })), '400 malformed-json'],
    ['an unknown field of affected_symbol', { ...min, affected_symbol: { column: 1 } }, '400 malformed-json'],
    ['a field in another case', { PURL: min.purl }, '400 malformed-json'],
    ['__proto__ is unknown too', '{"purl":"pkg:npm/a","__proto__":{}}', '400 malformed-json'],
    ['a key repeated at the top level', '{"purl":"pkg:npm/a","purl":"pkg:npm/a"}', '400 malformed-json'],
    ['a key repeated in other writing', '{"purl":"pkg:npm/a","\\u0070url":"pkg:npm/a"}', '400 malformed-json'],
    [
      'a key repeated within an attachment',
      '{"purl":"pkg:npm/a","attachments":[{"filename":"a","data":"x","data":"y","content_type":"text/plain"}]}',
      '400 malformed-json',
    ],
    ['two documents', '{"purl":"pkg:npm/a"}{}', '400 malformed-json'],
    ['trailing data', '{"purl":"pkg:npm/a"} x', '400 malformed-json'],
    ['white space around', ' \r\n\t{"purl":"pkg:npm/a"}\n ', '202'],
    ['nothing', '', '400 malformed-json'],
    ['an array', '[]', '400 malformed-json'],
    ['null', 'null', '400 malformed-json'],
    ['a comment', '{"purl":"pkg:npm/a"/**/}', '400 malformed-json'],
    ['a trailing comma', '{"purl":"pkg:npm/a",}', '400 malformed-json'],
    ['a byte order mark', '\uFEFF{"purl":"pkg:npm/a"}', '400 malformed-json'],
    ['not UTF-8', Buffer.from('{"purl":"pkg:npm/\xff"}', 'latin1'), '400 malformed-json'],
    [
      'an overlong encoding',
      Buffer.concat([Buffer.from('{"purl":"pkg:npm/'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
      '400 malformed-json',
    ],
    ['100,000 levels deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, '400 malformed-json'],
    ['a wrong type: number for text', { purl: 1 }, '400 malformed-json'],
    ['a wrong type: text for list', { ...min, versions: '1' }, '400 malformed-json'],
    ['a wrong type: number in a list', { ...min, references: [1] }, '400 malformed-json'],
    ['a wrong type: list for object', { ...min, affected_symbol: [] }, '400 malformed-json'],
    ['a wrong type: fraction for line', { ...min, affected_symbol: { line: 1.5 } }, '400 malformed-json'],
    ['a wrong type: text for line', { ...min, affected_symbol: { line: '1' } }, '400 malformed-json'],
    ['a wrong type: object for attachments', { ...min, attachments: {} }, '400 malformed-json'],
    ['a wrong type: text for enrichment', { ...min, enrichment: 'x' }, '400 malformed-json'],
    ['null is absent', { ...min, software: null, versions: null, affected_symbol: null, attachments: null, enrichment: null }, '202'],
  ],
  'The report object: metadata reject control characters': [
    ...[
      'software',
      'code_path',
      'discovery_method',
      'discovery_tooling',
      'package_repo_url',
      'email',
      'ecosystem',
      'notify',
      'fixed_commit',
    ].flatMap((field) => (field === 'notify' ? [] : metadata(field, one(field)))),
    ...metadata('affected_symbol.file', (text) => ({ ...min, affected_symbol: { file: text } })),
    ...metadata('affected_symbol.function', (text) => ({ ...min, affected_symbol: { function: text } })),
    ...metadata('versions[0]', (text) => ({ ...min, versions: [text] })),
    ...metadata('references[0]', (text) => ({ ...min, references: [text] })),
    ...metadata('upstream_ids[0]', (text) => ({ ...min, upstream_ids: [text] })),
    ...metadata('attachments[0].filename', inFile('filename')),
    ...metadata('attachments[0].description', inFile('description')),
    ['a purl that carries one in, encoded', { purl: 'pkg:npm/a@1%0a' }, '400 control_characters purl'],
    [
      'payloads may contain them',
      { ...withFiles(file({ data: 'a\u0000\n\tb' })), exploit: 'a\nb\u0007', exploit_content_type: 'text/plain' },
      '202',
    ],
    ['a payload with half a surrogate pair', inFile('data')('\ud800'), '400 invalid_utf8 attachments[0].data'],
    ['software of spaces', one('software')('  '), '400 degenerate_value software'],
    ['software of punctuation', one('software')('...'), '400 degenerate_value software'],
    ['a version that is empty', { ...min, versions: [''] }, '400 degenerate_value versions[0]'],
  ],
  Core: [
    ['purl: 512 B', { purl: `pkg:npm/${'a'.repeat(504)}` }, '202'],
    ['purl: 513 B', { purl: `pkg:npm/${'a'.repeat(505)}` }, '413 field_too_large purl'],
    ['purl: scheme and type in any case', { purl: 'PKG:NPM/Lodash@4.17.20' }, '202'],
    ['purl: not one', { purl: 'lodash' }, '400 invalid_purl purl'],
    ['purl: without a name', { purl: 'pkg:npm' }, '400 invalid_purl purl'],
    ['purl: a type that is not specified', { purl: 'pkg:nosuch/x' }, '400 invalid_purl purl'],
    ...bounded('software', 256, one('software')),
    ['ecosystem: 129 B', one('ecosystem')(x(129)), '413 field_too_large ecosystem'],
    ['ecosystem: unknown', { ecosystem: x(128), software: 'a' }, '400 unknown_ecosystem ecosystem'],
    ...entries('versions', 64, (i) => `1.${i}`),
    ...bounded('versions[0]', 64, (text) => ({ ...min, versions: [text] })),
    ['versions: 64 and another of the purl', { ...min, versions: many(64, (i) => `1.${i}.x`) }, '413 too_many_items versions / purl'],
    ['versions: 64 with that of the purl', { ...min, versions: ['1.0.1', ...many(63, (i) => `1.${i}.x`)] }, '202'],
    ['versions: the purl’s has 65 B', { purl: `pkg:npm/a@${x(65)}` }, '413 field_too_large purl / versions'],
    ['versions: the purl’s has 64 B', { purl: `pkg:npm/a@${x(64)}` }, '202'],
    ...bounded('code_path', 1024, one('code_path')),
    ['ecosystem and purl must match', { ...min, ecosystem: 'PyPI' }, '400 purl_ecosystem_mismatch purl / ecosystem'],
    ['ecosystem and purl match', { purl: 'pkg:cargo/a', ecosystem: 'crates.io' }, '202'],
    ...['Linux', 'OSS-Fuzz', 'Android', 'GitHub Actions', 'Hardware'].map(
      (ecosystem): Row => [`${ecosystem} has no purl type`, { ...min, ecosystem }, '202'],
    ),
    ['exploit without its type', { ...min, exploit: 'x' }, '400 missing_field exploit_content_type'],
    ['raw without its type', { ...min, raw: 'x' }, '400 missing_field raw_content_type'],
    ['exploit type without its payload', { ...min, exploit_content_type: 'text/plain' }, '400 missing_field exploit'],
    ['raw type without its payload', { ...min, raw: '', raw_content_type: 'text/plain' }, '400 missing_field raw'],
    ['exploit: 1 MiB', { ...min, exploit: x(limits.attachmentBytes), exploit_content_type: 'text/plain' }, '202'],
    [
      'exploit: 1 MiB + 1',
      { ...min, exploit: x(limits.attachmentBytes + 1), exploit_content_type: 'text/plain' },
      '413 field_too_large exploit',
    ],
    ['raw: 1 MiB', { ...min, raw: x(limits.attachmentBytes), raw_content_type: 'text/markdown' }, '202'],
    ['raw: 1 MiB + 1', { ...min, raw: x(limits.attachmentBytes + 1), raw_content_type: 'text/plain' }, '413 field_too_large raw'],
    [
      'exploit counts toward the 16',
      { ...withFiles(...(many(16, (i) => file({ filename: `${i}` })) as object[])), exploit: 'x', exploit_content_type: 'text/plain' },
      '413 too_many_items attachments',
    ],
    [
      '15 and exploit',
      { ...withFiles(...(many(15, (i) => file({ filename: `${i}` })) as object[])), exploit: 'x', exploit_content_type: 'text/plain' },
      '202',
    ],
    [
      'an attachment that downloads as exploit does',
      { ...withFiles(file({ filename: 'Exploit' })), exploit: 'x', exploit_content_type: 'text/plain' },
      '400 invalid_filename attachments[0].filename / exploit',
    ],
    [
      'an attachment that downloads as raw does',
      { ...withFiles(file({ filename: 'raw.md', content_type: 'text/markdown' })), raw: 'x', raw_content_type: 'text/markdown' },
      '400 invalid_filename attachments[0].filename / raw',
    ],
    [
      'exploit.txt beside an exploit of another type',
      { ...withFiles(file({ filename: 'exploit.txt' })), exploit: 'eA==', exploit_content_type: 'application/zip' },
      '202',
    ],
  ],
  Attachments: [
    ['16', withFiles(...(many(16, (i) => file({ filename: `${i}` })) as object[])), '202'],
    ['17', withFiles(...(many(17, (i) => file({ filename: `${i}` })) as object[])), '413 too_many_items attachments'],
    ['none', { ...min, attachments: [] }, '202'],
    [
      'without anything',
      withFiles({}),
      '400 missing_field attachments[0].filename missing_field attachments[0].content_type missing_field attachments[0].data',
    ],
    ...bounded('attachments[0].filename', 255, inFile('filename')),
    ...['a/b', 'a\\b', '.', '..', '/', 'cod\u202Eexe', 'a\u200Bb', 'a\uFEFF'].map(
      (name): Row => [`filename ${JSON.stringify(name)}`, inFile('filename')(name), '400 invalid_filename attachments[0].filename'],
    ),
    ...['...', '.a', 'a..b', ' a', 'ä', '日本', 'CON'].map((name): Row => [`filename ${name}`, inFile('filename')(name), '202']),
    ...(
      [
        ['poc', 'poc.txt'],
        ['poc.txt', 'poc'],
        ['poc', 'POC'],
        ['poc.TXT', 'poc'],
        ['poc\u00E9', 'poce\u0301'],
        ['stra\u00DFe', 'STRASSE'],
        ['\u212A', 'k'],
        ['\u017Fh', 'sh'],
        ['\u03A3\u03A3', '\u03C3\u03C2'],
      ] as const
    ).map(
      ([a, b]): Row => [
        `${a} and ${b} download under one name`,
        withFiles(file({ filename: a }), file({ filename: b })),
        '400 invalid_filename attachments[1].filename / attachments[0].filename',
      ],
    ),
    ['poc and poc.md do not', withFiles(file({ filename: 'poc' }), file({ filename: 'poc.md' })), '202'],
    ['poc of two types does not', withFiles(file({ filename: 'poc' }), file({ filename: 'poc', content_type: 'text/markdown' })), '202'],
    [
      'a.tar.gz of application/gzip is a',
      withFiles(
        file({ filename: 'a', content_type: 'application/gzip', data: 'eA==' }),
        file({ filename: 'a.tar.gz', content_type: 'application/gzip', data: 'eA==' }),
      ),
      '400 invalid_filename attachments[1].filename / attachments[0].filename',
    ],
    ['data: 1 MiB', withFiles(file({ data: x(limits.attachmentBytes) })), '202'],
    ['data: 1 MiB + 1', withFiles(file({ data: x(limits.attachmentBytes + 1) })), '413 field_too_large attachments[0].data'],
    ['data: missing', withFiles({ filename: 'a', content_type: 'text/plain' }), '400 missing_field attachments[0].data'],
    ['data: empty', withFiles(file({ data: '' })), '400 missing_field attachments[0].data'],
    ...bounded('attachments[0].description', 1024, inFile('description')),
    ['description: an invisible character', inFile('description')('a\u202Eb'), '400 control_characters attachments[0].description'],
    ...['patch', 'exploit-proof-of-concept', 'reproducer', 'threat-model', 'other'].map(
      (type): Row => [`type ${type}`, inFile('type')(type), '202'],
    ),
    ['type: another', inFile('type')('Patch'), '400 invalid_attachment_type attachments[0].type'],
  ],
  Identity: [
    ...bounded('affected_symbol.file', 512, (text) => ({ ...min, affected_symbol: { file: text } })),
    ...bounded('affected_symbol.function', 256, (text) => ({ ...min, affected_symbol: { function: text } })),
    ['line 0', { ...min, affected_symbol: { line: 0 } }, '202'],
    ['line -1', { ...min, affected_symbol: { line: -1 } }, '400 invalid_symbol_line affected_symbol.line'],
    ...entries('references', 16, (i) => `https://a.example/${i}`),
    ['references[0]: 512 B', { ...min, references: [https(512)] }, '202'],
    ['references[0]: 513 B', { ...min, references: [https(513)] }, '413 field_too_large references[0]'],
    ...['ftp://a.example', 'javascript:alert(1)', '//a.example', 'a.example', 'https://', 'https:///x', ''].map(
      (url): Row => [`reference ${url}`, { ...min, references: [url] }, '400 invalid_reference references[0]'],
    ),
    ...entries('upstream_ids', 16, (i) => `CVE-2026-${1000 + i}`),
    ['upstream_ids[0]: 128 B', { ...min, upstream_ids: [`OSV-${x(124)}`] }, '202'],
    ['upstream_ids[0]: 129 B', { ...min, upstream_ids: [`OSV-${x(125)}`] }, '413 field_too_large upstream_ids[0]'],
    ...['CVE-2026-1234', 'CVE-2026-1234567', 'GHSA-jfh8-c2jp-5v3q', 'OSV-2023-1', 'GO-2024-2611', 'RUSTSEC-2021-0001', 'PYSEC-2021-1'].map(
      (id): Row => [id, { ...min, upstream_ids: [id] }, '202'],
    ),
    ...['CVE-26-1234', 'CVE-2026-123', 'cve-2026-1234', 'GHSA-abc', 'GHSA-jfh8-c2jp', 'OSV-', 'DSA-1-1', 'CVE-2026-1234 ', ''].map(
      (id): Row => [`${id} is none`, { ...min, upstream_ids: [id] }, '400 invalid_upstream_id upstream_ids[0]'],
    ),
    ...['introduced_commit', 'fixed_commit'].flatMap((field): Row[] => [
      [`${field}: 7`, one(field)('abcdef0'), '202'],
      [`${field}: 64`, one(field)('A'.repeat(64)), '202'],
      [`${field}: 6`, one(field)('abcdef'), `400 invalid_commit ${field}`],
      [`${field}: 65`, one(field)('a'.repeat(65)), `400 invalid_commit ${field}`],
      [`${field}: not hexadecimal`, one(field)('abcdefg'), `400 invalid_commit ${field}`],
    ]),
  ],
  'Content types': [
    ...['text/plain', 'text/markdown', 'application/json', 'TEXT/Plain'].map(
      (type): Row => [`${type} is sent as it is`, withFiles(file({ content_type: type, data: '{' })), '202'],
    ),
    ...['application/pdf', 'application/zip', 'application/gzip', 'application/x-bzip2', 'application/octet-stream', 'Application/ZIP'].map(
      (type): Row => [`${type} is sent in base64`, withFiles(file({ content_type: type, data: 'AAEC' })), '202'],
    ),
    ...['text/html', 'application/x-tar', 'text/plain; charset=utf-8', 'text/plain;', ' text/plain', 'text', 'text/plain\u0000'].map(
      (type): Row => [
        `${JSON.stringify(type)} is none`,
        inFile('content_type')(type),
        '400 invalid_content_type attachments[0].content_type',
      ],
    ),
    [
      'exploit_content_type: another',
      { ...min, exploit: 'x', exploit_content_type: 'text/x' },
      '400 invalid_content_type exploit_content_type',
    ],
    ['raw_content_type: another', { ...min, raw: 'x', raw_content_type: 'x' }, '400 invalid_content_type raw_content_type'],
    ...['AAEC\nAwQF', 'AA\nE\r\nC\n', 'AA==', 'AAA=', '+/+/', 'AA=\n='].map(
      (data): Row => [`base64 ${JSON.stringify(data)}`, binary(data), '202'],
    ),
    ...['A', 'AA', 'AAA', 'AA=', 'AAAA=', '====', '-_-_', 'AA==AA==', 'AA EC', '\tAAEC', '\n', '\r\n\n', 'ÄAEC'].map(
      (data): Row => [`base64 ${JSON.stringify(data)} is none`, binary(data), '400 invalid_base64 attachments[0].data'],
    ),
    ['a binary payload counts before it is decoded', binary('A'.repeat(limits.attachmentBytes)), '202'],
    ['… its line breaks too', binary(`${'A'.repeat(limits.attachmentBytes)}\n`), '413 field_too_large attachments[0].data'],
    ['a binary exploit that is none', { ...min, exploit: '!', exploit_content_type: 'application/zip' }, '400 invalid_base64 exploit'],
  ],
  'Provenance and contact': [
    ['package_repo_url: 512 B', one('package_repo_url')(https(512)), '202'],
    ['package_repo_url: 513 B', one('package_repo_url')(https(513)), '413 field_too_large package_repo_url'],
    ...['git@github.com:a/b', 'ssh://a.example/b', 'pkg:npm/a'].map(
      (url): Row => [`package_repo_url ${url}`, one('package_repo_url')(url), '400 invalid_repo_url package_repo_url'],
    ),
    ...bounded('discovery_method', 32, one('discovery_method')),
    ...bounded('discovery_tooling', 128, one('discovery_tooling')),
    ['email: 256 B', one('email')(`a@${x(254)}`), '202'],
    ['email: 257 B', one('email')(`a@${x(255)}`), '413 field_too_large email'],
    ...['a', 'a@', '@b', 'a b@c', 'A <a@b>', 'a@b,c@d', 'a@b@c', ' '].map(
      (email): Row => [`email ${email}`, one('email')(email), '400 invalid_email email'],
    ),
    ...['off', 'final', 'milestones', 'all'].map((notify): Row => [`notify ${notify}`, { ...min, email: 'a@b.example', notify }, '202']),
    ['notify off needs no email', one('notify')('off'), '202'],
    ...['final', 'milestones', 'all'].map(
      (notify): Row => [`notify ${notify} needs one`, one('notify')(notify), '400 missing_field email'],
    ),
    ['notify: another', { ...min, email: 'a@b.example', notify: 'weekly' }, '400 invalid_notify notify'],
  ],
  enrichment: [
    ['64 KiB', { ...min, enrichment: { a: x(limits.tapEnrichmentBytes - 8) } }, '202'],
    ['64 KiB + 1', { ...min, enrichment: { a: x(limits.tapEnrichmentBytes - 7) } }, '413 field_too_large enrichment'],
    ['8 levels', { ...min, enrichment: nested(8) }, '202'],
    ['9 levels', { ...min, enrichment: nested(9) }, '413 structure_too_deep enrichment'],
    ['9 levels with lists', { ...min, enrichment: { a: [[[[[[[[]]]]]]]] } }, '413 structure_too_deep enrichment'],
    ['a control character in a text', { ...min, enrichment: { a: ['\n'] } }, '400 control_characters enrichment'],
    ['a control character in a key', { ...min, enrichment: { 'a\tb': 1 } }, '400 control_characters enrichment'],
    ['other fields, other formats', { ...min, enrichment: { cvss_vector: 'CVSS:3.1/x', cwe: 7, epss: 2, more: null } }, '202'],
  ],
  'Errors: all at once, and which status': [
    ['two', { ...min, notify: 'x', email: 'y' }, '400 invalid_email email invalid_notify notify'],
    ['a size code makes it a 413', { ...min, email: 'y', code_path: x(1025) }, '413 field_too_large code_path invalid_email email'],
    ['malformed before invalid', '{"purl":"x","nope":1}', '400 malformed-json'],
  ],
};

describe.each(Object.entries(sections))('%s', (_, rows) => {
  test.each(rows)('%s', async (_what, report, expected) => {
    const payload = typeof report === 'string' || Buffer.isBuffer(report) ? report : JSON.stringify(report);
    expect(told(await send(payload))).toBe(expected);
  });
});

// Multipart: a part is its headers and its bytes; `report` alone stands for the smallest report part.
type Part = readonly [head: string, bytes: string | Buffer];
const disposition = (rest: string) => `Content-Disposition: attachment; name=${rest}`;
const report: Part = [`${disposition('report')}\r\nContent-Type: application/json`, JSON.stringify(min)];
const payload = (name: string, bytes: string | Buffer = 'x', type = 'text/plain'): Part => [
  `${disposition(name)}\r\nContent-Type: ${type}`,
  bytes,
];
const attachment = (more = '', name = 'filename="a.txt"', bytes: string | Buffer = 'x'): Part => [
  `${disposition(`attachment; ${name}`)}\r\nContent-Type: text/plain${more && `\r\n${more}`}`,
  bytes,
];
const bodyOf = (parts: readonly Part[]) =>
  Buffer.concat([
    ...parts.flatMap(([head, bytes]) => [Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]),
    Buffer.from('--b--\r\n'),
  ]);
const blank = '400 about:blank';
const reportOf = (value: object | string): Part => [report[0], typeof value === 'string' ? value : JSON.stringify(value)];

const multipart: readonly (readonly [what: string, parts: readonly Part[] | string | Buffer, expected: string])[] = [
  ['a report alone', [report], '202'],
  ['in any order', [attachment(), payload('raw'), report, payload('exploit')], '202'],
  ['without a report', [attachment()], blank],
  ['the report is repeated', [report, report], blank],
  ['exploit is repeated', [report, payload('exploit'), payload('exploit')], blank],
  ['raw is repeated, empty', [report, payload('raw', ''), payload('raw', '')], blank],
  ['an unknown part', [report, payload('poc')], blank],
  ['a part without a name', [report, ['Content-Disposition: attachment', 'x']], blank],
  ['a part without Content-Disposition', [report, ['Content-Type: text/plain', 'x']], blank],
  ['a part without headers', '--b\r\n\r\nx\r\n--b--\r\n', blank],
  ['form-data', [['Content-Disposition: form-data; name=report\r\nContent-Type: application/json', JSON.stringify(min)]], blank],
  ['inline', [report, ['Content-Disposition: inline; name=raw', 'x']], blank],
  ['name*', [report, ["Content-Disposition: attachment; name*=utf-8''raw", 'x']], blank],
  ['name twice', [report, [disposition('raw; name=raw'), 'x']], blank],
  ['filename twice', [report, attachment('', 'filename=a; filename=b')], blank],
  ['filename* on an attachment', [report, attachment('', "filename*=utf-8''a")], blank],
  ['filename* beside filename', [report, attachment('', "filename=a; filename*=utf-8''a")], blank],
  ['filename*0 (RFC 2231 continuation)', [report, attachment('', 'filename*0=a')], blank],
  ['filename* on the report', [[`${disposition("report; filename*=utf-8''a")}\r\nContent-Type: application/json`, '{}']], blank],
  [
    'a filename elsewhere is ignored',
    [[`${disposition('report; filename="../x"')}\r\nContent-Type: application/json`, JSON.stringify(min)]],
    '202',
  ],
  ...['exploit', 'exploit_content_type', 'raw', 'raw_content_type', 'attachments'].flatMap((field) =>
    [null, '', []].map((value): [string, Part[], string] => [
      `${field} ${JSON.stringify(value)} inside the report`,
      [reportOf({ ...min, [field]: value })],
      `400 field_not_allowed ${field}`,
    ]),
  ),
  ...['Content-Disposition: attachment; name=attachment', 'Content-Type: text/plain'].map((header): [string, Part[], string] => [
    `${header.split(':')[0]} twice`,
    [report, attachment(header)],
    blank,
  ]),
  ...['Content-Transfer-Encoding: binary', 'Content-Description: a', 'Content-Akrites-Type: patch'].map(
    (header): [string, Part[], string] => [
      `${header.split(':')[0]} twice`,
      [report, attachment(`${header}\r\n${header.toLowerCase()}`)],
      blank,
    ],
  ),
  ...['Content-ID: a', 'Content-Language: en', 'Content-MD5: x', 'Content-Akrites-Other: x'].map((header): [string, Part[], string] => [
    `${header.split(':')[0]}`,
    [report, attachment(header)],
    blank,
  ]),
  ['Content-Length and other headers are let be', [report, attachment('Content-Length: 1\r\nX-Any: thing')], '202'],
  ['Content-Description on exploit', [report, [`${payload('exploit')[0]}\r\nContent-Description: a`, 'x']], blank],
  ['Content-Akrites-Type on the report', [[`${report[0]}\r\nContent-Akrites-Type: patch`, JSON.stringify(min)]], blank],
  ...['binary', '8bit', '7bit', 'BINARY'].map((encoding): [string, Part[], string] => [
    encoding,
    [report, attachment(`Content-Transfer-Encoding: ${encoding}`)],
    '202',
  ]),
  ...['base64', 'quoted-printable', 'x', ''].map((encoding): [string, Part[], string] => [
    `encoding ${encoding}`,
    [report, attachment(`Content-Transfer-Encoding: ${encoding}`)],
    blank,
  ]),
  ['the report is not application/json', [[`${disposition('report')}\r\nContent-Type: text/plain`, JSON.stringify(min)]], blank],
  [
    'the report with charset=utf-8',
    [[`${disposition('report')}\r\nContent-Type: application/json; charset=UTF-8`, JSON.stringify(min)]],
    '202',
  ],
  [
    'the report with another charset',
    [[`${disposition('report')}\r\nContent-Type: application/json; charset=latin1`, JSON.stringify(min)]],
    blank,
  ],
  ['the same strict JSON', [reportOf('{"purl":"pkg:npm/a","purl":"pkg:npm/a"}')], '400 malformed-json'],
  ['a report that is not UTF-8', [[report[0], Buffer.from([0x7b, 0xff, 0x7d])]], '400 malformed-json'],
  ['the same metadata rules', [reportOf({ ...min, code_path: 'a\tb' })], '400 control_characters code_path'],
  [
    'an attachment without Content-Type',
    [report, [disposition('attachment; filename=a'), 'x']],
    '400 missing_field attachments[0].content_type',
  ],
  ['an exploit without Content-Type', [report, [disposition('exploit'), 'x']], '400 missing_field exploit_content_type'],
  ['a raw without Content-Type', [report, [disposition('raw'), 'x']], '400 missing_field raw_content_type'],
  ['an empty exploit with any type is absent', [report, payload('exploit', '', 'image/png'), [disposition('raw'), '']], '202'],
  ['an empty attachment', [report, attachment('', 'filename=a', '')], '400 missing_field attachments[0].data'],
  [
    'text with charset=utf-8',
    [report, [`${disposition('attachment; filename=a')}\r\nContent-Type: Text/Plain; charset="utf-8"`, 'x']],
    '202',
  ],
  ['text with another charset', [report, payload('raw', 'x', 'text/plain; charset=latin1')], '400 invalid_content_type raw_content_type'],
  ['text with another parameter', [report, payload('raw', 'x', 'text/plain; format=flowed')], '400 invalid_content_type raw_content_type'],
  [
    'a binary type with charset',
    [report, payload('raw', 'x', 'application/zip; charset=utf-8')],
    '400 invalid_content_type raw_content_type',
  ],
  ['text that is not UTF-8', [report, payload('raw', Buffer.from([0xff]), 'text/markdown')], '400 invalid_utf8 raw'],
  ['JSON that is not UTF-8', [report, payload('exploit', Buffer.from([0xff]), 'application/json')], '400 invalid_utf8 exploit'],
  ['bytes that look like base64 are the file', [report, payload('raw', 'AAEC===', 'application/zip')], '202'],
  ['an attachment of 1 MiB', [report, attachment('', 'filename=a', Buffer.alloc(limits.attachmentBytes, 'x'))], '202'],
  [
    'an attachment of 1 MiB + 1',
    [report, attachment('', 'filename=a', Buffer.alloc(limits.attachmentBytes + 1, 'x'))],
    '413 field_too_large attachments[0].data',
  ],
  ['16 attachments', [report, ...Array.from({ length: 16 }, (_, i) => attachment('', `filename=a${i}`))], '202'],
  ['17 attachments', [report, ...Array.from({ length: 17 }, (_, i) => attachment('', `filename=a${i}`))], '413 too_many_items attachments'],
  ['a filename in raw UTF-8, quoted', [report, attachment('Content-Description: é', 'filename="pocé.c"')], '202'],
  ['a filename in raw UTF-8, not quoted', [report, attachment('', 'filename=pocé.c')], blank],
  ['RFC 2047 is not decoded', [report, attachment('', 'filename="=?utf-8?Q?a/b?="')], '400 invalid_filename attachments[0].filename'],
  ['a filename that is a path', [report, attachment('', 'filename="C:\\poc.c"')], '400 invalid_filename attachments[0].filename'],
  ['a filename with an escaped quote', [report, attachment('', 'filename="a\\"b"')], '202'],
  ['without a filename', [report, attachment('', '')], '400 missing_field attachments[0].filename'],
  [
    'another Content-Akrites-Type',
    [report, attachment('Content-Akrites-Type: exploit')],
    '400 invalid_attachment_type attachments[0].type',
  ],
  [
    'an invisible character in Content-Description',
    [report, attachment('Content-Description: a\u202Eb')],
    '400 control_characters attachments[0].description',
  ],
  [
    'attachments[i] counts in body order',
    [attachment(), payload('exploit'), report, attachment('', 'filename=".."')],
    '400 invalid_filename attachments[1].filename',
  ],
  [
    'an attachment that downloads as exploit does',
    [report, attachment('', 'filename="exploit.txt"'), payload('exploit')],
    '400 invalid_filename attachments[0].filename / exploit',
  ],
  [
    'headers that are not UTF-8',
    Buffer.concat([Buffer.from('--b\r\nX: '), Buffer.from([0xff]), Buffer.from('\r\n\r\nx\r\n--b--\r\n')]),
    blank,
  ],
  ['no closing boundary', '--b\r\nContent-Disposition: attachment; name=report\r\nContent-Type: application/json\r\n\r\n{}', blank],
  ['no boundary at all', 'x', blank],
  ['nothing', '', blank],
];

test.each(multipart)('Multipart submissions: %s', async (_, parts, expected) => {
  const body = typeof parts === 'string' ? Buffer.from(parts) : Buffer.isBuffer(parts) ? parts : bodyOf(parts);
  expect(told(await send(body, 'multipart/mixed; boundary=b'))).toBe(expected);
});

test('202: receipt, message and Link; warnings in the order of the fields, and only where there are any', async () => {
  const reply = await send(
    JSON.stringify({ ...min, raw: 'x', raw_content_type: 'text/plain', exploit: 'y', exploit_content_type: 'text/plain' }),
  );
  const { receipt, message, warnings, ...more } = reply.json();
  expect([reply.statusCode, more, message]).toEqual([202, {}, 'accepted; poll /v1/submissions/{receipt} for status']);
  expect(reply.headers.link).toBe(`</v1/submissions/${receipt}>; rel="monitor"`);
  expect(warnings).toEqual(
    ['exploit', 'raw'].map((field) => ({
      code: 'deprecated_field',
      field,
      reason: `${field} is deprecated; send it as an attachment instead`,
    })),
  );
  expect(Object.keys((await send(JSON.stringify(min))).json())).toEqual(['receipt', 'message']);
});

test('what was sent is what is kept: canonical purl, decoded files, exploit and raw after the attachments; the e-mail goes nowhere', async () => {
  hub.clock.advance(1000);
  const sent = {
    purl: 'PKG:NPM/example-lib@2.0.0',
    versions: ['1', '1'],
    email: 'secret@example.org',
    attachments: [{ filename: 'a', data: 'AAEC\nAw==', content_type: 'Application/Octet-Stream', description: 'd' }],
    raw: 'r',
    raw_content_type: 'text/plain',
  };
  const reply = await send(JSON.stringify(sent));
  expect(reply.statusCode).toBe(202);
  const all = await hub.do<{ items: { id: string }[] }>(lab, findings.list, { limit: 100, after: '' });
  let last = all.items;
  while (last.length === 100)
    last = (await hub.do<{ items: { id: string }[] }>(lab, findings.list, { limit: 100, after: last.at(-1)!.id })).items;
  const kept = await hub.do<Record<string, unknown>>(lab, findings.get, { id: last.at(-1)!.id });
  expect(kept).toMatchObject({
    purl: 'pkg:npm/example-lib@2.0.0',
    versions: ['1', '2.0.0'],
    attachments: [
      { filename: 'a', contentType: 'application/octet-stream', type: 'other', description: 'd', bytes: 4 },
      { filename: 'raw', contentType: 'text/plain', type: 'other', bytes: 1 },
    ],
  });
  const said = [reply.body, JSON.stringify(kept), (await app.inject(`/v1/submissions/${reply.json().receipt}`)).body].join();
  expect(said).not.toContain('secret@');
  expect((await send(JSON.stringify({ ...min, email: 'not secret@example.org' }))).body).not.toContain('secret@');
});
