import { day } from '../../base/instant.ts';
import type { Traits } from './traits.ts';

/** Two reports of one fuzzing service: what they have in common, number by number. Symmetric. */
interface CrashFeatures {
  /** ln of the days between the reports. */
  readonly daysApart: number;
  /** Names of the fuzz targets: share of their parts in common. */
  readonly target: number;
  readonly sameType: number;
  readonly sameTypeFamily: number;
  /** Both read, both write, or neither says. */
  readonly sameAccess: number;
  /** The innermost frame of one is among the other's. */
  readonly topFrameMet: number;
  readonly anyFrame: number;
  readonly twoFrames: number;
  readonly sameState: number;
  readonly anyFrameSameDay: number;
  /** Parts of all frames' names in common, and of the two most alike frames. */
  readonly names: number;
  readonly bestName: number;
}

export function crashFeatures(a: Traits, b: Traits): CrashFeatures {
  const [x, y] = [a.crash!, b.crash!];
  const days = Math.abs(a.reportedAtMs! - b.reportedAtMs!) / day;
  const shared = x.state.filter((frame) => y.state.includes(frame)).length;
  const [nx, ny] = [x.state.map(partsOf), y.state.map(partsOf)];
  return {
    daysApart: Math.log(days + 0.05),
    target: overlap(partsOf(a.fuzzTarget!), partsOf(b.fuzzTarget!)),
    sameType: yes(x.type === y.type),
    sameTypeFamily: yes(familyOf(x.type) === familyOf(y.type)),
    sameAccess: yes(accessOf(x.type) === accessOf(y.type)),
    topFrameMet: yes(y.state.includes(x.state[0]!) || x.state.includes(y.state[0]!)),
    anyFrame: yes(shared > 0),
    twoFrames: yes(shared > 1),
    sameState: yes(isSameState(x.state, y.state)),
    anyFrameSameDay: shared > 0 ? Math.exp(-days / 2) : 0,
    names: overlap(union(nx), union(ny)),
    bestName: Math.max(0, ...nx.flatMap((p) => ny.map((q) => overlap(p, q)))),
  };
}

/** `Heap-buffer-overflow READ 4` is of the family `heap-buffer-overflow`. */
export function familyOf(type: string | null): string {
  return (type ?? '')
    .replace(/\s*\b(?:READ|WRITE)\b.*/, '')
    .replace(/\s*(?:\{.*|\d+)$/, '')
    .trim()
    .toLowerCase();
}

export function isSameState(a: readonly string[], b: readonly string[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((frame, i) => frame === b[i]);
}

function accessOf(type: string | null): string {
  return /\b(READ|WRITE)\b/.exec(type ?? '')?.[1] ?? '';
}

/** `xmlParsePI` → xml, parse, pi. */
function partsOf(name: string): ReadonlySet<string> {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return new Set(parts.filter((part) => part.length > 1));
}

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const part of a) if (b.has(part)) both += 1;
  return both / (a.size + b.size - both || 1);
}

function yes(is: boolean): number {
  return is ? 1 : 0;
}
