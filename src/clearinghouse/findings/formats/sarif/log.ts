import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { line } from '../members.ts';
import { componentOf, resolvedRuleId, ruleWithParents } from './descriptors.ts';
import { isObject, listIn, type Members, member, objectsIn, textIn } from './members.ts';
import { memory, type Once } from './once.ts';
import { functionOf, type Place, placeOf } from './places.ts';
import { inlineFiles, type Run, wholeRun } from './runs.ts';
import { messageOf } from './text.ts';
import { fingerprintOf, type Level, levelOf, packageIn, type Skipped, skippedBecause, stepsOf, weaknessesOf } from './traits.ts';

/** One result of a log, read. */
export interface SarifResult {
  /** JSON pointer into the log. */
  readonly at: string;
  readonly ruleId: string | null;
  readonly level: Level;
  readonly kind: string;
  /** Why it tells of no flaw; null where it does. */
  readonly skipped: Skipped | null;
  readonly message: string;
  /** At most `placesShown`; the first is the one to look at. */
  readonly places: readonly Place[];
  readonly related: readonly Place[];
  /** First and last step of the first code flow, and how many there are. */
  readonly flow: { readonly steps: number; readonly from: Place; readonly to: Place } | null;
  readonly function: string | null;
  readonly cwes: readonly string[];
  readonly fingerprint: string | null;
  /** As the log writes it, `pkg:…`. */
  readonly purl: string | null;
  readonly fixes: number;
  readonly severity: string | null;
  readonly helpUri: string | null;
  readonly tool: Tool;
}

/** Of the run. */
interface Tool {
  readonly name: string | null;
  readonly repository: string | null;
  readonly revision: string | null;
  readonly model: string | null;
  readonly byAi: boolean;
}

interface SarifLog {
  readonly results: readonly SarifResult[];
  /** Places that should have held runs or results and do not. */
  readonly unreadable: readonly string[];
}

const placesShown = 16;

/** SARIF 2.1.0 (OASIS). The log is hostile. Refusals: not this version, too many results, nested too deep, no runs at all. */
export function readSarifLog(log: Members): SarifLog | Refusal {
  if (log.version !== '2.1.0') return refuse('unsupported', `SARIF 2.1.0 is read; this log says ${said(log.version)}`, '/version');
  const runs = listIn(log, 'runs');
  if (!runs) return refuse('malformed', 'must be an array', '/runs');
  if (isDeeper(log, limits.sarifDepth)) return refuse('too_large', `a log nests at most ${limits.sarifDepth} deep`);
  const results: SarifResult[] = [];
  const unreadable: string[] = [];
  const files = inlineFiles(log);
  let seen = 0;
  for (const [r, run] of runs.entries()) {
    if (!isObject(run)) {
      unreadable.push(`/runs/${r}`);
      continue;
    }
    if (Object.hasOwn(run, 'results') && run.results !== null && !listIn(run, 'results')) unreadable.push(`/runs/${r}/results`);
    const whole = wholeRun(run, r, files);
    seen += whole.results.length;
    if (seen > limits.sarifResults)
      return refuse('too_large', `a log holds at most ${limits.sarifResults} results; send the runs one by one`, `/runs/${r}/results`);
    readRun(whole, results, unreadable);
  }
  return { results, unreadable };
}

function said(version: unknown): string {
  return typeof version === 'string' ? line(version, 64) : 'no version';
}

function readRun(run: Run, results: SarifResult[], unreadable: string[]): void {
  const tool = toolOf(run.it);
  const once = memory();
  for (const { at, it } of run.results)
    if (isObject(it)) results.push(readResult(it, at, run.it, tool, once));
    else unreadable.push(at);
}

function toolOf(run: Members): Tool {
  const driver = member(member(run, 'tool'), 'driver');
  const version = textIn(driver, 'semanticVersion') || textIn(driver, 'version') || textIn(driver, 'dottedQuadFileVersion');
  const [source] = objectsIn(run, 'versionControlProvenance');
  const bag = member(run, 'properties');
  return {
    name: line([textIn(driver, 'name'), version].filter(Boolean).join(' '), 128) || null,
    repository: textIn(source?.[1], 'repositoryUri') ?? null,
    revision: textIn(source?.[1], 'revisionId') ?? null,
    model: line(textIn(bag, 'ai/model') ?? '', 128) || null,
    byAi: (textIn(bag, 'ai/origin') ?? '') !== '',
  };
}

function readResult(it: Members, at: string, run: Members, tool: Tool, once: Once): SarifResult {
  const rule = ruleWithParents(it, run, once);
  const component = componentOf(it, run, once) ?? member(member(run, 'tool'), 'driver');
  const locations = objectsIn(it, 'locations').slice(0, placesShown);
  const related = objectsIn(it, 'relatedLocations').slice(0, placesShown);
  const steps = stepsOf(it, run);
  const bags = [member(it, 'properties'), member(rule, 'properties')];
  const severity = bags.map((bag) => bag['security-severity']).find((value) => typeof value === 'string' || typeof value === 'number');
  return {
    at,
    ruleId: line(resolvedRuleId(it, run, once) ?? '', 128) || null,
    level: levelOf(it, rule, run, once),
    kind: line(textIn(it, 'kind') ?? 'fail', 32),
    skipped: skippedBecause(it),
    message: messageOf(it, rule, component),
    places: locations.map(([, location]) => placeOf(location, run, once)),
    related: related.map(([, location]) => placeOf(location, run, once)),
    flow: steps.length > 0 ? { steps: steps.length, from: placeOf(steps[0]!, run, once), to: placeOf(steps.at(-1)!, run, once) } : null,
    function: line(locations.map(([, location]) => functionOf(location, run)).find(Boolean) ?? '', limits.symbolFunctionBytes) || null,
    cwes: weaknessesOf(it, rule, run, once),
    fingerprint: line(fingerprintOf(it) ?? '', 256) || null,
    purl: packageIn(it, rule) ?? null,
    fixes: listIn(it, 'fixes')?.length ?? 0,
    severity: severity === undefined ? null : line(String(severity), 32),
    helpUri: textIn(rule, 'helpUri') ?? null,
    tool,
  };
}

/** Without recursion: a log may nest as deep as it is long. */
function isDeeper(document: object, depth: number): boolean {
  let level: object[] = [document];
  for (let i = 0; i < depth; i++) {
    const next: object[] = [];
    for (const value of level) for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) next.push(item);
    if (next.length === 0) return false;
    level = next;
  }
  return true;
}
