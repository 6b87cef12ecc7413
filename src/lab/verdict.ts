import type { Input } from './experiment.ts';
import type { Crash, Observation } from './oracle.ts';
import type { Variant } from './recipe.ts';

export const verdicts = ['reproduced', 'not-reproduced', 'reproduced-fix-incomplete', 'flaky', 'could-not-tell'] as const;

/** It tripped k of N times and nothing else did, whatever the fixed build does. */
export function isReproduced(verdict: Verdict['verdict'] | null): boolean {
  return verdict === 'reproduced' || verdict === 'reproduced-fix-incomplete';
}

export interface Verdict {
  readonly verdict: (typeof verdicts)[number];
  readonly because: string;
  /** Of the vulnerable build, symbolised when possible. */
  readonly crash?: Crash;
  /** k and N of each part. */
  readonly counts: Readonly<Record<'vulnerable' | 'fixed' | 'control', { readonly crashes: number; readonly of: number }>>;
}

/** How every verdict begins that a failed self-check takes away. */
export const blindness = 'the oracle does not see';

export interface Seen {
  readonly variant: Variant;
  readonly input: Input;
  readonly symbolized: boolean;
  readonly observation: Observation;
}

const crashOf = (seen: Seen) => (seen.observation.saw === 'crash' ? seen.observation.crash : undefined);

/** k of N (`needed`, all unless said) on the vulnerable build, none on the fixed, silent on the control; a check that could not run closes the gate. */
export function decideVerdict(all: readonly Seen[], hasFix: boolean, needed = Number.POSITIVE_INFINITY): Verdict {
  const part = (variant: Variant, input: Input) => all.filter((s) => s.variant === variant && s.input === input && !s.symbolized);
  const vulnerable = part('vulnerable', 'poc');
  const fixed = part('fixed', 'poc');
  const control = part('vulnerable', 'control');
  const count = (seen: readonly Seen[]) => ({ crashes: seen.filter(crashOf).length, of: seen.length });
  const counts = { vulnerable: count(vulnerable), fixed: count(fixed), control: count(control) };
  const crash = bestCrash(all, vulnerable);
  const say = (verdict: Verdict['verdict'], because: string): Verdict => ({ verdict, because, counts, ...(crash ? { crash } : {}) });

  if (vulnerable.length === 0 || control.length === 0 || (hasFix && fixed.length === 0)) return say('could-not-tell', 'runs are missing');
  const blind = all.find((s) => s.input === 'self-check' && !crashOf(s));
  if (blind)
    return say(
      'could-not-tell',
      `${blindness} its own self-check on the ${blind.variant} build${blind.observation.saw === 'could-not-tell' ? ` (${blind.observation.because})` : ''}`,
    );
  const unsure = firstReason(control, 'the control input') ?? firstReason(vulnerable, 'the vulnerable build');
  if (unsure) return say('could-not-tell', unsure);
  if (counts.control.crashes > 0) return say('could-not-tell', 'the control input trips the oracle as well');
  const k = `${counts.vulnerable.crashes} of ${counts.vulnerable.of} runs`;
  if (counts.vulnerable.crashes === 0) return say('not-reproduced', `silent in all ${counts.vulnerable.of} runs on the vulnerable build`);
  if (counts.vulnerable.crashes < Math.min(needed, counts.vulnerable.of)) return say('flaky', `only ${k} on the vulnerable build`);
  if (new Set(vulnerable.flatMap((s) => crashOf(s)?.fingerprint ?? [])).size > 1) return say('flaky', 'the runs end at different places');
  if (!hasFix) return say('reproduced', `${k}, silent on the control input; there is no fixed build to compare with`);
  const unsureFixed =
    firstReason(part('fixed', 'control'), 'the fixed build, with the control input') ?? firstReason(fixed, 'the fixed build');
  if (unsureFixed) return say('could-not-tell', unsureFixed);
  if (part('fixed', 'control').some(crashOf)) return say('could-not-tell', 'the control input trips the oracle on the fixed build');
  if (counts.fixed.crashes > 0)
    return say(
      'reproduced-fix-incomplete',
      `${k} on the vulnerable build, but also ${counts.fixed.crashes} of ${counts.fixed.of} on the fixed`,
    );
  return say('reproduced', `${k} on the vulnerable build, 0 of ${counts.fixed.of} on the fixed, silent on the control input`);
}

function firstReason(seen: readonly Seen[], where: string): string | undefined {
  for (const { observation } of seen) if (observation.saw === 'could-not-tell') return `on ${where}: ${observation.because}`;
  return undefined;
}

/** The symbolised repeat lends its names only if it ended at the same place. */
function bestCrash(all: readonly Seen[], vulnerable: readonly Seen[]): Crash | undefined {
  const plain = vulnerable.map(crashOf).find((crash) => crash !== undefined);
  const named = all.filter((s) => s.symbolized && s.variant === 'vulnerable' && s.input === 'poc').map(crashOf);
  return named.find((crash) => crash?.fingerprint === plain?.fingerprint) ?? plain;
}
