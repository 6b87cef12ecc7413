/**
 * The vulnerability's own state, seen from outside: vendor aware, fix ready, fix deployed, public, exploit public, attacks observed.
 * Lower case = not yet, upper case = has happened (CERT/CC, "A State-Based Model for Multi-Party CVD", CMU/SEI-2021-SR-021).
 */
export const happenings = ['vendor-aware', 'fix-ready', 'fix-deployed', 'public', 'exploit-public', 'attacks'] as const;
type Occurrence = (typeof happenings)[number];

/** E.g. `VFdpxa`. */
export type Vfdpxa = string & { readonly __vfdpxa: true };
export const nothingYet = 'vfdpxa' as Vfdpxa;

export function hasHappened(state: Vfdpxa, what: Occurrence): boolean {
  const letter = state[happenings.indexOf(what)]!;
  return letter !== letter.toLowerCase();
}

/** What must be there before: no fix without a vendor who knows, none deployed that is not ready. */
const needs: Partial<Record<Occurrence, Occurrence>> = { 'fix-ready': 'vendor-aware', 'fix-deployed': 'fix-ready' };
/** What comes along at once: a public exploit makes the flaw public, and the public includes the vendor. */
const brings: Partial<Record<Occurrence, Occurrence>> = { 'exploit-public': 'public', public: 'vendor-aware' };

/** The state after `what`, with all that comes along; the same state when it had happened; undefined when it cannot have happened yet. */
export function after(state: Vfdpxa, what: Occurrence): Vfdpxa | undefined {
  const need = needs[what];
  if (need && !hasHappened(state, need)) return undefined;
  const i = happenings.indexOf(what);
  const next = (state.slice(0, i) + state[i]!.toUpperCase() + state.slice(i + 1)) as Vfdpxa;
  const brought = brings[what];
  return brought ? after(next, brought) : next;
}
