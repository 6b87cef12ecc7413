import { plainGuid } from '../descriptors.ts';
import { listIn, type Members, member, objectIn, objectsIn, step, textIn, wholeIn } from '../members.ts';
import { canonicalUri, readUri } from '../uri.ts';
import type { Blame, Kind, Rule, Scene } from './rule.ts';

/** Index-valued properties, and the array of the run (or, after `result.`, of the result; after `driver.`, of the tool) they point into. */
const pointing: Readonly<Partial<Record<Kind, Readonly<Record<string, string>>>>> = {
  address: { index: 'addresses', parentIndex: 'addresses' },
  artifact: { parentIndex: 'artifacts' },
  artifactLocation: { index: 'artifacts' },
  graphTraversal: { runGraphIndex: 'graphs', resultGraphIndex: 'result.graphs' },
  logicalLocation: { index: 'logicalLocations', parentIndex: 'logicalLocations' },
  result: { ruleIndex: 'driver.rules' },
  resultProvenance: { invocationIndex: 'invocations' },
  threadFlowLocation: { index: 'threadFlowLocations' },
  webRequest: { index: 'webRequests' },
  webResponse: { index: 'webResponses' },
};

function checkIndexes(of: Readonly<Record<string, string>>) {
  return (it: Members, at: string, blame: Blame, scene: Scene): void => {
    for (const [name, path] of Object.entries(of)) {
      const index = wholeIn(it, name, -1);
      if (index === -1) continue;
      const [from, list] = path.includes('.') ? path.split('.') : ['run', path];
      const owner = { run: scene.run, result: scene.result, driver: member(member(scene.run, 'tool'), 'driver') }[from!];
      const length = listIn(owner, list!)?.length;
      if (length === undefined) blame(at, `${name} is ${index}, and there is no array ${list}.`);
      else if (index < 0 || index >= length) blame(at, `${name} is ${index}, and the array ${list} has ${length} elements.`);
    }
  };
}

const consistent: Rule = {
  id: 'SARIF1009',
  on: Object.fromEntries(Object.entries(pointing).map(([kind, of]) => [kind, checkIndexes(of)])),
};

/** Index-valued properties whose default, -1, need not be written. */
const sentinels: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  artifactLocation: ['index'],
  reportingDescriptorReference: ['index'],
  threadFlowLocation: ['index'],
  logicalLocation: ['index', 'parentIndex'],
  address: ['index', 'parentIndex'],
  artifact: ['parentIndex'],
};

function checkSentinels(it: Members, names: readonly string[], at: string, blame: Blame): void {
  for (const name of names) if (it[name] === -1) blame(step(at, name), 'An index of -1 is the default and need not be written.');
}

const size: Rule = {
  id: 'SARIF2004',
  on: {
    ...Object.fromEntries(
      Object.entries(sentinels).map(([kind, names]) => [
        kind,
        (it: Members, at: string, blame: Blame) => checkSentinels(it, names, at, blame),
      ]),
    ),
    run(it, at, blame) {
      const [artifact] = listIn(it, 'artifacts') ?? [];
      const place = firstPlace(it);
      if (hasOnly(artifact, 'location') && objectIn(artifact as Members, 'location') && place)
        if (Object.hasOwn(place, 'uri') && Object.hasOwn(place, 'index'))
          blame(`${at}/artifacts`, 'The artifacts say nothing but where they lie, which the results say too.');
      const [rule] = listIn(member(member(it, 'tool'), 'driver'), 'rules') ?? [];
      if (hasOnly(rule, 'id')) blame(`${at}/tool/driver/rules`, 'The rules say nothing but their ids, which the results say too.');
    },
    result(it, at, blame, scene) {
      const target = objectIn(it, 'analysisTarget');
      if (target && objectsIn(it, 'locations').some(([, location]) => isSame(placeOf(location), target)))
        blame(`${at}/analysisTarget`, 'The analysis target is where the result lies, and need not be said.');
      checkRule(it, at, blame, scene);
      checkSentinels(it, ['ruleIndex'], at, blame);
    },
  },
};

function firstPlace(run: Members): Members | undefined {
  const [result] = listIn(run, 'results') ?? [];
  const [location] = listIn(result as Members, 'locations') ?? [];
  return objectIn(member(location as Members, 'physicalLocation'), 'artifactLocation');
}

function placeOf(location: Members): Members {
  return member(member(location, 'physicalLocation'), 'artifactLocation');
}

function hasOnly(it: unknown, name: string): boolean {
  return typeof it === 'object' && it !== null && Object.hasOwn(it, name) && Object.keys(it).length === 1;
}

function isSame(a: Members, b: Members): boolean {
  const [one, other] = [textIn(a, 'uri'), textIn(b, 'uri')];
  if (one === undefined || other === undefined) return false;
  return one === other || (canonicalUri(readUri(one)) ?? '') === (canonicalUri(readUri(other)) ?? ' ');
}

/** §3.27.5–7: `rule` is for rules of an extension; one of the driver is named by ruleId and ruleIndex. */
function checkRule(it: Members, at: string, blame: Blame, { run }: Scene): void {
  const rule = objectIn(it, 'rule');
  if (!rule) return;
  const component = objectIn(rule, 'toolComponent');
  if (!component || isDriver(component, run)) blame(at, 'A rule of the driver is named by ruleId and ruleIndex.');
  else if (textIn(it, 'ruleId')?.trim() || wholeIn(it, 'ruleIndex', -1) >= 0)
    blame(at, 'ruleId or ruleIndex repeat what the property rule says.');
}

function isDriver(component: Members, run: Members): boolean {
  if (wholeIn(component, 'index', -1) !== -1) return false;
  const guid = textIn(component, 'guid');
  const own = textIn(member(member(run, 'tool'), 'driver'), 'guid');
  return guid === undefined || (own !== undefined && plainGuid(guid) === plainGuid(own));
}

export const indexRules: readonly Rule[] = [consistent, size];
