import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { signerOf } from '../../../base/signature.ts';
import { openPgpKey, openPgpSignature } from './write.ts';

const signer = signerOf('hub.example', generateKeyPairSync('ed25519').privateKey);
const at = '2026-11-21T09:00:00.000Z' as Instant;
const document = Buffer.from('{"what":"was said"}');

const gpg = (...args: string[]) => execFileSync('gpg', ['--batch', '--no-tty', ...args], { encoding: 'utf8', stdio: 'pipe' });
const isThere = (() => {
  try {
    return gpg('--version').startsWith('gpg');
  } catch {
    return false;
  }
})();

test('the same key, bytes and time give the same signature', () => {
  expect(openPgpSignature(signer, document, at)).toBe(openPgpSignature(signer, document, at));
  expect(openPgpSignature(signer, document, at)).toMatch(/^-----BEGIN PGP SIGNATURE-----\n\n[A-Za-z0-9+/=\n]+=.{4}\n-----END/);
});

test.skipIf(!isThere)('GnuPG takes the key and the signature, and refuses both when a byte is another', () => {
  const home = mkdtempSync(join(tmpdir(), 'bw-gpg-'));
  try {
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(join(home, name), content);
      return join(home, name);
    };
    const { fingerprint, text } = openPgpKey(signer);
    gpg('--homedir', home, '--import', file('key.asc', text));
    expect(gpg('--homedir', home, '--with-colons', '--list-keys')).toContain(`fpr:::::::::${fingerprint}:`);
    const signature = file('d.asc', openPgpSignature(signer, document, at));
    const said = (of: string) => gpg('--homedir', home, '--status-fd', '1', '--verify', signature, of);
    expect(said(file('d', document))).toContain(`VALIDSIG ${fingerprint} 2026-11-21`);
    expect(() => said(file('other', '{"what":"was not"}'))).toThrow('BAD signature');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
