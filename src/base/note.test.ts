import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceText } from '../../test/reference-data.ts';
import { limits } from './limits.ts';
import { cosign, cosignedAt, logSignature, parseNote, parseTreeHead, parseVerifierKey, witnessKey } from './note.ts';
import { openNote, signerOf, signNote, verifierKey } from './signature.ts';

const signer = signerOf('log.example/a', generateKeyPairSync('ed25519').privateKey);
const witness = signerOf('witness.example/w', generateKeyPairSync('ed25519').privateKey);
const logKey = parseVerifierKey(verifierKey(signer.name, signer.publicKey))!;
const key = parseVerifierKey(witnessKey(witness))!;
const text = `log.example/a\n3\n${Buffer.alloc(32, 7).toString('base64')}\n`;
const note = signNote(signer, text);

test('the example of the specification verifies', () => {
  const given = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')!;
  const line = 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=';
  expect(logSignature(parseNote(`This is an example message.\n\n\u2014 example.com/foo ${line}\n`)!, given)).toBe('signed');
  expect(logSignature(parseNote(`This is an example message?\n\n\u2014 example.com/foo ${line}\n`)!, given)).toBe('forged');
});

test('what we sign and cosign is read back; either key is what it says', () => {
  const cosigned = `${note}${cosign(witness, text, 1_700_000_000)}${cosign(witness, text, 1_600_000_000)}`;
  const parsed = parseNote(cosigned)!;
  expect(logSignature(parsed, logKey)).toBe('signed');
  expect(cosignedAt(parsed.text, parsed.signatures, key)).toBe(1_700_000_000);
  expect(openNote(cosigned, logKey.text)).toBe(text);
  expect([logKey.type, key.type]).toEqual(['log', 'witness']);
  expect(cosignedAt(text, parseNote(note)!.signatures, key)).toBeUndefined();
});

test('a line of a known key that does not verify is forged; lines of unknown keys are passed over', () => {
  const moved = cosign(witness, text.replace('3', '4'), 1);
  expect(cosignedAt(text, parseNote(`${note}${moved}`)!.signatures, key)).toBe('forged');
  const good = cosign(witness, text, 5);
  expect(cosignedAt(text, parseNote(`${note}${good}${moved}`)!.signatures, key)).toBe('forged');
  const stranger = signerOf('witness.example/w', generateKeyPairSync('ed25519').privateKey);
  expect(cosignedAt(text, parseNote(`${note}${cosign(stranger, text, 9)}${good}`)!.signatures, key)).toBe(5);
  // A time is signed with the rest.
  const late = Buffer.from(parseNote(`${note}${good}`)!.signatures[1]!.bytes);
  late[7] = 6;
  expect(cosignedAt(text, [{ ...parseNote(`${note}${good}`)!.signatures[1]!, bytes: late }], key)).toBe('forged');
});

test('a real log of others: its checkpoints parse, and agree on the origin', ({ skip }) => {
  const found = Array.from({ length: 16 }, (_, i) => referenceText(`crypto-transparency-vectors/tlog-tiles-log/checkpoint.${i}`));
  if (found[0] === undefined) return skip();
  for (const [size, checkpoint] of found.entries()) {
    const parsed = parseNote(checkpoint!)!;
    expect(parseTreeHead(parsed.text)).toMatchObject({ origin: 'example.com/log/testdata', size });
    expect(parsed.signatures.map((s) => [s.name, s.bytes.length])).toEqual([['example.com/log/testdata', 64]]);
  }
});

test('so many signatures are read, and not one more', () => {
  const lines = (n: number) => `${text}\n${cosign(witness, text, 1).repeat(n)}`;
  expect(parseNote(lines(limits.noteSignatures))!.signatures).toHaveLength(limits.noteSignatures);
  expect(parseNote(lines(limits.noteSignatures + 1))).toBeUndefined();
});

test.each([
  ['no signature', `${text}\n`],
  ['no empty line', text],
  ['no newline at the end', note.slice(0, -1)],
  ['a carriage return', note.replaceAll('\n', '\r\n')],
  ['a tab', note.replace('log.example/a', 'log.example/a\t')],
  ['a name with a plus', note.replace('\u2014 log', '\u2014 log+')],
  ['two spaces', note.replace('\u2014 ', '\u2014  ')],
  ['base64 without its padding', note.replace(/=*\n$/, '\n')],
  ['a hyphen for the dash', note.replace('\u2014', '-')],
])('no note: %s', (_, bad) => {
  if (bad !== note) expect(parseNote(bad)).toBeUndefined();
});

test.each([
  ['a size with a zero before it', text.replace('\n3\n', '\n03\n')],
  ['a negative size', text.replace('\n3\n', '\n-3\n')],
  ['a size that is no safe number', text.replace('\n3\n', '\n9007199254740993\n')],
  ['a short root', text.replace(/\n[^\n]+\n$/, '\nAAAA\n')],
  ['no origin', text.replace('log.example/a', '')],
  ['an empty line more', `${text}\n`],
  ['no newline at the end', text.slice(0, -1)],
])('no tree head: %s', (_, bad) => {
  expect(parseTreeHead(bad)).toBeUndefined();
  expect(parseTreeHead(text)).toMatchObject({ size: 3 });
  expect(parseTreeHead(`${text}an extension\n`)).toMatchObject({ size: 3 });
});

test('a key with another id, type or length is none', () => {
  const [name, id, encoded] = logKey.text.split('+') as [string, string, string];
  const of = (type: number, length = 32) => Buffer.concat([Buffer.of(type), Buffer.alloc(length, 9)]).toString('base64');
  for (const bad of [
    `${name}+00000000+${encoded}`,
    `${name}x+${id}+${encoded}`,
    `${name}+${id}+${of(2)}`,
    `${name}+${id}+${of(1, 31)}`,
    name,
    '',
  ])
    expect(parseVerifierKey(bad)).toBeUndefined();
});

test('whatever comes, it is read or not, and nothing breaks', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((s) => `${text}\n\u2014 ${s}\n`),
      ),
      (s) => void [parseNote(s), parseTreeHead(s), parseVerifierKey(s)],
    ),
  );
});
