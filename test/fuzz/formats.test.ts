import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BulkEntry, entriesOfLines, entriesOfZip } from '../../src/app/bulk-entries.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import { depthOf } from '../../src/base/wire.ts';
import { openDocument, openValue } from '../../src/clearinghouse/findings/formats/document.ts';
import { importFormats, readDocument } from '../../src/clearinghouse/findings/formats/formats.ts';
import { readZip } from '../../src/clearinghouse/findings/formats/zip.ts';
import { documents } from '../equipment/documents.ts';
import { zipOf } from '../equipment/zip.ts';

// Whatever comes in, a reader answers: with drafts that may be kept, or with a refusal; never with an exception.
const numRuns = Number(process.env.FUZZ_RUNS ?? 150);
const context = { purl: 'pkg:generic/acme/thing' };

function read(bytes: Uint8Array, format?: string) {
  const document = openDocument(bytes);
  return isRefusal(document) ? document : readDocument(document, format, context);
}

/** What PostgreSQL cannot keep, or what a station's limits forbid, must not come out of any reader. */
function judge(outcome: ReturnType<typeof read>): void {
  if (isRefusal(outcome)) {
    expect(outcome.because).not.toBe('');
    return;
  }
  for (const draft of outcome.drafts) {
    const said = JSON.stringify({ ...draft, attachments: [] });
    expect(said).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    expect(draft.title).toMatch(/^[^\p{Cc}\p{Cf}]{1,256}$/u);
    expect(draft.purl).toMatch(/^pkg:/);
    expect(draft.cwe ?? 'CWE-1').toMatch(/^CWE-[1-9]\d{0,5}$/);
    expect(depthOf(draft.original)).toBeLessThan(12);
  }
}

const spikes: readonly fc.Arbitrary<unknown>[] = [
  fc.constantFrom(
    null,
    '',
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [[]],
    'constructor',
    '__proto__',
    '\u0000',
    '\ud800',
    '\u202e',
    'pkg:',
    'pkg:npm/a@1%00',
    'CWE-0',
    'https://',
  ),
  fc.string({ maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer({ min: 1, max: 300 }).map((n) => 'x'.repeat(n * 400)),
  fc.integer({ min: 1, max: 80 }).map((n) => JSON.parse(`${'['.repeat(n)}${']'.repeat(n)}`) as unknown),
];

/** Grammar-aware: somewhere in a document that can be read stands something else. */
function mutate(value: unknown, path: readonly number[], put: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== 'object' || value === null) return put;
  const names = Object.keys(value);
  if (names.length === 0) return put;
  const name = names[at % names.length]!;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === name ? mutate(item, rest, put) : item));
  const copy = { ...value } as Record<string, unknown>;
  if (put === '__proto__') Object.defineProperty(copy, '__proto__', { value: { x: 1 }, enumerable: true });
  return { ...copy, [name]: mutate(copy[name], rest, put) };
}

describe.each(Object.entries(documents))('%s', (name, text) => {
  test('with something else in any of its places', () => {
    const values = text.split('\n').map((l) => JSON.parse(l) as unknown);
    const change = fc.record({ path: fc.array(fc.nat(12), { minLength: 1, maxLength: 8 }), put: fc.oneof(...spikes) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const mutated = values.map((value) => changes.reduce((of, { path, put }) => mutate(of, path, put), value));
        const lines = mutated.map((v) => JSON.stringify(v)).join('\n');
        judge(read(Buffer.from(lines)));
        judge(read(Buffer.from(lines), name));
        const document = openValue(mutated[0]);
        if (!isRefusal(document)) judge(readDocument(document, name, { purl: null }));
      }),
      { numRuns },
    );
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('with bytes changed', () => {
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        (flips, cut) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of flips) changed[at] = byte;
          judge(read(changed, name));
          judge(read(changed.subarray(0, cut)));
        },
      ),
      { numRuns },
    );
  });
});

test('any bytes, any JSON, any table', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.jsonValue(), fc.array(fc.string(), { maxLength: 12 }), (bytes, value, cells) => {
      judge(read(bytes));
      judge(read(Buffer.from(JSON.stringify(value))));
      judge(read(Buffer.from(`Title,Severity,Description\n${cells.join(',')}`)));
      const document = openValue(value);
      if (!isRefusal(document)) for (const { name } of importFormats) judge(readDocument(document, name, context));
    }),
    { numRuns },
  );
});

const archive = zipOf([
  { name: 'povs/1', bytes: Buffer.from('\u0000\u0001') },
  { name: 'patches/2', bytes: Buffer.from('--- a\n+++ b\n'), describedAfter: true },
  { name: 'bug-candidates/3.sarif', bytes: Buffer.from(documents.sarif!), stored: true },
]);
const spoiled = fc
  .tuple(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 6 }), fc.integer({ min: 1, max: archive.length }))
  .map(([flips, cut]) => {
    const changed = Buffer.from(archive);
    for (const [at, byte] of flips) changed[at] = byte;
    return changed.subarray(0, cut);
  });

test('an archive with bytes changed, whole and in chunks', async () => {
  expect(isRefusal(readZip(archive))).toBe(false);
  await fc.assert(
    fc.asyncProperty(spoiled, fc.integer({ min: 1, max: 100 }), async (bytes, size) => {
      readZip(bytes);
      judge(read(bytes));
      const entries = await all(entriesOfZip(inChunks(bytes, size)));
      expect(entries.map((e) => e.n)).toEqual([...entries.map((e) => e.n)].sort((a, b) => a - b));
    }),
    { numRuns },
  );
});

test('lines, whatever they hold, are all there', async () => {
  const lines = fc.array(
    fc.string({ maxLength: 20 }).map((s) => s.replaceAll(/[\r\n]/g, ' ')),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 40 }), async (texts, size) => {
      const found = await all(entriesOfLines(inChunks(Buffer.from(texts.join('\n')), size), 1));
      const told = found.map((e) => [e.n, isRefusal(e.given) ? '' : Buffer.from(e.given).toString()]);
      const wanted = texts.map((t, i) => [i + 1, Buffer.from(t).toString()]).filter(([, t]) => /[^ \t]/.test(t as string));
      expect(told).toEqual(wanted);
    }),
    { numRuns },
  );
});

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function all(entries: AsyncIterable<BulkEntry>): Promise<BulkEntry[]> {
  const found: BulkEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}
