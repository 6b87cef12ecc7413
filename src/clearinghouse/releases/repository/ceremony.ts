import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { Signer } from '../../../base/signature.ts';
import { fileOf, keyIdOf, type RootMetadata, signedBytes, specVersion, type TufKey, tufKey, tufKeyOf, tufTime } from './metadata.ts';
import { type OnlineRole, onlineRoles, type Root, readRoot } from './root.ts';

/** What `repository online-keys` says of a hub. */
export type OnlineKeys = Readonly<Record<OnlineRole, TufKey>>;

interface Ceremony {
  /** Public root keys, hexadecimal. */
  readonly rootKeys: readonly string[];
  readonly threshold: number;
  readonly online: OnlineKeys;
  readonly lastsDays: number;
}

/** Version 1, nobody's signature on it yet. */
export function initRoot(of: Ceremony, now: Instant): string | Refusal {
  return checked(metadataOf(1, of, now));
}

export interface Rotation {
  /** Public root keys, hexadecimal. */
  readonly add: readonly string[];
  /** Public root keys or their keyids. */
  readonly remove: readonly string[];
  readonly threshold: number | undefined;
  readonly online: OnlineKeys | undefined;
  readonly lastsDays: number;
}

/** The version after `before`, nobody's signature on it yet: old and new root keys both have to sign it. */
export function rotateRoot(before: Root, by: Rotation, now: Instant): string | Refusal {
  const { keys, roles, version } = before.signed;
  const unknown = by.remove.find((key) => !roles.root.keyids.some((id) => names(key, id, keys)));
  if (unknown !== undefined) return refuse('not_found', `${unknown} is no root key of version ${version}`, '--remove');
  const kept = roles.root.keyids.filter((id) => !by.remove.some((key) => names(key, id, keys))).map((id) => keys[id]!.keyval.public);
  const rootKeys = [...new Set([...kept, ...by.add])];
  const online = by.online ?? sameOnline(before.signed);
  if (isRefusal(online)) return online;
  return checked(
    metadataOf(version + 1, { rootKeys, threshold: by.threshold ?? roles.root.threshold, online, lastsDays: by.lastsDays }, now),
  );
}

/** With one more signature; signing again replaces one's own. `before`: whose root keys sign too when keys change. */
export function signRoot(root: Root, before: Root | undefined, signer: Signer): string | Refusal {
  const keyid = keyIdOf(tufKey(signer.publicKey));
  if (![root, before].some((of) => of?.signed.roles.root.keyids.includes(keyid)))
    return refuse('not_permitted', 'this is no root key of this root, nor of the one before it; give that by --previous', '--key');
  const others = root.signatures.filter((s) => s.keyid !== keyid);
  return fileOf(root.signed, [...others, { keyid, sig: signer.sign(signedBytes(root.signed)).toString('hex') }]);
}

function metadataOf(version: number, { rootKeys, threshold, online, lastsDays }: Ceremony, now: Instant): RootMetadata {
  const keys: Record<string, TufKey> = {};
  const role = (of: readonly TufKey[], needed: number) => {
    for (const key of of) keys[keyIdOf(key)] = key;
    return { keyids: of.map(keyIdOf), threshold: needed };
  };
  const roles = {
    root: role(rootKeys.map(tufKeyOf), threshold),
    timestamp: role([online.timestamp], 1),
    snapshot: role([online.snapshot], 1),
    targets: role([online.targets], 1),
  };
  const expires = tufTime(plusMs(now, lastsDays * day));
  return { _type: 'root', spec_version: specVersion, version, expires, consistent_snapshot: true, keys, roles };
}

function names(key: string, keyid: string, keys: RootMetadata['keys']): boolean {
  return key === keyid || key === keys[keyid]?.keyval.public;
}

function sameOnline({ keys, roles }: RootMetadata): OnlineKeys | Refusal {
  const found = onlineRoles.map((role) => [role, roles[role].keyids.map((id) => keys[id])[0]] as const);
  if (found.some(([, key]) => key === undefined)) return refuse('malformed', 'an online role has no key', '/root');
  return Object.fromEntries(found) as Record<OnlineRole, TufKey>;
}

function checked(metadata: RootMetadata): string | Refusal {
  const text = fileOf(metadata, []);
  const read = readRoot(text);
  return isRefusal(read) ? read : text;
}
