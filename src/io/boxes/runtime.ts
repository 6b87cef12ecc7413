import type { BoxLimits, BoxResult, BoxSpec, Probe } from '../../base/doors.ts';
import type { Group, Groups } from './cgroups.ts';
import type { Bind } from './command.ts';
import type { Programs } from './native.ts';
import type { Slot } from './slots.ts';
import type { Prepared } from './supervise.ts';

export const asRoot = process.getuid?.() === 0;

/** One box about to begin, with all it may see. */
export interface Beginning {
  readonly slot: Slot;
  /** Of the host: as whom the box runs, if we may choose. */
  readonly uid: number;
  readonly way: string;
  readonly programs: Programs;
  /** The process whose child the launcher is. */
  readonly parentPid: number;
  readonly group: Group | undefined;
  readonly spec: BoxSpec;
  readonly binds: readonly Bind[];
}

/** How a driver makes a box out of a place, a control group and things of the host to see. */
export interface Runtime {
  readonly id: 'bubblewrap' | 'gvisor';
  readonly isolation: Probe['isolation'];
  /** Ways to begin, the one to be preferred first, each with what it means; the probe takes the first that works. */
  readonly ways: Readonly<Record<string, string>>;
  /** What the runtime itself needs of a control group, beyond what the target may have. */
  readonly overhead: Pick<BoxLimits, 'pids' | 'memoryBytes'>;
  /** Processes by which its own count of processes may run behind. */
  readonly slackPids: number;
  /** What is not there and the command that brings it; empty when all is. */
  missing(): Promise<readonly string[]>;
  /** Why a box did not begin, and the command that mends it. */
  whyNot(because: string): string;
  begin(box: Beginning): Promise<Prepared>;
  /** Which version of what. */
  version(): Promise<string>;
}

/** What `breakwater lab doctor` says beside the probe. */
export interface Particulars {
  readonly version: string;
  readonly way: string;
  readonly meaning: string;
  readonly controlGroups: Groups['version'];
}

/** A driver before anybody trusts it. */
export interface Unproven {
  readonly runtime: Runtime;
  way: string;
  run(spec: BoxSpec): Promise<BoxResult>;
  programs(): Promise<Programs>;
}
