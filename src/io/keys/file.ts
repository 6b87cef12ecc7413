import { createPrivateKey, createSecretKey, generateKeyPairSync, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Keys } from '../../base/doors.ts';
import { type Signer, signerOf } from '../../base/signature.ts';

const keyFile = z.object({ master: z.string().length(64), log: z.string(), records: z.string(), releases: z.string() });
type KeyFile = z.infer<typeof keyFile>;

/** Keys in one file of mode 0600, made at first use. Whoever loses it loses every blob; whoever steals it can sign as the hub. */
export function fileKeys(path: string, origin: string): Keys {
  const kept = readOrMake(path);
  const signers = new Map<string, Signer>();
  const derived = new Map<string, Uint8Array>();
  const derive = (info: string) => {
    const known = derived.get(info) ?? new Uint8Array(hkdfSync('sha256', Buffer.from(kept.master, 'hex'), '', info, 32));
    derived.set(info, known);
    return known;
  };
  const make = (purpose: Parameters<Keys['signer']>[0]) =>
    // Derived, so that a key file of before there was such a key has it too.
    purpose === 'openpgp'
      ? signerOf(origin, ed25519Of(derive(purpose)))
      : signerOf(`${origin}/${purpose}`, purpose === 'witness' ? ed25519Of(derive(purpose)) : createPrivateKey(kept[purpose]));
  const secrets = new Map<string, KeyObject>();
  // As a key and not as bytes: to make a cipher or a MAC of bytes takes several times as long.
  const secret = (purpose: string) => {
    const known = secrets.get(purpose) ?? createSecretKey(derive(purpose));
    secrets.set(purpose, known);
    return known;
  };
  return {
    signer(purpose) {
      const signer = signers.get(purpose) ?? make(purpose);
      signers.set(purpose, signer);
      return signer;
    },
    // From the master key, so that an old file has them too and two hubs on one file have the same.
    online: (role, generation) => signerOf(`${origin}/tuf/${role}`, ed25519Of(derive(`tuf ${role} ${generation}`))),
    wrapping: () => secret('blobs'),
    secret,
  };
}

/** PKCS #8 of an Ed25519 key (RFC 8410 §7): these sixteen bytes, then the seed. */
function ed25519Of(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function readOrMake(path: string): KeyFile {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw new Error(`the key file ${path} cannot be read; restore it from your backup`, { cause: error });
    }
    makeFile(path);
  }
  throw new Error(`the key file ${path} vanished while it was made`);
}

/** Written whole under another name, then linked: of two hubs that start at once, one wins and the other reads. */
function makeFile(path: string): void {
  const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const fresh: KeyFile = { master: randomBytes(32).toString('hex'), log: pem(), records: pem(), releases: pem() };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'wx', 0o600);
  writeSync(file, JSON.stringify(fresh));
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
