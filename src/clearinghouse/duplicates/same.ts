import { similarStates } from '../../lab/sanitizer/crash.ts';
import type { AffectedSymbol, Finding } from '../findings/finding.ts';

export const decisions = ['same', 'distinct', 'unsure'] as const;
export type Decision = (typeof decisions)[number];

export interface Decided {
  readonly decision: Decision;
  /** 0 = nothing speaks for one flaw, 1 = everything does. An order for people, not a probability. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** What two findings are compared by. */
export type Compared = Pick<Finding, 'package' | 'cwe' | 'symbol' | 'verdict' | 'crashState' | 'recipeId'>;

/**
 * Whether two findings are of one vulnerability: same root cause and same fix. What our own re-runs showed goes before what finders say;
 * `distinct` takes evidence of two flaws, so a finding that is unresolved is never distinct from another of its package.
 */
export function decideSame(a: Compared, b: Compared): Decided {
  if (a.package !== b.package) return { decision: 'distinct', score: 0, reasons: ['another package'] };
  const crash = byCrash(a, b);
  if (crash) return crash;
  return bySymbol(a, b);
}

function byCrash(a: Compared, b: Compared): Decided | undefined {
  if (!isResolved(a) || !isResolved(b)) return undefined;
  if (a.recipeId !== null && b.recipeId !== null && a.recipeId !== b.recipeId)
    return { decision: 'distinct', score: 0.05, reasons: ['each stops with the fix of another recipe'] };
  const oneRecipe = a.recipeId !== null && a.recipeId === b.recipeId;
  if (similarStates(a.crashState, b.crashState)) {
    if (a.verdict === b.verdict)
      return { decision: 'same', score: a.crashState === b.crashState ? 1 : 0.9, reasons: ['the same crash state', 'the same verdict'] };
    return { decision: 'unsure', score: 0.6, reasons: ['the same crash state', 'the fix stops one of them only'] };
  }
  // One fix that stops both speaks against what the frames say: a person decides.
  if (oneRecipe && a.verdict === 'reproduced' && b.verdict === 'reproduced')
    return { decision: 'unsure', score: 0.5, reasons: ['another crash state', 'one fix stops both'] };
  return { decision: 'distinct', score: 0.1, reasons: ['another crash state'] };
}

function bySymbol(a: Compared, b: Compared): Decided {
  const sameSymbol = isSameSymbol(a.symbol, b.symbol);
  const sameWeakness = a.cwe !== null && a.cwe === b.cwe;
  if (sameSymbol && sameWeakness) return { decision: 'same', score: 0.8, reasons: ['the same function', `the same weakness (${a.cwe})`] };
  const reasons = [...(sameSymbol ? ['the same function'] : []), ...(sameWeakness ? [`the same weakness (${a.cwe})`] : [])];
  return {
    decision: 'unsure',
    score: sameSymbol ? 0.5 : sameWeakness ? 0.3 : 0.2,
    reasons: reasons.length ? reasons : ['only the package is the same'],
  };
}

/** Re-run here, with a crash that names a place. */
function isResolved(of: Compared): of is Compared & { crashState: string } {
  const reproduced = of.verdict === 'reproduced' || of.verdict === 'reproduced-fix-incomplete';
  return reproduced && of.crashState !== null && of.crashState.trim() !== '' && of.crashState.trim() !== 'NULL';
}

/** Same function, in files that may be the same: one finder writes `src/a.c`, another `a.c`. */
function isSameSymbol(a: AffectedSymbol | null, b: AffectedSymbol | null): boolean {
  if (!a?.function || !b?.function || a.function !== b.function) return false;
  if (a.file === null || b.file === null) return true;
  const [short, long] = [a.file, b.file].map((file) => file.replace(/^(\.?\/)+/, '')).sort((x, y) => x.length - y.length) as [
    string,
    string,
  ];
  return long === short || long.endsWith(`/${short}`);
}
