import { createHash, type KeyObject, verify } from 'node:crypto';
import { limits } from './limits.ts';
import { publicKeyFromRaw, rawPublicKey, type Signer } from './signature.ts';

/** A signed note (https://c2sp.org/signed-note), its signatures not yet looked at. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

interface Signature {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly bytes: Buffer;
  /** The line as it stood, without its newline. */
  readonly line: string;
}

/** A key one was told to trust: `name+id+base64(type ‖ key)`, type 1 for a log, 4 for a cosigner (https://c2sp.org/tlog-cosignature). */
export interface VerifierKey {
  /** As it was given. */
  readonly text: string;
  readonly name: string;
  readonly id: string;
  readonly type: 'log' | 'witness';
  readonly publicKey: KeyObject;
}

/** A tree head (https://c2sp.org/tlog-checkpoint). */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

const types = { log: 1, witness: 4 } as const;
const maxSeconds = 2n ** 63n - 1n;

/** undefined: no note, or with more signatures than anybody needs. */
export function parseNote(note: string): Note | undefined {
  // signed-note, Format: no ASCII control characters other than newline.
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed() || !note.endsWith('\n')) return undefined;
  const split = note.lastIndexOf('\n\n');
  const lines = split < 1 ? [] : note.slice(split + 2, -1).split('\n');
  if (lines.length === 0 || lines.length > limits.noteSignatures) return undefined;
  const signatures = lines.map(parseSignature);
  return signatures.every((s) => s !== undefined) ? { text: note.slice(0, split + 1), signatures } : undefined;
}

/** One line of a note, or of what a witness answers. */
export function parseSignature(line: string): Signature | undefined {
  const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const bytes = strictBase64(encoded);
  return bytes === undefined || bytes.length < 5
    ? undefined
    : { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4), line };
}

/** undefined: not a key of a type that is known here, or one whose id is not its own. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = strictBase64(encoded);
  const type = bytes?.[0] === types.log ? 'log' : bytes?.[0] === types.witness ? 'witness' : undefined;
  if (bytes?.length !== 33 || type === undefined) return undefined;
  const publicKey = publicKeyFromRaw(bytes.subarray(1));
  return keyId(name, type, publicKey) === id ? { text, name, id, type, publicKey } : undefined;
}

export function witnessKey(signer: Pick<Signer, 'name' | 'publicKey'>): string {
  const encoded = Buffer.concat([Buffer.of(types.witness), rawPublicKey(signer.publicKey)]).toString('base64');
  return `${signer.name}+${keyId(signer.name, 'witness', signer.publicKey)}+${encoded}`;
}

/** The cosignature of a checkpoint's text at a time, as a line of a note with its newline. */
export function cosign(signer: Signer, text: string, atSeconds: number): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(atSeconds));
  const id = Buffer.from(keyId(signer.name, 'witness', signer.publicKey), 'hex');
  const signed = signer.sign(cosigned(text, BigInt(atSeconds)));
  return `\u2014 ${signer.name} ${Buffer.concat([id, time, signed]).toString('base64')}\n`;
}

/** By this log's key: `forged` where a line carries its name and id and does not verify, which makes the whole note worthless. */
export function logSignature(note: Note, key: VerifierKey): 'signed' | 'unsigned' | 'forged' {
  const own = ofKey(note.signatures, key);
  if (own.length === 0) return 'unsigned';
  return own.every((s) => s.bytes.length === 64 && verify(null, Buffer.from(note.text), key.publicKey, s.bytes)) ? 'signed' : 'forged';
}

/** When this witness cosigned, in seconds since the epoch, the latest time; undefined where it did not. */
export function cosignedAt(text: string, signatures: readonly Signature[], key: VerifierKey): number | undefined | 'forged' {
  let latest: number | undefined;
  for (const { bytes } of ofKey(signatures, key)) {
    const seconds = bytes.length === 72 ? bytes.readBigUInt64BE() : maxSeconds + 1n;
    if (seconds > maxSeconds || !verify(null, cosigned(text, seconds), key.publicKey, bytes.subarray(8))) return 'forged';
    latest = Math.max(latest ?? 0, Number(seconds));
  }
  return latest;
}

/** undefined: not a checkpoint. Lines after the third are the log's own matter. */
export function parseTreeHead(text: string): TreeHead | undefined {
  const [origin = '', size = '', encoded = '', ...more] = text.split('\n');
  const root = strictBase64(encoded);
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  // Each line ends in a newline, and none is empty.
  const ends = more.pop() === '' && more.every((line) => line !== '');
  return origin !== '' && isSize && root?.length === 32 && ends ? { origin, size: Number(size), root } : undefined;
}

/** Standard base64 with padding, as it is written by who means it. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function ofKey(signatures: readonly Signature[], { name, id }: VerifierKey): readonly Signature[] {
  return signatures.filter((s) => s.name === name && s.id === id);
}

function cosigned(text: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

function keyId(name: string, type: keyof typeof types, key: KeyObject): string {
  const hashed = createHash('sha256').update(`${name}\n`).update(Buffer.of(types[type])).update(rawPublicKey(key));
  return hashed.digest('hex').slice(0, 8);
}
