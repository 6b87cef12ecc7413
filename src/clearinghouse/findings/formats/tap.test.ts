import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { readTap, readTapJson, type TapPart, type Violation } from './tap.ts';

const minimal = { purl: 'pkg:npm/example-lib@1.0.1' };
const text = (filename: string, data = 'x') => ({ filename, data, content_type: 'text/plain' });

const violations = (report: object, parts?: TapPart[]): readonly Violation[] => {
  const reading = readTap(report as Record<string, unknown>, parts);
  if (reading.kind === 'malformed') throw new Error(reading.detail);
  return reading.kind === 'violations' ? reading.violations : [];
};
const codes = (report: object, parts?: TapPart[]) =>
  violations(report, parts).map((v) => `${v.code} ${v.field}${v.also_field ? ` / ${v.also_field}` : ''}`);
const draft = (report: object, parts?: TapPart[]) => {
  const reading = readTap(report as Record<string, unknown>, parts);
  if (reading.kind !== 'draft') throw new Error(JSON.stringify(reading));
  return reading;
};

test("the specification's example is a draft", () => {
  const { draft: read, warnings } = draft({
    software: 'example-lib',
    ecosystem: 'npm',
    versions: ['1.0.0', '1.0.1'],
    purl: 'pkg:NPM/example-lib@1.0.1',
    affected_symbol: { file: 'src/parse.js', function: 'parseHeader', line: 142 },
    attachments: [
      { filename: 'fix.patch', data: '--- a/src/parse.js\n', content_type: 'text/plain', type: 'patch' },
      { filename: 'exploit.txt', data: 'Sending a header …', content_type: 'TEXT/plain', type: 'exploit-proof-of-concept' },
      { filename: 'poc', data: 'AAEC\nAw==', content_type: 'application/octet-stream', type: 'reproducer' },
    ],
    references: ['https://github.com/example/example-lib/issues/451'],
    upstream_ids: ['CVE-2026-12345'],
    fixed_commit: '9f8e7d6c5b4a3928',
    package_repo_url: 'https://github.com/example/example-lib',
    discovery_method: 'ai-assisted',
    discovery_tooling: 'claude-opus-5-5 via Claude Code',
    email: 'reporter@example.org',
    notify: 'milestones',
    enrichment: { cwe: 'CWE-120: classic', cvss_vector: 'CVSS:4.0/AV:N/AC:L' },
  });
  expect(warnings).toEqual([]);
  expect(read).toMatchObject({
    title: 'example-lib: parseHeader',
    purl: 'pkg:npm/example-lib@1.0.1',
    versions: ['1.0.0', '1.0.1'],
    cwe: 'CWE-120',
    cvss: 'CVSS:4.0/AV:N/AC:L',
  });
  expect(read.attachments.map((a) => [a.type, a.bytes.length])).toEqual([
    ['patch', 19],
    ['exploit-proof-of-concept', 20],
    ['reproducer', 4],
  ]);
  expect(read.original).not.toHaveProperty('attachments');
});

test('without a purl, ecosystem and software name the package', () => {
  expect(draft({ ecosystem: 'PyPI', software: 'Flask_Login' }).draft.purl).toBe('pkg:pypi/flask-login');
  expect(draft({ ecosystem: 'npm', software: '@scope/name' }).draft.purl).toBe('pkg:npm/%40scope/name');
  expect(draft({ ecosystem: 'Maven', software: 'org.apache:commons' }).draft.purl).toBe('pkg:maven/org.apache/commons');
  expect(draft({ ecosystem: 'Debian:13', software: 'openssl' }).draft.purl).toBe('pkg:deb/debian/openssl');
  expect(draft({ ecosystem: 'Linux', software: 'Kernel' }).draft.purl).toBe('pkg:generic/Kernel');
  expect(codes({})).toEqual(['missing_field software', 'missing_field ecosystem']);
  expect(codes({ software: '...', ecosystem: 'Nowhere' })).toEqual(['unknown_ecosystem ecosystem', 'degenerate_value software']);
});

test('purl and ecosystem must agree, unless the ecosystem has no purl type', () => {
  expect(codes({ ...minimal, ecosystem: 'PyPI' })).toEqual(['purl_ecosystem_mismatch purl / ecosystem']);
  expect(codes({ ...minimal, ecosystem: 'OSS-Fuzz' })).toEqual([]);
  expect(codes({ purl: 'pkg:nosuch/x' })).toEqual(['invalid_purl purl']);
  expect(codes({ purl: 'x' })).toEqual(['invalid_purl purl']);
  expect(codes({ purl: 'pkg:npm/x@1%00' })).toEqual(['control_characters purl']);
});

test('every violation is told at once', () => {
  const bad = {
    purl: 'x',
    references: ['ftp://x', 'https://ok.example'],
    upstream_ids: ['CVE-1'],
    fixed_commit: 'zz',
    affected_symbol: { line: -1 },
    email: 'nobody',
    package_repo_url: 'git@x',
    code_path: 'a\tb',
    software: '\ud800',
  };
  expect(codes(bad).sort()).toEqual(
    [
      'invalid_utf8 software',
      'invalid_purl purl',
      'invalid_symbol_line affected_symbol.line',
      'invalid_reference references[0]',
      'invalid_upstream_id upstream_ids[0]',
      'invalid_commit fixed_commit',
      'control_characters code_path',
      'invalid_repo_url package_repo_url',
      'invalid_email email',
    ].sort(),
  );
  expect(codes({ ...minimal, notify: 'all' })).toEqual(['missing_field email']);
  expect(codes({ ...minimal, notify: 'off' })).toEqual([]);
  expect(codes({ ...minimal, notify: 'loud' })).toEqual(['invalid_notify notify']);
});

test('what is not a report of known members and types is malformed', () => {
  for (const bad of [
    { x: 1 },
    { purl: 1 },
    { versions: 'a' },
    { affected_symbol: { x: 1 } },
    { affected_symbol: { line: 1.5 } },
    { attachments: [{ x: 1 }] },
    { attachments: {} },
    { enrichment: [] },
    { Purl: 'x' },
  ])
    expect(readTap(bad as Record<string, unknown>).kind, JSON.stringify(bad)).toBe('malformed');
  for (const bytes of ['', '[]', '{} {}', '{"a":1,"a":2}', '{"attachments":[{"type":"a","type":"b"}]}', '\uFEFF{}'])
    expect(readTapJson(Buffer.from(bytes)), bytes).toHaveProperty('malformed');
  expect(readTapJson(Buffer.from([0x7b, 0xff, 0x7d]))).toHaveProperty('malformed');
  expect(readTapJson(Buffer.from('{"purl":"x"}'))).toEqual({ report: { purl: 'x' } });
});

test('attachments: names, types, encodings', () => {
  const withOne = (attachment: object) => codes({ ...minimal, attachments: [attachment] });
  expect(withOne({})).toEqual([
    'missing_field attachments[0].filename',
    'missing_field attachments[0].content_type',
    'missing_field attachments[0].data',
  ]);
  for (const name of ['a/b', 'a\\b', '.', '..', 'exe\u202Etxt'])
    expect(withOne(text(name)), name).toEqual(['invalid_filename attachments[0].filename']);
  expect(withOne({ ...text('a'), content_type: 'text/plain; charset=utf-8' })).toEqual([
    'invalid_content_type attachments[0].content_type',
  ]);
  expect(withOne({ ...text('a'), type: 'exploit' })).toEqual(['invalid_attachment_type attachments[0].type']);
  expect(withOne({ ...text('a'), description: 'a\u200Bb' })).toEqual(['control_characters attachments[0].description']);
  for (const data of ['####', 'AA', 'AA=A', '\n', 'A-__'])
    expect(withOne({ filename: 'a', content_type: 'application/zip', data }), data).toEqual(['invalid_base64 attachments[0].data']);
  expect(codes({ ...minimal, attachments: [text('poc'), text('POC.txt')] })).toEqual([
    'invalid_filename attachments[1].filename / attachments[0].filename',
  ]);
  expect(codes({ ...minimal, attachments: [text('poc\u00E9'), text('poce\u0301')] })).toEqual([
    'invalid_filename attachments[1].filename / attachments[0].filename',
  ]);
  expect(codes({ ...minimal, attachments: [text('exploit.txt')], exploit: 'x', exploit_content_type: 'text/plain' })).toEqual([
    'invalid_filename attachments[0].filename / exploit',
  ]);
});

test('exploit and raw are taken, with a warning', () => {
  const { draft: read, warnings } = draft({
    ...minimal,
    exploit: 'x',
    exploit_content_type: 'text/plain',
    raw: 'AA==',
    raw_content_type: 'application/zip',
  });
  expect(read.attachments.map((a) => [a.filename, a.type])).toEqual([
    ['exploit', 'exploit-proof-of-concept'],
    ['raw', 'other'],
  ]);
  expect(warnings.map((w) => w.field)).toEqual(['exploit', 'raw']);
  expect(codes({ ...minimal, exploit: 'x' })).toEqual(['missing_field exploit_content_type']);
  expect(codes({ ...minimal, raw_content_type: 'text/plain' })).toEqual(['missing_field raw']);
});

test('multipart: bytes are the file, payload members in the report are not allowed', () => {
  const part = (over: Partial<TapPart>): TapPart => ({
    name: 'attachment',
    filename: 'a.bin',
    contentType: 'application/octet-stream',
    bytes: Buffer.from([0, 255]),
    ...over,
  });
  expect(draft(minimal, [part({})]).draft.attachments[0]?.bytes).toEqual(Buffer.from([0, 255]));
  expect(codes({ ...minimal, attachments: null, raw: '' }, [])).toEqual(['field_not_allowed raw', 'field_not_allowed attachments']);
  expect(codes(minimal, [part({ bytes: Buffer.alloc(0) })])).toEqual(['missing_field attachments[0].data']);
  expect(codes(minimal, [part({ contentType: undefined })])).toEqual(['missing_field attachments[0].content_type']);
  expect(codes(minimal, [part({ contentType: 'text/plain' })])).toEqual(['invalid_utf8 attachments[0].data']);
  expect(codes(minimal, [part({ contentType: 'text/plain; charset=UTF-8', bytes: Buffer.from('é') })])).toEqual([]);
  expect(codes(minimal, [part({ contentType: 'application/zip; charset=utf-8' })])).toEqual([
    'invalid_content_type attachments[0].content_type',
  ]);
  expect(codes(minimal, [part({ name: 'raw', bytes: Buffer.alloc(0) })])).toEqual([]);
});

test('limits hold at the limit and refuse one above', () => {
  const files = (n: number) => ({ ...minimal, attachments: Array.from({ length: n }, (_, i) => text(`f${i}`)) });
  expect(codes(files(limits.attachmentsPerFinding))).toEqual([]);
  expect(codes(files(limits.attachmentsPerFinding + 1))).toEqual(['too_many_items attachments']);
  expect(codes({ ...files(15), exploit: 'x', exploit_content_type: 'text/plain' })).toEqual([]);
  expect(codes({ ...files(16), exploit: 'x', exploit_content_type: 'text/plain' })).toEqual(['too_many_items attachments']);
  const sized = (bytes: number) => ({ ...minimal, attachments: [text('a', 'x'.repeat(bytes))] });
  expect(codes(sized(limits.attachmentBytes))).toEqual([]);
  expect(codes(sized(limits.attachmentBytes + 1))).toEqual(['field_too_large attachments[0].data']);
  const strings: [string, number][] = [
    ['software', 256],
    ['code_path', 1024],
    ['discovery_method', 32],
    ['discovery_tooling', 128],
  ];
  for (const [field, max] of strings) {
    expect(codes({ ...minimal, [field]: 'é'.repeat(max / 2) }), field).toEqual([]);
    expect(codes({ ...minimal, [field]: `${'é'.repeat(max / 2)}x` }), field).toEqual([`field_too_large ${field}`]);
  }
  const list = (field: string, max: number, entry: (i: number) => string) => {
    const of = (n: number) => codes({ ...minimal, purl: 'pkg:npm/a', [field]: Array.from({ length: n }, (_, i) => entry(i)) });
    expect([of(max), of(max + 1)], field).toEqual([[], [`too_many_items ${field}`]]);
  };
  list('references', limits.referencesPerFinding, (i) => `https://a.example/${i}`);
  list('upstream_ids', limits.upstreamIdsPerFinding, (i) => `CVE-2026-${1000 + i}`);
  list('versions', limits.versionsPerFinding, (i) => `${i}`);
  const symbol = (field: string, bytes: number) => codes({ ...minimal, affected_symbol: { [field]: 'x'.repeat(bytes) } });
  for (const [field, max] of [
    ['file', limits.symbolFileBytes],
    ['function', limits.symbolFunctionBytes],
  ] as const)
    expect([symbol(field, max), symbol(field, max + 1)]).toEqual([[], [`field_too_large affected_symbol.${field}`]]);
  const file = (field: string, bytes: number) => codes({ ...minimal, attachments: [{ ...text('a'), [field]: 'x'.repeat(bytes) }] });
  for (const [field, max] of [
    ['filename', limits.filenameBytes],
    ['description', limits.descriptionBytes],
  ] as const)
    expect([file(field, max), file(field, max + 1)]).toEqual([[], [`field_too_large attachments[0].${field}`]]);
  const versions = (n: number) => ({ purl: 'pkg:npm/a', versions: Array.from({ length: n }, (_, i) => `${i}`) });
  expect(codes(versions(64))).toEqual([]);
  expect(codes(versions(65))).toEqual(['too_many_items versions']);
  expect(codes({ ...versions(64), purl: 'pkg:npm/a@99' })).toEqual(['too_many_items versions / purl']);
  const nested = (depth: number) => ({ ...minimal, enrichment: JSON.parse(`${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`) });
  expect(codes(nested(limits.tapEnrichmentDepth))).toEqual([]);
  expect(codes(nested(limits.tapEnrichmentDepth + 1))).toEqual(['structure_too_deep enrichment']);
  const heavy = (bytes: number) => ({ ...minimal, enrichment: { a: 'x'.repeat(bytes - 8) } });
  expect(codes(heavy(limits.tapEnrichmentBytes))).toEqual([]);
  expect(codes(heavy(limits.tapEnrichmentBytes + 1))).toEqual(['field_too_large enrichment']);
});

test('a number that is none in JSON is no report: nothing could be committed to', () => {
  for (const number of ['1e999', '[{"b":-1e999}]']) {
    const read = readTapJson(Buffer.from(`{"purl":"pkg:npm/a","enrichment":{"epss":${number}}}`));
    expect('report' in read && readTap(read.report), number).toEqual({
      kind: 'malformed',
      detail: '"enrichment" holds a number that is too large',
    });
  }
  expect(codes({ ...minimal, enrichment: { epss: 1e308 } })).toEqual([]);
});

test('property: nothing a stranger sends makes the reader throw', () => {
  const field = fc.constantFrom(
    'purl',
    'software',
    'ecosystem',
    'versions',
    'attachments',
    'affected_symbol',
    'enrichment',
    'references',
    'email',
    'notify',
    'exploit',
    'raw_content_type',
    'x',
    '__proto__',
  );
  const report = fc
    .array(fc.tuple(field, fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.array(fc.string()))))
    .map((entries) => Object.fromEntries(entries));
  fc.assert(fc.property(report, (given) => void expect(['draft', 'malformed', 'violations']).toContain(readTap(given).kind)));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readTapJson(bytes)));
});
