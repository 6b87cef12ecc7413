import { setTimeout as rest } from 'node:timers/promises';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { affectedIn, type OsvAffected, type OsvKept } from '../clearinghouse/releases/osv/record.ts';
import { osvByIds, osvChanges, osvKeysAfter, osvPlaces, osvSeq } from '../clearinghouse/releases/osv/store.ts';

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
const lookEveryMs = 2;
/** Between two readings ahead; and how long nobody must have asked. */
const restMs = 5;
const quietMs = 250;

/** Records by what they are found by, kept in memory as long as there is room; only what has changed is read again. */
export function osvShelf({ db }: Pick<Doors, 'db'>, maxBytes: number = limits.osvShelfBytes): Shelf {
  const places = boundedPlaces(maxBytes);
  let [known, lookedAtMs, askedAtMs] = [-1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let next: Promise<void> | undefined;

  const look = async () => {
    // Nearly always nothing has changed, and one question tells.
    const seq = await db.singly(osvSeq);
    known = known < 0 ? seq : known;
    if (seq === known) return;
    const { to, ids, keys } = await db.transaction([], (tx) => osvChanges(tx, known, limits.osvFollowed + 1));
    if (ids.length > limits.osvFollowed) places.clear();
    else places.forget(ids, keys);
    known = Math.max(known, to);
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
    const read = await db.transaction([], async (tx) => {
      const [seq, found] = [await osvSeq(tx), await osvPlaces(tx, keys)];
      // What is at hand already is as new as the last look; taking a record apart is what costs.
      const byId = new Map(found.map((p) => [p.record_id, places.record(p.record_id)]));
      const missing = [...byId].flatMap(([id, record]) => (record ? [] : [id]));
      for (const r of await osvByIds(tx, missing)) byId.set(r.id, { ...r, affected: affectedIn(JSON.parse(r.text)) });
      return { seq, found, byId };
    });
    // Something was changed and forgotten here while this was read: it may be from before.
    if (read.seq < known) return fill(keys);
    const ids = Map.groupBy(read.found, (p) => p.key);
    const own = (key: string) =>
      (ids.get(key) ?? []).flatMap((p) => read.byId.get(p.record_id) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
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

/** A record, however many keys lead to it. */
interface Held {
  readonly record: Shelved;
  readonly keys: Set<string>;
}

const placeBytes = 200;
/** Twice the text: once as it is handed out, once as it is compared. */
const sizeOf = (record: Shelved) => record.text.length * 2 + placeBytes;

/** Whoever was asked for longest ago makes room. */
function boundedPlaces(maxBytes: number) {
  const places = new Map<string, readonly Shelved[]>();
  const held = new Map<string, Held>();
  let bytes = 0;
  const drop = (key: string) => {
    const records = places.get(key);
    if (!records) return;
    places.delete(key);
    bytes -= placeBytes * (records.length + 1);
    for (const { id } of records) {
      const one = held.get(id);
      one?.keys.delete(key);
      if (one?.keys.size !== 0) continue;
      held.delete(id);
      bytes -= sizeOf(one.record);
    }
  };
  return {
    record: (id: string): Shelved | undefined => held.get(id)?.record,
    get(key: string): readonly Shelved[] | undefined {
      const records = places.get(key);
      if (!records) return undefined;
      // Taken out and put in again: the map keeps its order, oldest first.
      places.delete(key);
      places.set(key, records);
      return records;
    },
    put(key: string, records: readonly Shelved[]) {
      drop(key);
      // One package must not push out all others.
      if (records.reduce((sum, r) => sum + sizeOf(r), 0) > maxBytes / 4) return;
      places.set(key, records);
      bytes += placeBytes * (records.length + 1);
      for (const record of records) {
        const one = held.get(record.id) ?? { record, keys: new Set() };
        if (one.keys.size === 0) bytes += sizeOf(record);
        held.set(record.id, { record: one.record, keys: one.keys.add(key) });
      }
      for (const oldest of places.keys()) {
        if (bytes <= maxBytes) return;
        drop(oldest);
      }
    },
    forget(ids: readonly string[], keys: readonly string[]) {
      for (const id of ids) for (const key of [...(held.get(id)?.keys ?? [])]) drop(key);
      for (const key of keys) drop(key);
    },
    /** Without pushing anything out. */
    hasRoom: () => bytes < maxBytes / 2,
    clear() {
      places.clear();
      held.clear();
      bytes = 0;
    },
  };
}
