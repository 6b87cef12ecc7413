import { verify } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { publicKeyFromRaw } from '../../../base/signature.ts';
import { keyIdOf, type RootMetadata, type Signature, signedBytes, type TufKey, tufTime } from './metadata.ts';

export interface Root {
  readonly signed: RootMetadata;
  readonly signatures: readonly Signature[];
}

export const onlineRoles = ['timestamp', 'snapshot', 'targets'] as const;
export type OnlineRole = (typeof onlineRoles)[number];

const hex = (chars: number) => z.string().regex(new RegExp(`^[0-9a-f]{${chars}}$`));
export const tufKeyShape = z.strictObject({
  keytype: z.literal('ed25519'),
  scheme: z.literal('ed25519'),
  keyval: z.strictObject({ public: hex(64) }),
});
export const roleKeys = z.strictObject({
  keyids: z.array(hex(64)).min(1).max(limits.tufKeys),
  threshold: z.number().int().min(1).max(limits.tufKeys),
});
export const signatures = z.array(z.strictObject({ keyid: hex(64), sig: hex(128) })).max(limits.tufKeys * 2);
const root = z.strictObject({
  signatures,
  signed: z.strictObject({
    _type: z.literal('root'),
    spec_version: z.string().regex(/^1\.0(\.\d{1,3})?$/),
    version: z.number().int().min(1),
    expires: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    consistent_snapshot: z.literal(true),
    keys: z.record(hex(64), tufKeyShape),
    roles: z.strictObject({ root: roleKeys, timestamp: roleKeys, snapshot: roleKeys, targets: roleKeys }),
  }),
});

/** Reads a root as hostile: keys are Ed25519, their ids are true, and no role asks for more keys than it names. Signatures are not looked at. */
export function readRoot(text: string): Root | Refusal {
  if (text.length > limits.tufRootBytes) return refuse('too_large', `a root has at most ${limits.tufRootBytes} bytes`, '/root');
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return refuse('malformed', 'is not JSON', '/root');
  }
  const parsed = root.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse('malformed', issue?.message ?? 'is not a TUF root', `/root/${issue?.path.join('/') ?? ''}`);
  }
  const { signed, signatures } = parsed.data;
  const wrong = Object.entries(signed.keys).find(([id, of]) => keyIdOf(of) !== id);
  if (wrong) return refuse('malformed', 'a keyid must be the SHA-256 of its key (TUF §4.3)', `/root/signed/keys/${wrong[0]}`);
  for (const [name, { keyids, threshold }] of Object.entries(signed.roles)) {
    const known = new Set(keyids.filter((id) => signed.keys[id]));
    if (known.size !== keyids.length || known.size < threshold)
      return refuse(
        'malformed',
        'names a key twice or one that is not here, or fewer keys than its threshold',
        `/root/signed/roles/${name}`,
      );
  }
  const signers = new Set(signatures.map((s) => s.keyid));
  if (signers.size !== signatures.length) return refuse('malformed', 'one key signs once (TUF §4.2)', '/root/signatures');
  return { signed, signatures };
}

/** The root keys of `by` that have signed. */
export function signersOf(of: Root, by: RootMetadata): string[] {
  const bytes = signedBytes(of.signed);
  return by.roles.root.keyids.filter((id) => {
    const given = of.signatures.find((s) => s.keyid === id);
    const known = by.keys[id];
    return given && known && isSignedWith(known, bytes, given.sig);
  });
}

export function isSignedWith(by: TufKey, bytes: Uint8Array, sig: string): boolean {
  return verify(null, bytes, publicKeyFromRaw(Buffer.from(by.keyval.public, 'hex')), Buffer.from(sig, 'hex'));
}

/** TUF §5.3: whether clients that trust `before` will follow to `next`, and whether this hub can sign what `next` asks of it. */
export function decideRoot(next: Root, before: Root | undefined, now: Instant, held: (role: OnlineRole, keyid: string) => boolean) {
  const expected = (before?.signed.version ?? 0) + 1;
  if (next.signed.version !== expected) return refuse('conflict', `the next root has version ${expected}`, '/root/signed/version');
  if (next.signed.expires <= tufTime(now)) return refuse('expired', 'this root has expired already', '/root/signed/expires');
  for (const by of before ? [before.signed, next.signed] : [next.signed]) {
    const { threshold } = by.roles.root;
    const signers = signersOf(next, by).length;
    const whose = by === next.signed ? 'its own' : `version ${by.version}'s`;
    if (signers < threshold)
      return refuse('untrusted', `signed by ${signers} of the ${threshold} root keys that ${whose} threshold asks for`);
  }
  for (const role of onlineRoles) {
    const { keyids, threshold } = next.signed.roles[role];
    if (keyids.filter((id) => held(role, id)).length < threshold)
      return refuse(
        'untrusted',
        'names keys that this hub does not hold; "repository online-keys" shows them',
        `/root/signed/roles/${role}`,
      );
  }
  return undefined;
}

/** A root that this hub took once. */
export function trustedRoot(text: string): Root {
  const read = readRoot(text);
  if (isRefusal(read)) throw new TypeError(`the trusted root cannot be read: ${read.because}`);
  return read;
}
