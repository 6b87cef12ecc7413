import { similarStates } from '../../lab/sanitizer/crash.ts';
import type { Decided } from './same.ts';
import type { Traits } from './traits.ts';

/**
 * Whether two findings are of one vulnerability: same root cause and same fix. Symmetric. What our own re-runs showed goes before what
 * finders say; `distinct` within one package takes evidence of two flaws, so what is unresolved is `unsure`.
 */
export function decidePair(a: Traits, b: Traits): Decided {
  return byIdentity(a, b) ?? byVerdict(a, b) ?? byClaims(a, b);
}

function byIdentity(a: Traits, b: Traits): Decided | undefined {
  const onePlace = a.repository !== null && a.repository === b.repository;
  if (a.package !== null && b.package !== null && a.package !== b.package && !onePlace)
    return { decision: 'distinct', score: 0, reasons: ['another package'] };
  return undefined;
}

function byVerdict(a: Traits, b: Traits): Decided | undefined {
  if (!isResolved(a) || !isResolved(b)) return undefined;
  if (a.recipeId !== null && b.recipeId !== null && a.recipeId !== b.recipeId)
    return { decision: 'distinct', score: 0.05, reasons: ['each stops with the fix of another recipe'] };
  const oneRecipe = a.recipeId !== null && a.recipeId === b.recipeId;
  const [x, y] = [a, b].map((t) => `${t.crash!.state.join('\n')}\n`) as [string, string];
  if (similarStates(x, y)) {
    if (a.verdict === b.verdict)
      return { decision: 'same', score: x === y ? 1 : 0.9, reasons: ['the same crash state', 'the same verdict'] };
    return { decision: 'unsure', score: 0.6, reasons: ['the same crash state', 'the fix stops one of them only'] };
  }
  // One fix that stops both speaks against what the frames say: a person decides.
  if (oneRecipe && a.verdict === 'reproduced' && b.verdict === 'reproduced')
    return { decision: 'unsure', score: 0.5, reasons: ['another crash state', 'one fix stops both'] };
  return { decision: 'distinct', score: 0.1, reasons: ['another crash state'] };
}

/** Re-run here, with a crash that names a place. */
function isResolved(t: Traits): boolean {
  const reproduced = t.verdict === 'reproduced' || t.verdict === 'reproduced-fix-incomplete';
  return reproduced && t.crash?.from === 'verdict' && t.crash.state.length > 0;
}

function byClaims(a: Traits, b: Traits): Decided {
  const sameSymbol = isSameSymbol(a, b);
  const sameWeakness = a.weakness !== null && a.weakness === b.weakness;
  if (sameSymbol && sameWeakness)
    return { decision: 'same', score: 0.8, reasons: ['the same function', `the same weakness (${a.weakness})`] };
  const reasons = [...(sameSymbol ? ['the same function'] : []), ...(sameWeakness ? [`the same weakness (${a.weakness})`] : [])];
  return {
    decision: 'unsure',
    score: sameSymbol ? 0.5 : sameWeakness ? 0.3 : 0.2,
    reasons: reasons.length ? reasons : ['only the package is the same'],
  };
}

/** Same function, in files that may be the same: one finder writes `src/a.c`, another `a.c`. */
function isSameSymbol(a: Traits, b: Traits): boolean {
  if (!a.function || !b.function || a.function !== b.function) return false;
  if (a.file === null || b.file === null) return true;
  const [short, long] = [a.file, b.file].map((file) => file.replace(/^(\.?\/)+/, '')).sort((x, y) => x.length - y.length) as [
    string,
    string,
  ];
  return long === short || long.endsWith(`/${short}`);
}
