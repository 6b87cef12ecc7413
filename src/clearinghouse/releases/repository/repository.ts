import { canonical, sha256 } from '../../../base/canonical.ts';
import { day, hour, type Instant, plusMs } from '../../../base/instant.ts';
import {
  type Delegations,
  keyIdOf,
  type Signature,
  specVersion,
  type Target,
  type TargetsMetadata,
  type TufKey,
  tufKeyOf,
  tufTime,
} from './metadata.ts';

/** How long a role is good for, and how long before its end it is signed anew although nothing happened. */
export const lifetimes = {
  timestamp: { lastsMs: day, renewMs: 12 * hour },
  snapshot: { lastsMs: 14 * day, renewMs: 7 * day },
  targets: { lastsMs: 180 * day, renewMs: 90 * day },
  /** A project that signs itself does so by hand. */
  keyed: { lastsMs: 365 * day, renewMs: 60 * day },
  /** Offline too: so long before, somebody is told. */
  root: { lastsMs: 365 * day, renewMs: 60 * day },
} as const;

export interface Draft {
  /** Canonical JSON of what is to be signed. */
  readonly text: string;
  readonly key: string;
  /** Hexadecimal; null until the project has signed. */
  readonly sig: string | null;
}

/** A role other than the root, as last published; version 0: not yet. */
export interface TufRole {
  readonly name: string;
  /** Of a project's own role. */
  readonly package: string | null;
  /** The project's own key, hexadecimal; null: the hub's. */
  readonly key: string | null;
  readonly nextKey: string | null;
  readonly version: number;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly expiresAt: Instant | null;
  /** What it lists has changed since it was published. */
  readonly isStale: boolean;
  /** It lists what was withdrawn, and only the project could sign it without: nobody is sent to it meanwhile. */
  readonly isSuspended: boolean;
}

export function newRole(name: string, of: string | null): TufRole {
  const nothing = { key: null, nextKey: null, version: 0, sha256: null, bytes: null, expiresAt: null };
  return { name, package: of, ...nothing, isStale: true, isSuspended: false };
}

/** One path component that says the package to people and is of no other one: role, and folder of its targets. */
export function projectOf(canonicalPurl: string): string {
  const readable = decodeURIComponent(canonicalPurl.slice('pkg:'.length))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64);
  return `${readable}.${sha256(canonicalPurl).slice(0, 8)}`;
}

/** The role for targets of projects that have none of their own, by the hash of the path (TUF §4.5, path_hash_prefixes). */
export function binOf(path: string): string {
  return `bin-${sha256(path).slice(0, 2)}`;
}

const isBin = (name: string) => /^bin-[0-9a-f]{2}$/.test(name);

/** Who signs for which paths. Roles that were never published are left out: clients would look for them. */
export function delegationsOf(roles: readonly TufRole[], hubKey: TufKey): Delegations {
  const hub = keyIdOf(hubKey);
  const listed = roles.filter((r) => r.version > 0 && !r.isSuspended && (r.package !== null || isBin(r.name))).toSorted(byTrust);
  const keys = new Map([[hub, hubKey]]);
  const delegated = listed.map((role) => {
    const own = role.key === null ? undefined : tufKeyOf(role.key);
    const keyid = own ? keyIdOf(own) : hub;
    if (own) keys.set(keyid, own);
    const signed = { name: role.name, keyids: [keyid], threshold: 1 };
    return isBin(role.name)
      ? { ...signed, terminating: true, path_hash_prefixes: [role.name.slice('bin-'.length)] }
      : // Whoever signs for themselves is not spoken for by a role of the hub's.
        { ...signed, terminating: own !== undefined, paths: [`${role.name}/*/*`] };
  });
  return { keys: Object.fromEntries(keys), roles: delegated };
}

/** Clients ask in this order: projects first, then what is found by hash. */
function byTrust(a: TufRole, b: TufRole): number {
  return Number(isBin(a.name)) - Number(isBin(b.name)) || (a.name < b.name ? -1 : 1);
}

export function targetsMetadata(
  version: number,
  expiresAt: Instant,
  targets: ReadonlyMap<string, Target>,
  delegations?: Delegations,
): TargetsMetadata {
  const listed = Object.fromEntries([...targets].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const metadata = { _type: 'targets' as const, spec_version: specVersion, version, expires: tufTime(expiresAt), targets: listed };
  return delegations ? { ...metadata, delegations } : metadata;
}

/** What the project is asked to sign: these targets, under the version that comes next. */
export function draftFor(role: TufRole, targets: ReadonlyMap<string, Target>, now: Instant): Draft | undefined {
  const key = role.nextKey ?? role.key;
  if (key === null) return undefined;
  const metadata = targetsMetadata(role.version + 1, plusMs(now, lifetimes.keyed.lastsMs), targets);
  return { text: canonical(metadata), key, sig: null };
}

/** The draft, where the project has signed exactly what is to be published now. */
export function signedDraft(
  role: TufRole,
  draft: Draft | undefined,
  targets: ReadonlyMap<string, Target>,
): { readonly metadata: TargetsMetadata; readonly signature: Signature } | undefined {
  if (!draft || draft.sig === null || draft.key !== (role.nextKey ?? role.key)) return undefined;
  const metadata = JSON.parse(draft.text) as TargetsMetadata;
  if (metadata.version !== role.version + 1 || canonical(metadata.targets) !== canonical(Object.fromEntries(targets))) return undefined;
  return { metadata, signature: { keyid: keyIdOf(tufKeyOf(draft.key)), sig: draft.sig } };
}

/** Whether a role must be signed anew by now, whatever has happened. */
export function isDue(expiresAt: Instant | null, renewMs: number, now: Instant): boolean {
  return expiresAt === null || plusMs(now, renewMs) >= expiresAt;
}

/** Consistent snapshots (TUF §6.2): the hash stands before the last component. */
export function targetFilePath(path: string, digest: string): string {
  const cut = path.lastIndexOf('/') + 1;
  return `tuf/targets/${path.slice(0, cut)}${digest}.${path.slice(cut)}`;
}

export function metadataPath(role: string, version: number): string {
  return role === 'timestamp' ? 'tuf/metadata/timestamp.json' : `tuf/metadata/${version}.${role}.json`;
}
