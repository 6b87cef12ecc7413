import { randomBytes, randomFillSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Doors, Mail, Passkeys, RecipeFiles } from '../base/doors.ts';
import { isRefusal } from '../base/refusal.ts';
import { noPolicy, parseTlogPolicy, type TlogPolicy } from '../base/tlog-policy.ts';
import { comparePackageVersions } from '../clearinghouse/inventories/versions/compare.ts';
import { keptBlobs } from '../io/blobs/store.ts';
import { bubblewrapBox } from '../io/boxes/bubblewrap.ts';
import type { Driver } from '../io/boxes/engine.ts';
import { gvisorBox } from '../io/boxes/gvisor.ts';
import { type Trees, treeStore } from '../io/boxes/trees.ts';
import { shiftedClock, systemClock } from '../io/clock/clock.ts';
import { readCveAccount } from '../io/cve/account-file.ts';
import { cveServices, noCveServices } from '../io/cve/program.ts';
import { openEmbedded, openExternal } from '../io/db/open.ts';
import type { OpenDb } from '../io/db/postgres.ts';
import { fileKeys } from '../io/keys/file.ts';
import { noMail, relayMail } from '../io/mail/send.ts';
import { endpointModels } from '../io/models/endpoints.ts';
import { readModelKeys } from '../io/models/key-file.ts';
import { guardedNet } from '../io/net/http.ts';
import { diskRecipes, diskTasks } from '../io/recipes/disk.ts';
import { type RegistrySources, registrySources } from '../io/sources/registry.ts';
import type { Config } from './config.ts';

/** The only place that constructs: from what we were told to what we work with. */
export async function buildDoors(config: Config): Promise<{ doors: Doors; db: OpenDb & { readonly isGuest: boolean } }> {
  const keys = fileKeys(join(config.dataDir, 'keys.json'), config.origin);
  const db = await openDatabase(config);
  return {
    doors: {
      // What a recipe from outside names on this machine's own disk is none of its business.
      ...buildLab(config, { local: false }),
      db,
      keys,
      blobs: keptBlobs(join(config.dataDir, 'blobs'), db, keys.wrapping()),
      clock: clockOf(config),
      net: guardedNet({ own: config.ownAddresses }),
      cves: config.cve === undefined ? noCveServices() : cveServices(config.cve.services, readCveAccount(config.cve.accountFile)),
      mail: config.mail === undefined ? noMail : mailBy(config.mail),
      witnessing: config.witnessesFile === undefined ? noPolicy : readPolicy(config.witnessesFile),
      passkeys: passkeysOf(config),
      chance,
    },
    db,
  };
}

async function openDatabase(config: Config): Promise<OpenDb & { readonly isGuest: boolean }> {
  if (config.databaseUrl === undefined) {
    const db = await openEmbedded(join(config.dataDir, 'postgres'));
    return { ...db, isGuest: db.running.attached };
  }
  try {
    return { ...(await openExternal(config.databaseUrl)), isGuest: false };
  } catch (cause) {
    // The URL itself is not repeated: it may hold a password.
    throw new Error('the database that DATABASE_URL names cannot be opened', { cause });
  }
}

/** In the open only within this machine. */
const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function mailBy({ relay, passwordFile, from, replyDomain }: NonNullable<Config['mail']>): Mail {
  const tls = relay.protocol === 'smtps:';
  return relayMail({
    ...{ host: relay.hostname.replace(/^\[|\]$/g, ''), port: Number(relay.port) || (tls ? 465 : 587), tls },
    plain: !tls && isHere.test(relay.hostname),
    user: relay.username === '' ? undefined : decodeURIComponent(relay.username),
    password: passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim(),
    from,
    replyDomain,
  });
}

function passkeysOf({ deskUrl, passkeyRootsFile, readInPasskeys }: Config): Passkeys {
  const pem = passkeyRootsFile === undefined ? '' : readFileSync(passkeyRootsFile, 'utf8');
  const roots = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (passkeyRootsFile !== undefined && roots.length === 0)
    throw new Error(`BREAKWATER_PASSKEY_ROOTS, ${passkeyRootsFile}: holds no certificate`);
  for (const root of roots) new X509Certificate(root);
  const { hostname, origin } = new URL(deskUrl);
  return { rpId: hostname, origins: [origin], roots, needed: readInPasskeys };
}

function readPolicy(file: string): TlogPolicy {
  const policy = parseTlogPolicy(readFileSync(file, 'utf8'));
  if (isRefusal(policy)) throw new Error(`BREAKWATER_WITNESSES, ${file}: ${policy.because}`);
  return policy;
}

/** The doors that need no hub: for `breakwater lab run` on a maintainer's own machine. */
export function buildLab(
  config: Config,
  { local } = { local: true },
): Pick<Doors, 'box' | 'models' | 'recipes'> & { sources: RegistrySources } {
  const trees = treeStore(join(config.dataDir, 'trees'));
  return {
    box: boxDrivers(config, trees).find((driver) => driver.id === config.box)!,
    sources: registrySources({
      dir: join(config.dataDir, 'sources'),
      trees,
      compare: comparePackageVersions,
      own: config.ownAddresses,
      files: local,
      ...(config.pypiIndex === undefined ? {} : { pypiIndex: config.pypiIndex }),
    }),
    models: endpointModels({ origins: config.modelOrigins, keys: config.modelKeysFile ? readModelKeys(config.modelKeysFile) : {} }),
    recipes: diskRecipes(config.recipesDir),
  };
}

/** Every driver there is, the chosen one among them; none does anything before it is asked. */
export function boxDrivers(config: Config, trees: Trees = treeStore(join(config.dataDir, 'trees'))): readonly Driver[] {
  const { acceptUnenforced, runsc } = config;
  const options = { dir: join(config.dataDir, 'boxes'), trees, acceptUnenforced };
  return [bubblewrapBox(options), gvisorBox({ ...options, ...(runsc === undefined ? {} : { runsc }) })];
}

/** The recipes of a directory that is not the library: a maintainer's own. */
export function recipesIn(dir: string): readonly RecipeFiles[] {
  return diskRecipes(dir).all();
}

/** The tasks that ship with the hub, or those of a directory of one's own. */
export function tasksIn(dir: string): readonly { readonly id: string; readonly text: string }[] {
  return diskTasks(dir);
}

/** Few bytes come out of one draw of many: a draw costs thirty times what a copy does, and one act makes ten. */
function chances(): (bytes: number) => Uint8Array {
  const drawn = Buffer.alloc(4096);
  let used = drawn.length;
  return (bytes) => {
    if (bytes > drawn.length / 16) return randomBytes(bytes);
    if (used + bytes > drawn.length) {
      randomFillSync(drawn);
      used = 0;
    }
    const given = new Uint8Array(drawn.subarray(used, used + bytes));
    drawn.fill(0, used, used + bytes);
    used += bytes;
    return given;
  };
}

const chance = chances();

export function clockOf(config: Pick<Config, 'clockFile'>): Clock {
  return config.clockFile ? shiftedClock(config.clockFile) : systemClock;
}
