import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, digestOf, sha256 } from './canonical.ts';
import { idBody, isId, kinds, makeId } from './id.ts';
import { type Instant, parseInstant, plusMs } from './instant.ts';
import { contains, overlap } from './interval.ts';
import { limits } from './limits.ts';
import { refusalCodes, refusalMapping } from './refusal.ts';
import { open, openNote, pae, publicKeyFromRaw, rawPublicKey, seal, signerOf, signNote, verifierKey } from './signature.ts';
import { move } from './states.ts';
import { depthOf, wireBase64, wireInstant, wireJson, wireName, wirePage, wireText } from './wire.ts';

describe('canonical JSON (RFC 8785)', () => {
  test('sorts by UTF-16 code units: the example of §3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.keys(JSON.parse(canonical(value)))).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  });
  test('writes numbers as ECMAScript does: the example of §3.2.2', () => {
    expect(canonical(JSON.parse('[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]'))).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
    );
  });
  test('has one form for one value, and parses back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });
  test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined, 1n])('refuses what JSON cannot say', (value) =>
    expect(() => canonical(value)).toThrow(TypeError),
  );
  test('digests are SHA-256 of the canonical form', () => expect(digestOf({ b: 1, a: 2 })).toBe(sha256('{"a":2,"b":1}')));
});

describe('ids', () => {
  test('sort by time and carry their kind', () => {
    const [early, late] = [makeId('fnd', 1, new Uint8Array(10).fill(255)), makeId('fnd', 2, new Uint8Array(10))];
    expect(early < late).toBe(true);
    expect(isId('fnd', early) && !isId('cas', early)).toBe(true);
  });
  test('are of their form for every kind', () => {
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
      expect(makeId(kind, Number.MAX_SAFE_INTEGER, new Uint8Array(10))).toMatch(new RegExp(`^${kind}_${idBody}$`));
  });
  test('take 10 random bytes, not fewer', () => expect(() => makeId('org', 0, new Uint8Array(9))).toThrow(RangeError));
});

describe('instants', () => {
  test('are kept in UTC', () => expect(parseInstant('2026-12-01T17:00:00+05:30')).toBe('2026-12-01T11:30:00.000Z'));
  test.each(['2026-12-01', '2026-12-01T17:00:00', 'tomorrow', '2026-13-01T00:00:00Z', ''])('refuse %j: no time, or no offset', (text) =>
    expect(parseInstant(text)).toBeUndefined(),
  );
  test('half-open intervals meet only where they share time', () => {
    const [a, b] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] as [Instant, Instant];
    const span = { startsAt: a, endsAt: b };
    expect([contains(span, a), contains(span, b), overlap(span, { startsAt: b, endsAt: plusMs(b, 1) })]).toEqual([true, false, false]);
  });
});

describe('signatures', () => {
  const signer = signerOf('log.example', generateKeyPairSync('ed25519').privateKey);
  test('DSSE: pre-authentication encoding is that of the specification', () => {
    expect(pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });
  test('DSSE: opens with the right key only, and not when altered', () => {
    const envelope = seal(signer, 'text/plain', Buffer.from('x'));
    expect(open(envelope, signer.publicKey)?.toString()).toBe('x');
    expect(open({ ...envelope, payload: Buffer.from('y').toString('base64') }, signer.publicKey)).toBeUndefined();
    expect(open(envelope, generateKeyPairSync('ed25519').publicKey)).toBeUndefined();
  });
  test('notes: opens with the verifier key, and not when altered', () => {
    const note = signNote(signer, 'log.example\n1\nabc\n');
    const key = verifierKey('log.example', signer.publicKey);
    expect(openNote(note, key)).toBe('log.example\n1\nabc\n');
    expect(openNote(note.replace('\n1\n', '\n2\n'), key)).toBeUndefined();
    expect(openNote(note, key.replace('log.example', 'other.example'))).toBeUndefined();
    expect(openNote('nonsense', key)).toBeUndefined();
  });
  // The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note
  test("notes: another implementation's note opens here", () => {
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
    const key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(openNote(`${text}\n\u2014 PeterNeumann ${signature}\n`, key)).toBe(text);
  });
  test('raw keys come back as they were', () => {
    const raw = rawPublicKey(signer.publicKey);
    expect(rawPublicKey(publicKeyFromRaw(raw))).toEqual(raw);
  });
});

describe('refusals', () => {
  test('each code has its own place in both tables', () => {
    expect(Object.keys(refusalMapping).sort()).toEqual([...refusalCodes].sort());
    for (const { status, exit } of Object.values(refusalMapping))
      expect(status >= 400 && status < 600 && exit >= 64 && exit <= 78).toBe(true);
  });
  test('a move that is not in the table names those that are', () => {
    const table = [{ from: 'held', by: 'release', to: 'released' }] as const;
    expect(move<string, string>(table, 'held', 'release')).toBe('released');
    expect(move<string, string>(table, 'held', 'burn')).toMatchObject({ code: 'wrong_state', because: expect.stringContaining('release') });
    expect(move<string, string>(table, 'released', 'release')).toMatchObject({ because: expect.stringContaining('final') });
  });
});

describe('what comes in over the wire', () => {
  const ok = (schema: { safeParse(v: unknown): { success: boolean } }, value: unknown) => schema.safeParse(value).success;
  test('texts, names, pages and JSON hold at their limit and not one beyond', () => {
    expect([ok(wireText(5), 'x'.repeat(5)), ok(wireText(5), 'x'.repeat(6))]).toEqual([true, false]);
    expect([ok(wireName, 'x'.repeat(limits.nameChars)), ok(wireName, 'x'.repeat(limits.nameChars + 1))]).toEqual([true, false]);
    expect([ok(wirePage, { limit: limits.pageRows }), ok(wirePage, { limit: limits.pageRows + 1 })]).toEqual([true, false]);
    expect([ok(wireBase64(3), 'AAAA'), ok(wireBase64(3), 'AAAAAA=='), ok(wireBase64(3), 'A')]).toEqual([true, false, false]);
    expect([ok(wireJson(7), 'xxxxx'), ok(wireJson(7), 'xxxxxx')]).toEqual([true, false]);
  });
  test('depth is bounded', () => {
    const nest = (n: number): unknown => (n === 0 ? 1 : [nest(n - 1)]);
    expect([ok(wireJson(1000), nest(limits.jsonDepth)), ok(wireJson(1000), nest(limits.jsonDepth + 1))]).toEqual([true, false]);
    expect(depthOf(nest(3))).toBe(3);
  });
  test('names hold no control, no bidi, no lone surrogate', () => {
    for (const bad of ['a\nb', 'a\u202eb', 'a\ud800', '\u0000', '  ']) expect(ok(wireName, bad)).toBe(false);
  });
  test('times need an offset', () =>
    expect([ok(wireInstant, '2026-12-01T17:00:00Z'), ok(wireInstant, '2026-12-01T17:00:00')]).toEqual([true, false]));
});

test('base64 is read as RFC 4648 says, however long it is', () => {
  const takes = (text: string, maxBytes = 16) => wireBase64(maxBytes).safeParse(text).success;
  expect(['', 'QQ==', 'QUI=', 'QUJD', 'a+/9'].map((text) => takes(text))).toEqual([true, true, true, true, true]);
  const none = ['Q', 'QQ=', 'QQ', 'Q===', '====', '=QQQ', 'QQ=Q', 'Q=Q=', 'QU JD', 'QUJD\n', 'QQ-_', 'QQ==QQ=='];
  expect(none.filter((text) => takes(text))).toEqual([]);
  expect([takes('A'.repeat(16), 12), takes('A'.repeat(20), 12)]).toEqual([true, false]);
  expect(takes('A'.repeat(40_000_000), 30_000_000)).toBe(true);
});
