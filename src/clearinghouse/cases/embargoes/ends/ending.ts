import type { Occurrence } from '../../vfdpxa.ts';

/**
 * Why an embargo ends before its time, and how binding that is (CERT/CC, Vultron, early termination): what is public ends it at once, what
 * attackers know should, the rest may. What each says has happened to the flaw goes into its state.
 */
export const terminations = {
  public: { force: 'shall', happened: 'public' },
  leak: { force: 'shall', happened: 'public' },
  'exploit-public': { force: 'shall', happened: 'exploit-public' },
  attacks: { force: 'should', happened: 'attacks' },
  'attackers-know': { force: 'may', happened: null },
  'quorum-ready': { force: 'may', happened: null },
  'parties-agree': { force: 'may', happened: null },
} as const satisfies Record<string, { readonly force: 'shall' | 'should' | 'may'; readonly happened: Occurrence | null }>;
type Termination = keyof typeof terminations;
export const terminationNames = Object.keys(terminations) as [Termination, ...Termination[]];

/** These leave no time: what follows them is done at once, and a first advisory goes out within hours. */
const hasty: readonly string[] = ['public', 'leak', 'exploit-public', 'attacks', 'attackers-know'];

export function opensFastTrack(because: string): boolean {
  return hasty.includes(because);
}

/** What the hub does by itself when the hour comes, written down while nobody is in a hurry. */
export const actsAtExpiry = [
  'the embargo ends, whatever its state',
  'every participant is told, each by the way they chose',
  'what named readers were given early is opened in the feed',
  'an advisory that was approved and scheduled for this hour or later goes out at its hour',
  'where no advisory was drafted, the interim advisory is drafted and laid before a second person',
] as const;

/** Within hours of a leak or of attacks, beside what happens at expiry. */
export const actsOnFastTrack = [
  'the interim advisory is drafted at once; the desk has four hours to release it',
  'suppliers who are read in are told that it is exploited, where it is, and the clocks of Regulation (EU) 2024/2847 start',
] as const;

/** The first words to the public when there is no time for better ones: what to protect, nothing of how it is broken. */
export function interimText(of: {
  readonly package: string;
  readonly isExploited: boolean;
  readonly isEarly: boolean;
  readonly hasFix: boolean;
}) {
  const out = of.isEarly
    ? 'Its details are known, or must be taken to be known, beyond those who were to keep them.'
    : 'The time for which its details were kept closed is over.';
  const known = of.isExploited ? 'It is being exploited.' : out;
  const help = of.hasFix
    ? 'A fix is in preparation and will be released with the full advisory; until then reduce who can reach the affected component.'
    : 'No fix is available yet; reduce who can reach the affected component, and watch it, until one is released.';
  return {
    title: `Interim advisory for ${of.package}`,
    summary: `There is a vulnerability in ${of.package} whose disclosure was planned for later. ${known} ${help} This advisory will be replaced by a full one.`,
  };
}
