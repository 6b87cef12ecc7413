import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Box, BoxResult, BoxSpec, Probe, TreeId } from '../../base/doors.ts';
import { isRefusal } from '../../base/refusal.ts';
import { buildCache } from './builds.ts';
import { controlGroups, type Group, type Groups } from './cgroups.ts';
import { type Bind, checkSpec } from './command.ts';
import { openDoor } from './door.ts';
import { nativePrograms, type Programs } from './native.ts';
import { probeWith, unenforced } from './probe.ts';
import type { Particulars, Runtime, Unproven } from './runtime.ts';
import { deadSlots, type Slot, takeSlot } from './slots.ts';
import { Spawner } from './spawner.ts';
import { discardWorkspace, privateCopy, removeSlot, scratch, workspace } from './storage.ts';
import { supervise } from './supervise.ts';
import { type Trees, treeStore } from './trees.ts';

export interface BoxOptions {
  /** Everything of ours lies in here: programs, kept trees, running boxes. No other user of the machine need see it. */
  readonly dir: string;
  readonly trees?: Trees;
  /** Run even where the machine does not enforce memory, processes, network or the filter. For trying out, never for strangers' code. */
  readonly acceptUnenforced?: boolean;
  readonly groups?: Groups;
}

const probedAgainMs = 60_000;

export type Driver = Box & { particulars(): Promise<Particulars> };

/** A box door over a runtime. Must be used from the main thread: the box dies with the thread that started it (PR_SET_PDEATHSIG). */
export function driverOf(runtime: Runtime, options: BoxOptions): Driver {
  const engine = new Engine(runtime, options);
  let probed: Promise<Probe> | undefined;
  const refusal = (probe: Probe) => (options.acceptUnenforced ? undefined : unenforced(probe));
  const tried = () => {
    probed ??= probeWith(engine).then((probe) => {
      // It may have been the moment; a worker lives for months.
      if (refusal(probe) !== undefined) setTimeout(() => (probed = undefined), probedAgainMs).unref();
      return probe;
    });
    return probed;
  };
  return {
    id: runtime.id,
    probe: async () => {
      const probe = await tried();
      return { ...probe, usable: probe.usable && refusal(probe) === undefined };
    },
    particulars: async () => {
      await tried();
      const meaning = runtime.ways[engine.way] ?? '';
      return { version: await runtime.version(), way: engine.way, meaning, controlGroups: engine.groups.version };
    },
    run: async (spec, signal) => {
      const missing = refusal(await tried());
      return missing ? boxFailed(missing) : engine.run(spec, signal);
    },
    discard: (owner) => discardWorkspace(options.dir, owner),
    reap: () => engine.reap(),
    ...buildCache(join(options.dir, 'builds'), engine.trees),
  };
}

function boxFailed(because: string): BoxResult {
  const nothing = new Uint8Array();
  const ended = { end: 'box-failed', exit: null, signal: null, because } as const;
  return { ...ended, oomKills: 0, pidsRefused: 0, wallMs: 0, cpuUs: 0, peakBytes: 0, stdout: nothing, stderr: nothing, reports: [] };
}

class Engine implements Unproven {
  readonly runtime: Runtime;
  readonly trees: Trees;
  readonly groups: Groups;
  way: string;
  readonly #dir: string;
  #programs: Promise<Programs> | undefined;
  readonly #spawner = new Spawner(async () => (await this.programs()).spawn);

  constructor(runtime: Runtime, options: BoxOptions) {
    this.runtime = runtime;
    this.way = Object.keys(runtime.ways)[0]!;
    this.#dir = options.dir;
    this.trees = options.trees ?? treeStore(join(options.dir, 'trees'));
    this.groups = options.groups ?? controlGroups();
  }

  programs(): Promise<Programs> {
    this.#programs ??= mkdir(this.#dir, { recursive: true, mode: 0o700 }).then(() => nativePrograms(this.#dir));
    return this.#programs;
  }

  /** Runs without asking whether the machine enforces anything: the probe itself needs that. */
  async run(spec: BoxSpec, signal?: AbortSignal): Promise<BoxResult> {
    const bad = checkSpec(spec);
    if (bad) return boxFailed(bad.because);
    const absent = await this.#absentTree(spec);
    if (absent) return boxFailed(`there is no ${absent}`);
    let slot: Slot | undefined;
    let group: Group | undefined;
    try {
      slot = takeSlot(this.#dir);
      const { memoryBytes, pids } = this.runtime.overhead;
      const { limits } = spec;
      group = this.groups.make(slot.name, { ...limits, memoryBytes: limits.memoryBytes + memoryBytes, pids: limits.pids + pids });
      return await this.#within(slot, group, spec, signal);
    } catch (cause) {
      return boxFailed((cause as Error).message);
    } finally {
      group?.kill();
      // The uid is free again only when nothing of the run is left.
      await group?.remove();
      if (slot) await removeSlot(slot);
    }
  }

  async reap(): Promise<number> {
    const dead = deadSlots(this.#dir);
    for (const slot of dead) {
      await this.groups.reap(slot.name);
      await removeSlot(slot);
    }
    return dead.length;
  }

  async #absentTree(spec: BoxSpec): Promise<TreeId | undefined> {
    for (const { tree } of spec.trees) if (!(await this.trees.has(tree))) return tree;
    return undefined;
  }

  async #within(slot: Slot, group: Group | undefined, spec: BoxSpec, signal: AbortSignal | undefined): Promise<BoxResult> {
    const programs = await this.programs();
    const place = spec.workspace && (await workspace(this.#dir, spec.workspace.owner, spec.workspace.maxBytes));
    const uid = place?.uid ?? slot.uid;
    const binds = await this.#binds(slot, spec, uid);
    if (place && spec.workspace) binds.push({ from: place.dir, at: spec.workspace.at, writable: true });
    // Outer mounts first, or they would hide what is mounted within them.
    binds.sort((a, b) => a.at.split('/').length - b.at.split('/').length);
    const door = spec.door && (await openDoor(spec.door, slot, uid, programs));
    try {
      const all = [...binds, ...(door?.binds ?? [])];
      const argv = [...(door?.before ?? []), ...spec.argv];
      const parentPid = await this.#spawner.pid();
      const beginning = { slot, uid, way: this.way, programs, parentPid, group, spec: { ...spec, argv }, binds: all };
      const prepared = await this.runtime.begin(beginning);
      return await this.#keep(spec, binds, await supervise({ ...prepared, spawner: this.#spawner, limits: spec.limits, group, signal }));
    } finally {
      await door?.close();
    }
  }

  async #binds(slot: Slot, spec: BoxSpec, uid: number): Promise<Bind[]> {
    const binds: Bind[] = [];
    const copies = spec.trees.some((t) => t.writable) ? await scratch(slot) : '';
    for (const [i, { tree, at, writable }] of spec.trees.entries()) {
      const from = writable ? join(copies, String(i)) : this.trees.pathOf(tree);
      if (writable) await privateCopy(this.trees.pathOf(tree), from, uid);
      binds.push({ from, at, writable: writable === true });
    }
    for (const [i, { at, bytes, executable }] of spec.files.entries()) {
      const from = join(slot.dir, `file-${i}`);
      await writeFile(from, bytes, { mode: executable ? 0o555 : 0o444 });
      binds.push({ from, at, writable: false, isFile: true });
    }
    for (const name of spec.tools ?? [])
      binds.push({ from: await realpath(process.execPath), at: `/tools/${name}`, writable: false, isFile: true });
    return binds;
  }

  async #keep(spec: BoxSpec, binds: readonly Bind[], result: BoxResult): Promise<BoxResult> {
    if (!spec.keep || result.end !== 'exited' || result.exit !== 0) return result;
    const kept = await this.trees.add(binds.find((b) => b.at === spec.keep)!.from);
    return isRefusal(kept)
      ? { ...result, end: 'box-failed', exit: null, because: `cannot keep ${spec.keep}: ${kept.because}` }
      : { ...result, kept };
  }
}
