/**
 * The SHAPES of everything the house does not do itself. Drivers live in io/ and are constructed in app/build.ts only.
 * Only store.ts, actions.ts and the lab's run.ts may call them.
 */
import type { KeyObject } from 'node:crypto';
import type { RawBuilder, Transaction } from 'kysely';
import type { CveServices } from './cve-door.ts';
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { Models } from './model-door.ts';
import type { Refusal } from './refusal.ts';
import type { Signer } from './signature.ts';
import type { TlogPolicy } from './tlog-policy.ts';

/** Time as a door: everything that happens in one act happens at one `now`, and a test turns the clock by hand. */
export interface Clock {
  now(): Instant;
}

/** Chance as a door. Returns cryptographically strong bytes. */
type Chance = (bytes: number) => Uint8Array;

/** An open transaction. A station's store narrows it to its own tables: `tx.withTables<{ claims: ClaimRow }>()`. */
export type Tx = Transaction<Record<never, never>>;

/** The compartments a transaction may read, `['org_*']` meaning all of a kind; the database enforces it by row-level security. */
export type Reads = readonly string[];

export interface Db {
  /**
   * Runs `work` in one transaction (read committed). Rolls back when it throws; what it returns is committed and durable.
   * `last` makes of what it returned the last statement: that goes out together with the commit, and undoes all when it fails.
   */
  transaction<T>(reads: Reads, work: (tx: Tx) => Promise<T>, last?: (result: T) => RawBuilder<unknown> | undefined): Promise<T>;
  /** Each statement of `work` is a transaction by itself, and sees what is public. */
  singly<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Changes what an open transaction may read, from its next statement on. Only trust/act.ts calls it. */
  setReads(tx: Tx, reads: Reads): void;
  close(): Promise<void>;
}

/** Sealed byte strings, encrypted at rest, each under a key of its own. */
export interface Blobs {
  /** Durable (fsync) when it returns; with `tx`, when that one commits, and unless it does there may be no such blob. */
  put(id: Id<'blb'>, bytes: Uint8Array, tx?: Tx): Promise<void>;
  /** `not_found` when it never was or was erased; `untrusted` when what lies there was altered. */
  get(id: Id<'blb'>): Promise<Uint8Array | Refusal>;
  /** Irrevocable; erasing what is not there is fine. */
  erase(id: Id<'blb'>): Promise<void>;
}

export interface Keys {
  /** Ed25519 signer for one purpose, made at first use and kept. */
  signer(purpose: 'log' | 'records' | 'releases' | 'witness' | 'openpgp'): Signer;
  /** Ed25519 signer of a TUF role that signs on its own; each generation is another key, found again from its number. */
  online(role: 'timestamp' | 'snapshot' | 'targets', generation: number): Signer;
  /** The key that wraps the blobs' own keys (AES-256). */
  wrapping(): KeyObject;
  /** 32 secret bytes for one purpose: token and salt derivation. */
  secret(purpose: 'tokens' | 'salts' | 'names' | 'webhooks' | 'mail' | 'challenges' | 'canaries'): KeyObject;
}

/** A directory kept by the digest of its content (paths, modes, bytes). Immutable. */
export type TreeId = `tree_${string}`;

/** What can be fetched. Every member is a plain value: the digest of a source is the digest of what is asked for. */
export type Source =
  | {
      readonly kind: 'debian';
      readonly package: string;
      readonly version: string;
      /** Apply debian/patches/series up to this patch: `including` it (fixed) or not (vulnerable). Without: all of it, as it is shipped. */
      readonly patch?: string;
      readonly including?: boolean;
    }
  | {
      readonly kind: 'npm';
      readonly package: string;
      readonly version: string;
      readonly integrity?: string;
      /** The text of a package-lock.json (version 2 or 3): every dependency by its integrity. Without: what the registry offers today. */
      readonly lock?: string;
    }
  | {
      readonly kind: 'pypi';
      readonly package: string;
      readonly version: string;
      /** SHA-256 (hex) of the sdist or wheel. Without: the pure-Python wheel, or else the sdist. */
      readonly sha256?: string;
      /** What it imports, each pinned like itself. Nothing is resolved: a resolver would run what strangers wrote. */
      readonly requires?: readonly { readonly package: string; readonly version: string; readonly sha256?: string }[];
    }
  /** A commit, by its whole name (40 hexadecimal digits). */
  | { readonly kind: 'git'; readonly url: string; readonly revision: string }
  /** A tar (gzip, xz, zstd) or zip; `strip` leaves out so many leading directories. */
  | { readonly kind: 'archive'; readonly url: string; readonly sha256: string; readonly strip?: number };

export interface Fetched {
  readonly tree: TreeId;
  /** SHA-256 (hex) of each archive as it came, and what its hash was checked against. */
  readonly archives: readonly { readonly name: string; readonly sha256: string; readonly checkedBy: CheckedBy }[];
}

/** `pypi-sha256`: what the index announced, or the recipe asked for; `sha256`: what the recipe asked for; `git-revision`: git's own name. */
export type CheckedBy = 'apt' | 'npm-integrity' | 'pypi-sha256' | 'sha256' | 'git-revision';

/** Package registries, repositories, archives. Fetched once, kept by digest, used without network ever after. */
export interface Sources {
  /**
   * `not_found` when the registry no longer has it, `untrusted` when a hash does not match, `unavailable` when it cannot be reached, or when
   * `signal` stopped it. Who else waits for the same source goes on waiting; the download ends with the last of them.
   */
  fetch(source: Source, signal?: AbortSignal): Promise<Fetched | Refusal>;
  /**
   * All points of the line that a source lies on, oldest first: positions in a Debian patch series (or, between two versions of the
   * archive, its versions), versions of a registry, first-parent commits. With `until`, from the one to the other, both included.
   * `conflict` when the two do not lie on one line, in this order; `too_many` beyond the limit.
   */
  history(source: Source, until?: Source): Promise<readonly Source[] | Refusal>;
  /** One file of a kept tree, for people to look at; `not_found`, or `too_large` beyond the limit. */
  read(tree: TreeId, path: string): Promise<Uint8Array | Refusal>;
}

export interface BoxLimits {
  readonly wallMs: number;
  readonly cpuSec: number;
  readonly memoryBytes: number;
  readonly pids: number;
  readonly cpus: number;
  readonly fileBytes: number;
  readonly openFiles: number;
  readonly tmpBytes: number;
  readonly outputBytes: number;
}

/** The one way out that a box may have: a socket in it, and a port of its own loopback that leads there. */
export interface BoxDoor {
  /** Where the socket lies in the box. */
  readonly at: string;
  readonly port: number;
  /** Called once, before anything runs: who listens at this path of the host answers what comes out. What it returns ends that, with the box. */
  open(path: string): Promise<() => Promise<void>>;
}

export interface BoxSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  /** Kept trees, mounted read-only; or, `writable`, a private copy that dies with the box unless `keep` names its mount point. */
  readonly trees: readonly { readonly tree: TreeId; readonly at: string; readonly writable?: boolean }[];
  /** A directory that outlives the box and is shared by the boxes of one owner (an agent's workspace), made empty at first use. */
  readonly workspace?: { readonly owner: string; readonly at: string; readonly maxBytes: number };
  /** Small read-only files. */
  readonly files: readonly { readonly at: string; readonly bytes: Uint8Array; readonly executable?: boolean }[];
  /** Programs of the host that are not under /usr, bound at `/tools/<name>`. */
  readonly tools?: readonly 'node'[];
  /** Without it there is no way out. */
  readonly door?: BoxDoor;
  /** `poc` forbids ptrace; `build` and `agent` allow it. No profile has a network. */
  readonly profile: 'poc' | 'build' | 'agent';
  readonly limits: BoxLimits;
  /** A directory whose files are handed back as reports (sanitizers' log_path). Outside every mount. */
  readonly collect?: string;
  /** Mount point of a writable tree to keep as a new tree when the command exits 0. */
  readonly keep?: string;
}

export type BoxEnd =
  | 'exited'
  | 'signalled'
  | 'timeout'
  | 'cpu-limit'
  | 'oom'
  | 'output-limit'
  | 'file-limit'
  | 'killed'
  /** The box itself failed: says nothing about what was run in it. */
  | 'box-failed';

export interface BoxResult {
  readonly end: BoxEnd;
  /** The exact wait status: one of the two is set when `end` is `exited` or `signalled`. */
  readonly exit: number | null;
  readonly signal: number | null;
  readonly oomKills: number;
  readonly pidsRefused: number;
  readonly wallMs: number;
  readonly cpuUs: number;
  readonly peakBytes: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly reports: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly kept?: TreeId;
  /** Why, when `end` is `box-failed`. */
  readonly because?: string;
}

export interface Probe {
  /** Whether untrusted code may run here: it starts, and every bound that has no second one is enforced. */
  readonly usable: boolean;
  readonly isolation: 'process' | 'userspace-kernel' | 'vm' | 'none';
  readonly enforced: Readonly<Record<'memory' | 'pids' | 'cpu' | 'disk' | 'net' | 'seccomp', boolean>>;
  /** One line each: what is missing and the command that mends it. */
  readonly missing: readonly string[];
  /** What the tools that builds and targets use in the box say of themselves, by their command. */
  readonly tools?: Readonly<Record<string, string>> | undefined;
}

/** Where untrusted programs run: no network, no keys, every limit enforced or the lab refuses to work. */
export interface Box {
  readonly id: 'bubblewrap' | 'gvisor' | 'rehearsed';
  probe(): Promise<Probe>;
  run(spec: BoxSpec, signal?: AbortSignal): Promise<BoxResult>;
  /** Deletes a workspace. */
  discard(owner: string): Promise<void>;
  /** The tree remembered under a key (64 hex digits), if it is still kept. */
  cached(key: string): Promise<TreeId | undefined>;
  /** Remembers which tree a build gave, so that the same build is never done twice. */
  remember(key: string, tree: TreeId): Promise<void>;
  /** Kills and deletes what dead workers left behind; returns how many. */
  reap(): Promise<number>;
}

export interface NetPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For all of it: name, connection, answer. */
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
}

export interface NetAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The one way out for addresses that others name (webhooks, witnesses): public hosts by HTTPS, and what whoever runs the hub allowed. */
export interface Net {
  /**
   * Follows no redirect: a 3xx is an answer like any other. `malformed` when it is no address, `untrusted` when it leads where this hub
   * does not call, `unavailable` when nothing whole came back in time, `too_large` when too much did.
   */
  post(url: string, asked: NetPost): Promise<NetAnswer | Refusal>;
}

/** One mail as it goes out. Its subject and its headers travel in the open, and so does a plain body: whoever writes it holds to that. */
export interface OutgoingMail {
  /** The same however often it is sent: receivers tell repetitions by it. Without the angle brackets. */
  readonly messageId: string;
  readonly at: Instant;
  readonly to: string;
  /** Where an answer goes; without it nobody reads one. */
  readonly replyTo?: string;
  /** Where a failure is told: the envelope's sender. Without it nobody is told. */
  readonly bounceTo?: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `openpgp` is PGP/MIME (RFC 3156), `age` an armoured file beside one line that says so. */
  readonly body: { readonly kind: 'plain'; readonly text: string } | { readonly kind: 'openpgp' | 'age'; readonly armored: string };
}

export interface MailAnswer {
  /**
   * `taken`: the next server answers for it. `later`: it may be asked again. `refused`: it will not take it, ever.
   * `unknown`: all of it was said and no answer came, so that it may have been taken (RFC 1047).
   */
  readonly outcome: 'taken' | 'later' | 'refused' | 'unknown';
  /** As the server said it (RFC 5321, RFC 3463 where it says one). */
  readonly status: number | null;
  readonly enhanced: string | null;
  readonly because: string;
}

/** The one way out for mail: a relay that whoever runs the hub named. */
export interface Mail {
  /** False: no relay was named, and nothing is sent. */
  readonly sends: boolean;
  /** Where answers and failures come in; undefined: mail goes out only. */
  readonly replyDomain: string | undefined;
  send(mail: OutgoingMail): Promise<MailAnswer>;
}

/** What a report says of one address that mail did not reach, or did (RFC 3464). */
export interface DeliveryStatus {
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  readonly status: string;
  readonly diagnostic: string | null;
}

/** A mail that came in, read and bounded, and still hostile: nothing in it proves who wrote it. */
export interface IncomingMail {
  /** The one address it came for, in lower case. */
  readonly to: string;
  /** Of the envelope; empty: nobody wants to hear of a failure. */
  readonly sender: string;
  /** Of the header, in lower case; undefined when there is not exactly one. */
  readonly from: string | undefined;
  readonly messageId: string;
  /** Why no person can have written it; undefined: one may have (RFC 3834). */
  readonly automatic: string | undefined;
  /** Plain, also where it came as HTML only. */
  readonly text: string;
  readonly files: readonly { readonly filename: string; readonly bytes: Uint8Array }[];
  readonly report: readonly DeliveryStatus[];
}

export interface RecipeFiles {
  readonly id: string;
  /** The recipe's YAML, to be parsed as hostile as any other. */
  readonly text: string;
  /** The files beside it (driver, harness, functional tests), by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** As the library's; not there where the recipe needs none. */
  readonly observers?: Readonly<Record<string, Uint8Array>>;
}

/** The target library this hub was started with. */
export interface Recipes {
  all(): readonly RecipeFiles[];
  /** The lab's own programs that load a recipe's driver in the box and look at what it does, by name. */
  observers(): Readonly<Record<string, Uint8Array>>;
}

/** A file that nobody reads yet. */
export interface Draft {
  write(bytes: Uint8Array): Promise<void>;
  /** Durable when it returns; still unseen. */
  finish(): Promise<void>;
  /** Nothing more is written to it, and it is not shown. */
  abandon(): Promise<void>;
}

/** A directory that strangers read while it is written: every file in it is whole at every moment. */
export interface PublicTree {
  /** undefined when nothing lies there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Bytes of what lies there; undefined when nothing does. */
  size(path: string): Promise<number | undefined>;
  /** What lies there, from `from` to before `to`. */
  chunks(path: string, from?: number, to?: number): AsyncIterable<Uint8Array>;
  draft(path: string): Promise<Draft>;
  /** The finished draft takes the place of what lay there. */
  show(path: string): Promise<void>;
  /** A file, or a directory with all that is in it. */
  remove(path: string): Promise<void>;
  /** What was shown and removed survives a power failure when it returns. */
  settle(): Promise<void>;
  /** Another tree beside this one, empty and unseen. */
  begin(): Promise<PublicTree>;
  /** The tree that was begun takes the place of this one, all of it durable. */
  adopt(): Promise<void>;
}

/** What whoever runs this hub told it of its desk, and of the passkeys with which people sign there. */
export interface Passkeys {
  /** The domain that passkeys are bound to (WebAuthn's RP ID), and the origins of the desk under it. */
  readonly rpId: string;
  readonly origins: readonly string[];
  /** PEM certificates of makers whose devices are known to keep keys in hardware. */
  readonly roots: readonly string[];
  /** Who signs the terms of a read-in with a passkey: everybody, or whoever has ever been at the desk (docs/decisions/0032). */
  readonly needed: 'always' | 'at-desk';
}

export interface Doors {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly box: Box;
  readonly sources: Sources;
  readonly models: Models;
  readonly net: Net;
  readonly cves: CveServices;
  readonly mail: Mail;
  /** What whoever runs this hub told it: the logs of others that it watches, and the witnesses, with their URLs, that it asks. */
  readonly witnessing: TlogPolicy;
  readonly recipes: Recipes;
  readonly passkeys: Passkeys;
}
