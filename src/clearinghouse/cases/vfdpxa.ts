/**
 * The vulnerability's own state, seen from outside: vendor aware, fix ready, fix deployed, public, exploit public, attacks observed.
 * Lower case = not yet, upper case = has happened (CERT/CC, "A State-Based Model for Multi-Party CVD", CMU/SEI-2021-SR-021).
 */
export const happenings = ['vendor-aware', 'fix-ready', 'fix-deployed', 'public', 'exploit-public', 'attacks'] as const;
export type Occurrence = (typeof happenings)[number];
/** One letter each, in the order of `happenings`. */
export const letters = ['V', 'F', 'D', 'P', 'X', 'A'] as const;
export type Letter = (typeof letters)[number];

/** E.g. `VFdpxa`: the first three letters are a supplier's own, the last three everybody's. */
export type Vfdpxa = string & { readonly __vfdpxa: true };
export const nothingYet = 'vfdpxa' as Vfdpxa;
export const vfds = ['vfd', 'Vfd', 'VFd', 'VFD'] as const;
export type Vfd = (typeof vfds)[number];

/**
 * What can happen next in each of the 32 states (SR-021 §2.4). What stands alone as P or V happens at once: an exploit in public makes the
 * flaw public, and a supplier is taken to know what the public knows.
 */
const nexts: Readonly<Record<string, string>> = {
  ...{ vfdpxa: 'VPXA', vfdpxA: 'VPX', vfdpXa: 'P', vfdpXA: 'P', vfdPxa: 'V', vfdPxA: 'V', vfdPXa: 'V', vfdPXA: 'V' },
  ...{ Vfdpxa: 'FPXA', VfdpxA: 'FPX', VfdpXa: 'P', VfdpXA: 'P', VfdPxa: 'FXA', VfdPxA: 'FX', VfdPXa: 'FA', VfdPXA: 'F' },
  ...{ VFdpxa: 'DPXA', VFdpxA: 'DPX', VFdpXa: 'P', VFdpXA: 'P', VFdPxa: 'DXA', VFdPxA: 'DX', VFdPXa: 'DA', VFdPXA: 'D' },
  ...{ VFDpxa: 'PXA', VFDpxA: 'PX', VFDpXa: 'P', VFDpXA: 'P', VFDPxa: 'XA', VFDPxA: 'X', VFDPXa: 'A', VFDPXA: '' },
};
export const states = Object.keys(nexts) as Vfdpxa[];

export function possible(state: Vfdpxa): Letter[] {
  return [...nexts[state]!] as Letter[];
}

/** One row of the table. */
export interface Step {
  readonly letter: Letter;
  readonly from: Vfdpxa;
  readonly to: Vfdpxa;
}

/** Undefined when the table has no such row. */
export function step(from: Vfdpxa, letter: Letter): Step | undefined {
  if (!nexts[from]!.includes(letter)) return undefined;
  return { letter, from, to: from.replace(letter.toLowerCase(), letter) as Vfdpxa };
}

function hasHappened(state: Vfdpxa, what: Occurrence): boolean {
  return state.includes(letters[happenings.indexOf(what)]!);
}

/** What must follow at once, until the state is one that lasts. */
export function settling(from: Vfdpxa): Step[] {
  const next = nexts[from]!;
  const forced = next === 'P' || next === 'V' ? step(from, next) : undefined;
  return forced ? [forced, ...settling(forced.to)] : [];
}

/** The rows passed through when `what` is observed, with what follows at once; none when it had happened; undefined when it cannot have. */
export function steps(from: Vfdpxa, what: Occurrence): Step[] | undefined {
  if (hasHappened(from, what)) return [];
  const first = step(from, letters[happenings.indexOf(what)]!);
  return first && [first, ...settling(first.to)];
}

/** The state after `what`; the same state when it had happened; undefined when it cannot have happened yet. */
export function after(state: Vfdpxa, what: Occurrence): Vfdpxa | undefined {
  const passed = steps(state, what);
  return passed && (passed.at(-1)?.to ?? state);
}

export function vfdOf(state: Vfdpxa): Vfd {
  return state.slice(0, 3) as Vfd;
}

/** A supplier's own state within what everybody sees. */
export function within(vfd: Vfd, of: Vfdpxa): Vfdpxa {
  return `${vfd}${of.slice(3)}` as Vfdpxa;
}
