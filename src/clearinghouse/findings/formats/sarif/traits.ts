import { plainGuid } from './descriptors.ts';
import { listIn, type Members, member, objectIn, objectsIn, textIn, wholeIn } from './members.ts';
import type { Once } from './once.ts';
import { elementAt } from './places.ts';

const levels = ['none', 'note', 'warning', 'error'] as const;
export type Level = (typeof levels)[number];

function levelIn(of: Members): Level | undefined {
  return levels.find((level) => level === of.level);
}

/** §3.27.10: the result's own, none where it is no failure, else what the invocation or the rule is set to. */
export function levelOf(result: Members, rule: Members | undefined, run: Members, once: Once): Level {
  const own = levelIn(result);
  if (own) return own;
  if (result.kind !== undefined && result.kind !== 'fail') return 'none';
  const invocation = wholeIn(member(result, 'provenance'), 'invocationIndex', -1);
  const overrides = once(`overrides of ${invocation}`, () => overridesOf(elementAt(run, 'invocations', invocation)));
  const id = textIn(rule, 'id') ?? textIn(result, 'ruleId') ?? '';
  return (
    overrides.get(id) ?? overrides.get(`#${wholeIn(result, 'ruleIndex', -1)}`) ?? levelIn(member(rule, 'defaultConfiguration')) ?? 'warning'
  );
}

/** Levels that an invocation sets (§3.20.5), by a rule's id or, for the driver's, by `#` and its index. */
function overridesOf(invocation: Members | undefined): Map<string, Level> {
  return new Map(
    objectsIn(invocation, 'ruleConfigurationOverrides').flatMap(([, override]): [string, Level][] => {
      const level = levelIn(member(override, 'configuration'));
      const descriptor = member(override, 'descriptor');
      const index = wholeIn(descriptor, 'index', -1);
      const key = textIn(descriptor, 'id') ?? (index >= 0 && !objectIn(descriptor, 'toolComponent') ? `#${index}` : undefined);
      return level && key !== undefined ? [[key, level]] : [];
    }),
  );
}

export type Skipped = 'suppressed' | 'absent' | 'pass' | 'notApplicable';

/** Why a result tells of no flaw. A suppression counts only if nobody still looks into one or has turned one down (§3.27.23, §3.35.3). */
export function skippedBecause(result: Members): Skipped | null {
  if (result.kind === 'pass' || result.kind === 'notApplicable') return result.kind;
  if (result.baselineState === 'absent') return 'absent';
  const suppressions = objectsIn(result, 'suppressions').map(([, it]) => it.status);
  const doubtful = suppressions.some((status) => status !== undefined && status !== 'accepted');
  return suppressions.length > 0 && !doubtful ? 'suppressed' : null;
}

/** A result or rule is of few weaknesses; the rest of a long list is not read. */
const weaknesses = 64;

/** `CWE-787`, each once: from taxa, relationships of the rule, tags and properties, and the rule's id, as tools write it. */
export function weaknessesOf(result: Members, rule: Members | undefined, run: Members, once: Once): string[] {
  const related = objectsIn(rule, 'relationships').map(([, it]) => member(it, 'target'));
  const taxa = [...objectsIn(result, 'taxa').map(([, it]) => it), ...related].slice(0, weaknesses).map((it) => taxonOf(it, run, once));
  const bags = [member(result, 'properties'), member(rule, 'properties')];
  const tags = bags.flatMap((bag) => [bag.cwe, bag.cwes, bag['cwe-id'], bag.cweId, bag.tags].flat(1).slice(0, weaknesses));
  const found = [...taxa, ...tags, textIn(result, 'ruleId'), textIn(rule, 'id'), textIn(rule, 'name')].flatMap((said) => {
    const number = typeof said === 'string' ? /(?:^|[^a-z0-9])cwe[-_: ]?0*([1-9]\d{0,5})(?!\d)/i.exec(said.slice(0, 256))?.[1] : undefined;
    return number ? [`CWE-${number}`] : [];
  });
  return [...new Set(found)];
}

/** §3.52: a taxon of the CWE, named by id or by its index in a taxonomy of the run. */
function taxonOf(reference: Members, run: Members, once: Once): string | undefined {
  const component = member(reference, 'toolComponent');
  const index = wholeIn(component, 'index', -1);
  const byGuid = once('taxonomies', () => new Map(objectsIn(run, 'taxonomies').map(([, it]) => [plainGuid(textIn(it, 'guid') ?? ''), it])));
  const taxonomy = elementAt(run, 'taxonomies', index) ?? byGuid.get(plainGuid(textIn(component, 'guid') ?? '-'));
  const name = textIn(component, 'name') ?? textIn(taxonomy, 'name') ?? '';
  if (!/^(?:CWE|Common Weakness Enumeration)\b/i.test(name.slice(0, 64))) return undefined;
  const id = textIn(reference, 'id') ?? textIn(elementAt(taxonomy ?? {}, 'taxa', wholeIn(reference, 'index', -1)), 'id') ?? '';
  return `CWE-${id.slice(0, 32).replace(/^CWE-/i, '')}`;
}

/** One text to know the result by again (§3.27.16, §3.27.17): its own fingerprint, else GitHub's hash of the line, else the first. */
export function fingerprintOf(result: Members): string | null {
  const partial = member(result, 'partialFingerprints');
  const all = [
    ...Object.entries(member(result, 'fingerprints')),
    ['', textIn(partial, 'primaryLocationLineHash')],
    ...Object.entries(partial),
  ];
  return (all.find(([, value]) => typeof value === 'string' && value !== '')?.[1] as string | undefined) ?? null;
}

/** How data flows to the place: the steps of the first thread flow (§3.36, §3.37), those it only names by index included. */
export function stepsOf(result: Members, run: Members): Members[] {
  const [flow] = objectsIn(result, 'codeFlows');
  const [thread] = objectsIn(flow?.[1], 'threadFlows');
  return objectsIn(thread?.[1], 'locations').map(([, step]) => {
    const shared = elementAt(run, 'threadFlowLocations', wholeIn(step, 'index', -1));
    return objectIn(step, 'location') ?? member(shared, 'location');
  });
}

export function packageIn(result: Members, rule: Members | undefined): string | undefined {
  const bags = [member(result, 'properties'), member(rule, 'properties')];
  const named = bags.flatMap((bag) => [bag.purl, bag.packageUrl, listIn(bag, 'purls')?.[0]]);
  const locations = objectsIn(result, 'locations').slice(0, 16);
  const logical = locations.flatMap(([, it]) => objectsIn(it, 'logicalLocations').slice(0, 4));
  const places = [
    ...locations.map(([, it]) => textIn(member(member(it, 'physicalLocation'), 'artifactLocation'), 'uri')),
    ...logical.map(([, it]) => textIn(it, 'fullyQualifiedName')),
  ];
  return [...named, ...places].find((text): text is string => typeof text === 'string' && text.startsWith('pkg:'));
}
