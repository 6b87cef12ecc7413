import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from '../../../../test/equipment/documents.ts';
import { zipOf } from '../../../../test/equipment/zip.ts';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { contentDigest } from '../commitment.ts';
import { openDocument, openValue } from './document.ts';
import { importFormats, readDocument } from './formats.ts';

const context = { purl: 'pkg:generic/acme/thing' };
const read = (text: string | Uint8Array, named?: string, given: { purl: string | null } = context) =>
  readDocument(insist(openDocument(Buffer.from(text))), named, given);
const draftsOf = (text: string | Uint8Array) => insist(read(text)).drafts;
const only = (text: string | Uint8Array) => {
  const drafts = draftsOf(text);
  expect(drafts).toHaveLength(1);
  return drafts[0]!;
};
const changed = (name: string, change: (value: never) => void) => {
  const value = JSON.parse(documents[name]!) as never;
  change(value);
  return JSON.stringify(value);
};

describe('each format', () => {
  test('stands in the table, in its order, with an example here', () => {
    const table = readFileSync(join(import.meta.dirname, '../../../../docs/FORMATS.md'), 'utf8');
    expect([...table.matchAll(/^\| `([\w-]+)` \|/gm)].map((m) => m[1])).toEqual(importFormats.map((f) => f.name));
    expect(Object.keys(documents)).toEqual(importFormats.map((f) => f.name));
  });

  test.each(Object.entries(documents))('%s: its example is recognised as that alone, and tells of one flaw', (name, text) => {
    expect(importFormats.filter((f) => f.is(insist(openDocument(Buffer.from(text))))).map((f) => f.name)).toEqual([name]);
    const draft = only(text);
    expect(draft.title).not.toBe('');
    expect(insist(read(text, name)).drafts).toHaveLength(1);
  });

  test.each(Object.entries(documents))(
    '%s: a number that is none in JSON, wherever it stands, leaves a draft that can be committed to',
    (name, text) => {
      for (const spoiled of leavesOf(JSON.parse(text.split('\n')[0]!))) {
        const reading = read(spoiled, name);
        if (!isRefusal(reading)) for (const draft of reading.drafts) expect(() => contentDigest(draft), spoiled).not.toThrow();
      }
    },
  );
});

/** The document as often as it has values that are neither object nor array, each time with another of them as 1e999. */
function leavesOf(value: unknown): string[] {
  const spoiled = (at: number) => {
    let n = 0;
    const other = JSON.stringify(value, (_key, v) => (typeof v !== 'object' && n++ === at ? '@@' : v));
    return n > at ? other.replace('"@@"', '1e999') : undefined;
  };
  const all: string[] = [];
  for (let text = spoiled(0); text !== undefined; text = spoiled(all.length)) all.push(text);
  return all;
}

test('OSV: versions, commits, scores, ids; withdrawn ones are skipped', () => {
  expect(only(documents.osv!)).toMatchObject({
    purl: 'pkg:npm/parse',
    versions: ['1.0.0'],
    cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    introducedCommit: 'a'.repeat(40),
    fixedCommit: 'b'.repeat(40),
    repository: 'https://git.example/parse',
    upstreamIds: ['OSV-2026-1'],
    references: ['https://git.example/parse/fix'],
  });
  const withdrawn = changed('osv', (v: { withdrawn: string }) => (v.withdrawn = '2026-11-02T00:00:00Z'));
  expect(read(withdrawn)).toMatchObject({ drafts: [], skipped: 1 });
  expect(read(changed('osv', (v: { schema_version: string }) => (v.schema_version = '2.0.0')))).toMatchObject({
    code: 'unsupported',
    at: '/schema_version',
  });
  const noPackage = changed('osv', (v: { affected: unknown[] }) => (v.affected = []));
  expect(read(noPackage, undefined, { purl: null })).toMatchObject({ code: 'malformed' });
  expect(only(noPackage).purl).toBe(context.purl);
});

test('CSAF: the package of the tree, and what is said of AI', () => {
  expect(only(documents.csaf!)).toMatchObject({
    purl: 'pkg:npm/parse@1.0',
    versions: ['1.0'],
    cwe: 'CWE-787',
    discoveryMethod: 'ai-assisted',
    discoveryTooling: 'hunter 2',
    discoveryModel: 'm-1',
    original: { category: 'csaf_vulnerability_report', tlp: 'AMBER' },
  });
  type Csaf = { document: { csaf_version: string }; product_tree: object; vulnerabilities: { product_status: object }[] };
  const fixed = changed('csaf', (v: Csaf) => (v.vulnerabilities[0]!.product_status = { fixed: ['P1'], known_not_affected: ['P2'] }));
  expect(read(fixed)).toMatchObject({ drafts: [], skipped: 1 });
  expect(read(changed('csaf', (v: Csaf) => (v.document.csaf_version = '1.2')))).toMatchObject({ code: 'unsupported' });
  const bare = changed('csaf', (v: Csaf) => {
    v.product_tree = {
      branches: [
        {
          category: 'vendor',
          name: 'Acme Inc.',
          branches: [{ category: 'product_name', name: 'Parse', product: { name: 'Parse', product_id: 'P1' } }],
        },
      ],
    };
  });
  expect(insist(read(bare, undefined, { purl: null })).drafts[0]!.purl).toBe('pkg:generic/acme-inc./parse');
});

describe('CRS', () => {
  test('POV, patch and SARIF of one bug are one finding, with the input and the patch as its files', () => {
    const draft = only(documents.crs!);
    expect(draft.attachments.map((a) => a.type)).toEqual(['exploit-proof-of-concept', 'patch']);
    expect(draft).toMatchObject({ format: 'crs', text: expect.stringContaining('harness fuzz_parse, address sanitizer') });
  });

  test('a zipped directory: several inputs are several findings, and so is a patch that may mend any', () => {
    const sarif = Buffer.from(documents.sarif!);
    const one = zipOf([
      { name: 'crs-a/povs/0a1b', bytes: Buffer.from('\u0000\u0001') },
      { name: 'crs-a/patches/9f', bytes: Buffer.from('--- a\n+++ b\n') },
      { name: 'crs-a/bug-candidates/1.sarif', bytes: sarif },
      { name: 'crs-a/seeds/s', bytes: Buffer.from('s') },
    ]);
    const draft = only(one);
    expect(draft.attachments.map((a) => [a.filename, a.type])).toEqual([
      ['0a1b', 'exploit-proof-of-concept'],
      ['patch-1.diff', 'patch'],
    ]);
    expect(draft.title).toContain('Overflow');
    const two = zipOf(['povs/1', 'povs/2', 'patches/3'].map((name) => ({ name, bytes: Buffer.from(name) })));
    expect(insist(read(two))).toMatchObject({ drafts: [{}, {}, {}], notes: [expect.stringContaining('which of 1 patches')] });
  });

  test('archives within archives are not opened, and a bundle without its parts says what to send', () => {
    const nested = zipOf([{ name: 'patches/x.zip', bytes: zipOf([{ name: 'a', bytes: Buffer.from('a') }]) }]);
    expect(read(nested)).toMatchObject({ code: 'unsupported' });
    expect(read(JSON.stringify({ pov_id: '1', patch_id: '2' }))).toMatchObject({ code: 'unsupported' });
    expect(read(JSON.stringify({ fuzzer_name: 'f', testcase: 'not base64!' }))).toMatchObject({ code: 'malformed' });
  });
});

test('what is not read says what was seen, never its content', () => {
  expect(read('{"secret": "hunter2"}')).toMatchObject({ code: 'unsupported', because: expect.stringMatching(/an object with secret\)/) });
  expect(read('{"secret": "hunter2"}')).not.toMatchObject({ because: expect.stringContaining('hunter2') });
  expect(read('<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun>')).toMatchObject({ because: expect.stringContaining('Nmap') });
  expect(read('just words')).toMatchObject({ because: expect.stringContaining('plain text') });
  expect(read('')).toMatchObject({ code: 'malformed' });
  const both = JSON.stringify({ ...JSON.parse(documents.osv!), ...JSON.parse(documents.plain!) });
  expect(read(both)).toMatchObject({ code: 'unsupported', at: '/format', because: expect.stringContaining('plain or osv') });
  expect(insist(read(both, 'osv')).format).toBe('osv');
});

test('hostile text: no bidi in names, no NUL, no lone surrogates, nothing that PostgreSQL cannot keep', () => {
  const nasty = changed('osv', (v: { summary: string; details: string; database_specific: object }) => {
    v.summary = 'exe\u202etxt\u0000\ud800 flaw\nline';
    v.details = 'a\u0000b\ud800';
    Object.assign(v, { credits: [{ name: '\u0000\udfff', ['__proto__']: { x: 1 } }] });
  });
  const draft = only(nasty);
  expect(draft.title).toBe('exe txt\uFFFD\uFFFD flaw line');
  expect(JSON.stringify(draft)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  const encoded = changed('osv', (v: { affected: { package: object; versions: string[] }[] }) => {
    v.affected = [{ package: { purl: 'pkg:generic/java@17%00x' }, versions: [] }];
  });
  expect(only(encoded)).toMatchObject({ purl: 'pkg:generic/java@17%00x', versions: [] });
  expect(isRefusal(openDocument(Buffer.from([0x7b, 0x22, 0xff, 0x22])))).toBe(true);
  expect(openDocument(Buffer.from([0x1f, 0x8b, 0, 0]))).toMatchObject({ code: 'unsupported' });
});

describe('limits', () => {
  test('a document’s bytes', () => {
    const padded = (bytes: number) => Buffer.concat([Buffer.from(documents.plain!), Buffer.alloc(bytes - documents.plain!.length, ' ')]);
    expect(openDocument(padded(limits.importBytes))).toMatchObject({ kind: 'json' });
    expect(openDocument(padded(limits.importBytes + 1))).toMatchObject({ code: 'too_large' });
  });

  test('as many values as are read, and one more', () => {
    const of = (n: number) => openDocument(Buffer.from(`[${'0,'.repeat(n - 2)}"[,\\"{"]`));
    expect(of(limits.jsonValues)).toMatchObject({ kind: 'json' });
    expect(of(limits.jsonValues + 1)).toMatchObject({ code: 'too_large' });
  });

  test('depth', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(openDocument(Buffer.from(deep(limits.jsonDepth + 1)))).toMatchObject({ kind: 'json' });
    expect(openDocument(Buffer.from(deep(limits.jsonDepth + 2)))).toMatchObject({ code: 'too_large' });
    expect(openDocument(Buffer.from(deep(1_000_000)))).toMatchObject({ code: 'too_large' });
    expect(openValue(JSON.parse(deep(1000)))).toMatchObject({ code: 'too_large' });
  });

  test('findings of one document', () => {
    const record = JSON.parse(documents.osv!) as object;
    const many = (n: number) => JSON.stringify(Array.from({ length: n }, () => record));
    expect(draftsOf(many(limits.findingsPerImport))).toHaveLength(limits.findingsPerImport);
    expect(read(many(limits.findingsPerImport + 1))).toMatchObject({ code: 'too_many' });
    const issue = (i: number) => ({ rule_id: `G${i}`, details: 'x', file: 'a.go', line: '1' });
    const gosec = (n: number) => JSON.stringify({ Issues: Array.from({ length: n }, (_, i) => issue(i)), Stats: {} });
    expect(draftsOf(gosec(limits.findingsPerImport))).toHaveLength(limits.findingsPerImport);
    expect(read(gosec(limits.findingsPerImport + 1))).toMatchObject({ code: 'too_many' });
  });

  test('what is kept beside a finding', () => {
    const long = changed('osv', (v: { credits: unknown }) => (v.credits = [{ name: 'n'.repeat(limits.originalChars * 2) }]));
    expect(JSON.stringify(only(long).original).length).toBeLessThan(limits.originalChars * 1.1);
    const within = changed('osv', (v: { credits: unknown }) => (v.credits = [{ name: 'n'.repeat(limits.originalChars / 2) }]));
    expect(JSON.stringify(only(within).original).length).toBeGreaterThan(limits.originalChars / 2);
  });

  test('branches of a product tree', () => {
    const tree = (n: number) =>
      changed('csaf', (v: { product_tree: { branches: unknown[] } }) => {
        const branches = Array.from({ length: n - 3 }, () => ({}));
        v.product_tree.branches.push(...branches);
      });
    expect(draftsOf(tree(limits.csafBranches))).toHaveLength(1);
    expect(read(tree(limits.csafBranches + 1))).toMatchObject({ code: 'too_large', at: '/product_tree/branches' });
  });
});
