import { similarStates } from '../../lab/sanitizer/crash.ts';
import { calibration } from './calibration.ts';
import { crashFeatures, familyOf, isSameState } from './crash-features.ts';
import { type Calibration, probability } from './model.ts';
import type { Decided } from './same.ts';
import type { TextTraits } from './text.ts';
import { sharedWords, textFeatures } from './text-features.ts';
import type { Traits } from './traits.ts';
import { kinship } from './weakness.ts';

/** From this probability on two are the same, below `distinctBelow` they are not; between them nobody knows. */
const sameFrom = 0.45;
const distinctBelow = 0.3;

/**
 * Whether two findings are of one vulnerability: same root cause and same fix. Symmetric. Tried in this order, the first that tells decides:
 * where they are (another package), what our own re-runs showed, a shared fix or identifier, what both claim.
 * Within one package `distinct` takes evidence of two flaws: what is merely claimed is `unsure` at least.
 */
export function decidePair(a: Traits, b: Traits, by: Calibration = calibration): Decided {
  return byPlace(a, b) ?? byVerdict(a, b) ?? byReference(a, b) ?? byClaims(a, b, by);
}

/** Whether a pair is the same, or like enough for a person to look at it. */
export function isWorthALook({ decision, score }: Decided): boolean {
  return decision === 'same' || (decision === 'unsure' && score >= distinctBelow);
}

function byPlace(a: Traits, b: Traits): Decided | undefined {
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
  if (areSimilar(a, b)) {
    const exact = isSameState(a.crash!.state, b.crash!.state);
    if (a.verdict === b.verdict) return { decision: 'same', score: exact ? 1 : 0.9, reasons: ['the same crash state', 'the same verdict'] };
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

function areSimilar(a: Traits, b: Traits): boolean {
  const [x, y] = [a, b].map((t) => `${t.crash!.state.join('\n')}\n`) as [string, string];
  return similarStates(x, y);
}

/** What both point to outside: one fix, one identifier, one and the same patch. */
function byReference(a: Traits, b: Traits): Decided | undefined {
  const [short, long] = [a.fixedCommit ?? '', b.fixedCommit ?? ''].sort((x, y) => x.length - y.length) as [string, string];
  if (short !== '' && long.startsWith(short))
    return { decision: 'same', score: 0.9, reasons: [`one commit fixes both (${short.slice(0, 12)})`] };
  const [id] = a.upstreamIds.filter((one) => b.upstreamIds.includes(one)).sort();
  if (id !== undefined) return { decision: 'same', score: 0.9, reasons: [`both are ${id}`] };
  const hunks = a.hunks.filter((hunk) => b.hunks.includes(hunk)).length;
  if (hunks > 0 && hunks === Math.min(a.hunks.length, b.hunks.length))
    return { decision: 'same', score: 0.85, reasons: [`the patches make the same change (${hunks} hunks)`] };
  return undefined;
}

function byClaims(a: Traits, b: Traits, by: Calibration): Decided {
  if (isServiceReport(a) && isServiceReport(b)) return byServiceReports(a, b, by);
  const crash = byClaimedCrash(a, b);
  if (crash?.decision === 'same') return crash;
  const symbol = bySymbol(a, b);
  if (symbol?.decision === 'same') return symbol;
  const text = byText(a, b, by);
  const best = [crash, symbol, text].filter((d) => d !== undefined).reduce((x, y) => (y.score > x.score ? y : x), nothing);
  const reasons = [...new Set([crash, symbol, text].flatMap((d) => d?.reasons ?? []))];
  return { ...best, reasons: reasons.length > 0 ? reasons : nothing.reasons };
}

const nothing: Decided = { decision: 'unsure', score: 0.1, reasons: ['nothing tells them apart or together'] };

function isServiceReport(t: Traits): boolean {
  return t.fuzzTarget !== null && t.reportedAtMs !== null && t.crash !== null && t.crash.state.length > 0;
}

/**
 * A fuzzing service has sorted its crashes by state before it reports them, and watches for the fix: what comes up at one time is likely one
 * flaw, and the same state months later is likely what came back after a fix. So times weigh here, and nowhere else. The model was fitted on
 * pairs selected to be hard (test/calibration/learn.ts): its probabilities compare, they are not the field's.
 */
function byServiceReports(a: Traits, b: Traits, by: Calibration): Decided {
  const features = crashFeatures(a, b);
  if ((a.package ?? b.package) === null && features.target === 0 && features.bestName === 0)
    return { decision: 'distinct', score: 0.05, reasons: ['neither package, fuzz target nor a frame says that it is one project'] };
  const score = probability(by.crash, features);
  const days = Math.exp(features.daysApart) - 0.05;
  const reasons = [
    `reported ${days < 1 ? 'within a day' : `${Math.round(days)} days apart`}`,
    ...(features.sameState ? ['the same crash state'] : features.anyFrame ? ['a crash frame in common'] : ['no crash frame in common']),
    features.sameType ? 'the same crash type' : features.sameTypeFamily ? 'crash types of one family' : 'another crash type',
  ];
  return { decision: score >= sameFrom ? 'same' : score < distinctBelow ? 'distinct' : 'unsure', score, reasons };
}

function byClaimedCrash(a: Traits, b: Traits): Decided | undefined {
  if (!a.crash?.state.length || !b.crash?.state.length) return undefined;
  const oneFamily = familyOf(a.crash.type) === familyOf(b.crash.type);
  const type = oneFamily ? 'the same kind of crash' : 'another kind of crash';
  if (isSameState(a.crash.state, b.crash.state))
    return { decision: oneFamily ? 'same' : 'unsure', score: oneFamily ? 0.85 : 0.5, reasons: ['the same crash state', type] };
  if (areSimilar(a, b))
    return { decision: oneFamily ? 'same' : 'unsure', score: oneFamily ? 0.7 : 0.4, reasons: ['a similar crash state', type] };
  return { decision: 'unsure', score: 0.15, reasons: ['another crash state'] };
}

function bySymbol(a: Traits, b: Traits): Decided | undefined {
  const sameSymbol = isSameSymbol(a, b);
  const weakness = a.weakness === null || b.weakness === null ? undefined : kinship(a.weakness, b.weakness);
  const told = { same: `the same weakness (${a.weakness})`, kin: 'weaknesses of one family', other: 'another weakness' };
  const reasons = [...(sameSymbol ? ['the same function'] : []), ...(weakness ? [told[weakness]] : [])];
  if (sameSymbol && weakness === 'same') return { decision: 'same', score: 0.8, reasons };
  if (sameSymbol && weakness === 'kin') return { decision: 'same', score: 0.7, reasons };
  if (sameSymbol) return { decision: 'unsure', score: weakness === 'other' ? 0.4 : 0.5, reasons };
  if (weakness === undefined || weakness === 'other') return undefined;
  return { decision: 'unsure', score: weakness === 'same' ? 0.3 : 0.2, reasons };
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

/** Fewer words say nothing. */
const leastWords = 6;
/** Words less rare stand in any two advisories. */
const telling = 0.3;
/** Of two texts that have less than this in common, by the rarity of the words, the model knows nothing: */
const leastTold = 0.6;
const little = 0.1;

function byText(a: Traits, b: Traits, by: Calibration): Decided | undefined {
  if (Math.min(a.text.words.length, b.text.words.length) < leastWords) return undefined;
  const onePackage = a.package !== null && a.package === b.package;
  const decide = (score: number, reasons: readonly string[]): Decided => ({
    decision: score >= sameFrom ? 'same' : score < distinctBelow && !onePackage ? 'distinct' : 'unsure',
    score,
    reasons,
  });
  const features = textFeatures(a.text, b.text);
  const score = probability(by.text, features);
  const told = score < distinctBelow ? [] : tellingWords(a.text, b.text);
  if (told.reduce((sum, { rarity }) => sum + rarity, 0) < leastTold)
    return decide(Math.min(score, little), ['the texts tell of different things']);
  const reasons = [
    `both texts say ${told
      .slice(0, 5)
      .map(({ word }) => word)
      .join(', ')}`,
    ...(features.versionsDiffer ? ['they name other versions'] : features.versionsShared > 0 ? ['they name the same versions'] : []),
    ...(features.objectsDiffer ? ['they name other functions or components'] : []),
  ];
  return decide(score, reasons);
}

/** Words of both that do not stand in any two advisories, rarest first. */
function tellingWords(a: TextTraits, b: TextTraits): { word: string; rarity: number }[] {
  return sharedWords(a, b)
    .map(([i]) => ({ word: a.words[i]!, rarity: a.rarity[i]! }))
    .filter(({ rarity }) => rarity >= telling)
    .sort((x, y) => y.rarity - x.rarity || y.word.length - x.word.length);
}
