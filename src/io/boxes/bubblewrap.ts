import { mkdir, open, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { Box, BoxResult, BoxSpec, Probe, TreeId } from '../../base/doors.ts';
import { isRefusal } from '../../base/refusal.ts';
import { buildCache } from './builds.ts';
import { controlGroups, type Group, type Groups } from './cgroups.ts';
import { type Bind, bwrapArguments, checkSpec } from './command.ts';
import { nativePrograms, type Programs } from './native.ts';
import { probeWith, unenforced } from './probe.ts';
import { seccompFilter } from './seccomp/filter.ts';
import { deadSlots, type Slot, takeSlot } from './slots.ts';
import { discardWorkspace, privateCopy, removeSlot, scratch, workspace } from './storage.ts';
import { supervise } from './supervise.ts';
import { type Trees, treeStore } from './trees.ts';

interface BubblewrapOptions {
  /** Everything of ours lies in here: programs, kept trees, running boxes. No other user of the machine need see it. */
  readonly dir: string;
  readonly trees?: Trees;
  /** Run even where the machine does not enforce memory, processes, network or the filter. For trying out, never for strangers' code. */
  readonly acceptUnenforced?: boolean;
  readonly groups?: Groups;
}

const asRoot = process.getuid?.() === 0;
const bwrap = '/usr/bin/bwrap';
let sequence = 0;

/**
 * Boxes made by bubblewrap: launcher → bwrap → init → target, each in a control group, user, network and filter of its own.
 * Must be used from the main thread: the box dies with the thread that started it (PR_SET_PDEATHSIG).
 */
export function bubblewrapBox(options: BubblewrapOptions): Box {
  const driver = new Bubblewrap(options);
  let probed: Promise<Probe> | undefined;
  const tried = () => {
    probed ??= probeWith(driver);
    return probed;
  };
  const refusal = (probe: Probe) => (options.acceptUnenforced ? undefined : unenforced(probe));
  return {
    id: 'bubblewrap',
    probe: async () => {
      const probe = await tried();
      return { ...probe, usable: probe.usable && refusal(probe) === undefined };
    },
    run: async (spec, signal) => {
      const missing = refusal(await tried());
      return missing ? boxFailed(missing) : driver.run(spec, signal);
    },
    discard: (owner) => discardWorkspace(options.dir, owner),
    reap: () => driver.reap(),
    ...buildCache(join(options.dir, 'builds'), driver.trees),
  };
}

function boxFailed(because: string): BoxResult {
  const nothing = new Uint8Array();
  const ended = { end: 'box-failed', exit: null, signal: null, because } as const;
  return { ...ended, oomKills: 0, pidsRefused: 0, wallMs: 0, cpuUs: 0, peakBytes: 0, stdout: nothing, stderr: nothing, reports: [] };
}

class Bubblewrap {
  readonly trees: Trees;
  readonly groups: Groups;
  readonly #dir: string;
  #programs: Promise<Programs> | undefined;

  constructor(options: BubblewrapOptions) {
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
    const slot = await takeSlot(this.#dir);
    let group: Group | undefined;
    try {
      group = this.groups.make(slot.name, spec.limits);
      return await this.#within(slot, group, spec, signal);
    } catch (cause) {
      return boxFailed((cause as Error).message);
    } finally {
      group?.kill();
      // The uid is free again only when nothing of the run is left.
      await group?.remove();
      await removeSlot(slot);
    }
  }

  async reap(): Promise<number> {
    const dead = await deadSlots(this.#dir);
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
    const seccomp = await this.#seccomp(spec.profile);
    const stdin = spec.stdin ? await inputFile(slot, spec.stdin) : undefined;
    try {
      const argv = launch(programs, uid, group, spec, binds);
      const io = { stdin: stdin?.fd ?? ('ignore' as const), seccomp: seccomp.fd };
      const result = await supervise({ argv, ...io, limits: spec.limits, group, signal });
      return await this.#keep(spec, binds, result);
    } finally {
      await Promise.all([seccomp.close(), stdin?.close()]);
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
      binds.push({ from, at, writable: false });
    }
    for (const name of spec.tools ?? []) binds.push({ from: await realpath(process.execPath), at: `/tools/${name}`, writable: false });
    return binds;
  }

  async #seccomp(profile: BoxSpec['profile']) {
    const filter = seccompFilter(process.arch, { debuggers: profile !== 'poc' });
    if (!filter) throw new Error(`no system-call filter was written for ${process.arch}`);
    // Named by what is in it and put there at once: bwrap would take half a filter for a whole one.
    const file = join(this.#dir, 'bin', `${sha256(filter)}.bpf`);
    const known = await open(file, 'r').catch(() => undefined);
    if (known) return known;
    const fresh = `${file}.${process.pid}-${sequence++}`;
    await writeFile(fresh, filter);
    await rename(fresh, file);
    return open(file, 'r');
  }

  async #keep(spec: BoxSpec, binds: readonly Bind[], result: BoxResult): Promise<BoxResult> {
    if (!spec.keep || result.end !== 'exited' || result.exit !== 0) return result;
    const kept = await this.trees.add(binds.find((b) => b.at === spec.keep)!.from);
    return isRefusal(kept)
      ? { ...result, end: 'box-failed', exit: null, because: `cannot keep ${spec.keep}: ${kept.because}` }
      : { ...result, kept };
  }
}

/** A file and not a pipe: a target that never reads cannot hold us up. */
async function inputFile(slot: Slot, bytes: Uint8Array) {
  const path = join(slot.dir, 'stdin');
  await writeFile(path, bytes, { mode: 0o444 });
  return open(path, 'r');
}

function launch(programs: Programs, uid: number, group: Group | undefined, spec: BoxSpec, binds: readonly Bind[]): string[] {
  const { cpuSec, fileBytes, openFiles, pids } = spec.limits;
  // As root the launcher shows each path under a name of its own; otherwise bwrap must reach it itself.
  const all = [...binds.map((bind) => bind.from), programs.init];
  const staged = asRoot ? all : [];
  const seen = all.map((from, i) => (asRoot ? `/tmp/${i}` : from));
  // RLIMIT_NPROC counts per uid: it only means something when the uid is the box's own.
  const processes = asRoot ? pids + 8 : 0;
  const joined = group?.procs ?? [];
  const numbers = [asRoot ? uid : 0, cpuSec, fileBytes, openFiles, processes, joined.length];
  const shown = binds.map((bind, i) => ({ ...bind, from: seen[i]! }));
  const program = [bwrap, ...bwrapArguments(spec, shown, seen.at(-1)!, 3)];
  return [programs.launch, ...numbers.map(String), ...joined, String(staged.length), ...staged, '--', ...program];
}
