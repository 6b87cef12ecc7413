import { setTimeout as rest } from 'node:timers/promises';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { affectedIn, type OsvAffected, type OsvKept } from '../clearinghouse/releases/osv/record.ts';
import { osvChanges, osvKeysAfter, osvSeq, osvUnder } from '../clearinghouse/releases/osv/store.ts';

/** A record ready to be asked about. */
export interface Shelved extends OsvKept {
  readonly affected: readonly OsvAffected[];
}

export interface Shelf {
  /** The records under each key, by id. As new as the database was when this was asked, whichever process wrote. */
  under(keys: readonly string[]): Promise<(readonly Shelved[])[]>;
  /** Reads on before anybody asks, as far as there is room, a few keys at a time: the first to ask need not wait for all that many ask. */
  warm(isOver: () => boolean): Promise<void>;
}

/** Between two looks at the database; whoever asks meanwhile shares the next one. */
const lookEveryMs = 5;
/** Between two readings ahead; and how long nobody must have asked. */
const restMs = 5;
const quietMs = 250;

/** Records by what they are found by, kept in memory as long as there is room; only what has changed is read again. */
export function osvShelf({ db }: Pick<Doors, 'db'>, maxBytes: number = limits.osvShelfBytes): Shelf {
  const places = boundedPlaces(maxBytes);
  let [known, lookedAtMs] = [-1, Number.NEGATIVE_INFINITY];
  let next: Promise<void> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const look = async () => {
    const found = await db.transaction([], async (tx) => {
      const seq = await osvSeq(tx);
      return { seq, ...(seq === known || known < 0 ? { ids: [], keys: [] } : await osvChanges(tx, known, limits.osvFollowed + 1)) };
    });
    if (found.ids.length > limits.osvFollowed) places.clear();
    else places.forget(found.ids, found.keys);
    known = Math.max(known, found.seq);
  };

  /** Resolves after a look that began after this was called. */
  const fresh = (): Promise<void> => {
    next ??= (async () => {
      const waitMs = lookedAtMs + lookEveryMs - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
      lookedAtMs = performance.now();
      // From here on, whoever asks needs another look.
      next = undefined;
      await look();
    })();
    return next;
  };

  const fill = async (keys: readonly string[]): Promise<ReadonlyMap<string, readonly Shelved[]>> => {
    const { seq, found } = await db.transaction([], async (tx) => ({ seq: await osvSeq(tx), found: await osvUnder(tx, keys) }));
    // Something was changed and forgotten here while this was read: it may be from before.
    if (seq < known) return fill(keys);
    const byId = new Map(found.records.map((r) => [r.id, { ...r, affected: affectedIn(JSON.parse(r.text)) }]));
    const ids = Map.groupBy(found.places, (p) => p.key);
    const own = (key: string) => (ids.get(key) ?? []).flatMap((p) => byId.get(p.record_id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
    const filled = new Map(keys.map((key) => [key, own(key)]));
    for (const [key, records] of filled) places.put(key, records);
    return filled;
  };

  return {
    async under(keys) {
      askedAtMs = performance.now();
      await fresh();
      const here = new Map(keys.map((key) => [key, places.get(key)]));
      const missing = [...here.keys()].filter((key) => !here.get(key));
      const filled = missing.length > 0 ? await fill(missing) : undefined;
      return keys.map((key) => here.get(key) ?? filled?.get(key) ?? []);
    },
    async warm(isOver) {
      await fresh();
      for (let after = ''; !isOver() && places.hasRoom(); ) {
        const keys = await db.transaction([], (tx) => osvKeysAfter(tx, after, limits.osvWarmedAtOnce));
        if (keys.length === 0) return;
        after = keys.at(-1)!;
        await fill(keys);
        // Whoever asks comes first, and brings what is asked for here as well.
        do await rest(restMs);
        while (performance.now() - askedAtMs < quietMs && !isOver());
      }
    },
  };
}

interface Place {
  readonly records: readonly Shelved[];
  readonly bytes: number;
}

const placeBytes = 200;

/** Whoever was asked for longest ago makes room. */
function boundedPlaces(maxBytes: number) {
  const places = new Map<string, Place>();
  const keysOf = new Map<string, Set<string>>();
  let bytes = 0;
  const drop = (key: string) => {
    const place = places.get(key);
    if (!place) return;
    places.delete(key);
    bytes -= place.bytes;
    for (const { id } of place.records) {
      const keys = keysOf.get(id);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(id);
    }
  };
  return {
    get(key: string): readonly Shelved[] | undefined {
      const place = places.get(key);
      if (!place) return undefined;
      // Taken out and put in again: the map keeps its order, oldest first.
      places.delete(key);
      places.set(key, place);
      return place.records;
    },
    put(key: string, records: readonly Shelved[]) {
      drop(key);
      // Twice the text: once as it is handed out, once as it is compared.
      const size = records.reduce((sum, r) => sum + r.text.length * 2 + placeBytes, placeBytes);
      // One package must not push out all others.
      if (size > maxBytes / 4) return;
      places.set(key, { records, bytes: size });
      bytes += size;
      for (const { id } of records) keysOf.set(id, (keysOf.get(id) ?? new Set()).add(key));
      for (const oldest of places.keys()) {
        if (bytes <= maxBytes) return;
        drop(oldest);
      }
    },
    forget(ids: readonly string[], keys: readonly string[]) {
      for (const id of ids) for (const key of [...(keysOf.get(id) ?? [])]) drop(key);
      for (const key of keys) drop(key);
    },
    /** Without pushing anything out. */
    hasRoom: () => bytes < maxBytes / 2,
    clear() {
      places.clear();
      keysOf.clear();
      bytes = 0;
    },
  };
}
