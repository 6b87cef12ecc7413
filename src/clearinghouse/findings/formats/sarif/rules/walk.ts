import { isObject, type Members, member, step } from '../members.ts';
import { memory } from '../once.ts';
import type { Say } from '../shape.ts';
import type { Kind, Rule, Scene } from './rule.ts';

/**
 * Which objects the validator visits, in its order: property, kind, `[]` for a list, `{}` for a map. It leaves out some that the standard
 * has (the context region, working directories, a conversion's tool, taxonomies, external properties), and so do its rules.
 */
const visited: Readonly<Record<Kind, string>> = {
  log: 'runs run[]',
  run:
    'conversion conversion, results result[], addresses address[], artifacts artifact[], logicalLocations logicalLocation[], ' +
    'graphs graph[], invocations invocation[], tool tool, versionControlProvenance versionControlDetails[], ' +
    'webRequests webRequest[], webResponses webResponse[], originalUriBaseIds artifactLocation{}',
  address: '',
  artifact: 'location artifactLocation',
  artifactChange: 'artifactLocation artifactLocation',
  artifactLocation: '',
  attachment: 'artifactLocation artifactLocation, regions region[]',
  codeFlow: 'threadFlows threadFlow[]',
  configurationOverride: 'descriptor reportingDescriptorReference',
  conversion: 'analysisToolLogFiles artifactLocation[]',
  fix: 'artifactChanges artifactChange[]',
  graph: 'nodes node[]',
  graphTraversal: '',
  invocation:
    'executableLocation artifactLocation, notificationConfigurationOverrides configurationOverride[], responseFiles artifactLocation[], ' +
    'ruleConfigurationOverrides configurationOverride[], stdin artifactLocation, stdout artifactLocation, stderr artifactLocation, ' +
    'stdoutStderr artifactLocation, toolExecutionNotifications notification[], toolConfigurationNotifications notification[]',
  location: 'physicalLocation physicalLocation, logicalLocations logicalLocation[]',
  logicalLocation: '',
  node: 'location location',
  notification: 'associatedRule reportingDescriptorReference, descriptor reportingDescriptorReference, locations location[]',
  physicalLocation: 'address address, artifactLocation artifactLocation, region region',
  region: '',
  reportingDescriptor: 'relationships reportingDescriptorRelationship[]',
  reportingDescriptorReference: '',
  reportingDescriptorRelationship: 'target reportingDescriptorReference',
  result:
    'analysisTarget artifactLocation, attachments attachment[], locations location[], codeFlows codeFlow[], provenance resultProvenance, ' +
    'rule reportingDescriptorReference, graphs graph[], graphTraversals graphTraversal[], stacks stack[], relatedLocations location[], ' +
    'fixes fix[], taxa reportingDescriptorReference[], webRequest webRequest, webResponse webResponse',
  resultProvenance: 'conversionSources physicalLocation[]',
  stack: 'frames stackFrame[]',
  stackFrame: 'location location',
  threadFlow: 'locations threadFlowLocation[]',
  threadFlowLocation: 'location location, taxa reportingDescriptorReference[], webRequest webRequest, webResponse webResponse',
  tool: 'driver toolComponent, extensions toolComponent[]',
  toolComponent: 'notifications reportingDescriptor[], rules reportingDescriptor[]',
  versionControlDetails: 'mappedTo artifactLocation',
  webRequest: '',
  webResponse: '',
};

interface Child {
  readonly name: string;
  readonly kind: Kind;
  readonly many: '' | '[]' | '{}';
}

const children = Object.fromEntries(
  Object.entries(visited).map(([kind, list]) => [
    kind,
    list.split(', ').flatMap((entry): Child[] => {
      const [, name, of, many] = /^(\w+) (\w+)(\[\]|\{\})?$/.exec(entry) ?? [];
      return name ? [{ name, kind: of as Kind, many: (many ?? '') as Child['many'] }] : [];
    }),
  ]),
) as Record<Kind, Child[]>;

const nowhere = { run: {}, runIndex: -1, result: {}, resultIndex: -1, list: '' };

/** Every rule over every object of the log that it looks at. The depth is that of the table above, whatever the log's is. */
export function walk(log: Members, rules: readonly Rule[], say: Say): void {
  let open = true;
  const looks = new Map<string, ((it: Members, at: string, scene: Scene) => void)[]>();
  for (const { id, on } of rules)
    for (const [kind, look] of Object.entries(on)) {
      const blame = (pointer: string, message: string) => {
        open = say(id, pointer, message);
      };
      const list = looks.get(kind) ?? [];
      looks.set(kind, [...list, (it, at, scene) => look(it, at, blame, scene)]);
    }
  visit(log, 'log', '', { ...nowhere, log, once: memory() }, (it, kind, at, scene) => {
    for (const look of looks.get(kind) ?? []) look(it, at, scene);
    return open;
  });
}

/** False where the walk may end. */
type Visitor = (it: Members, kind: Kind, at: string, scene: Scene) => boolean;

function visit(it: Members, kind: Kind, at: string, scene: Scene, visitor: Visitor): boolean {
  if (!visitor(it, kind, at, scene)) return false;
  for (const child of children[kind]) {
    const value = Object.hasOwn(it, child.name) ? it[child.name] : undefined;
    const place = step(at, child.name);
    const items: Iterable<[number | string, unknown]> =
      child.many === ''
        ? [[-1, value]]
        : child.many === '{}'
          ? Object.entries(member(it, child.name))
          : Array.isArray(value)
            ? value.entries()
            : [];
    for (const [index, item] of items) {
      if (!isObject(item)) continue;
      const where = child.many === '' ? place : step(place, index);
      if (!visit(item, child.kind, where, sceneOf(item, child, index, scene), visitor)) return false;
    }
  }
  return true;
}

function sceneOf(it: Members, { kind, name }: Child, index: number | string, scene: Scene): Scene {
  if (kind === 'run') return { ...scene, run: it, runIndex: Number(index), once: memory() };
  if (kind === 'result') return { ...scene, result: it, resultIndex: Number(index) };
  return kind === 'reportingDescriptor' ? { ...scene, list: name } : scene;
}
