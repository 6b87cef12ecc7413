import { limits } from '../../../../base/limits.ts';
import { depthOf } from '../../../../base/wire.ts';

/** A rule of STIX 2.1 that is broken, and where (JSON pointer). */
interface StixFault {
  readonly at: string;
  readonly because: string;
}

type Json = Readonly<Record<string, unknown>>;
type Say = (at: string, because: string) => unknown;

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const idPattern = new RegExp(`^[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--${uuid}$`);
const timestamp = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z$/;

/** Properties that a type must have beside the common ones (STIX 2.1 §4, §5, §6, §7); those of types that are not here are not looked at. */
const required: Readonly<Record<string, readonly string[]>> = {
  'attack-pattern': ['name'],
  campaign: ['name'],
  'course-of-action': ['name'],
  grouping: ['context', 'object_refs'],
  identity: ['name'],
  incident: ['name'],
  indicator: ['pattern', 'pattern_type', 'valid_from'],
  infrastructure: ['name'],
  'intrusion-set': ['name'],
  malware: ['is_family'],
  'malware-analysis': ['product'],
  note: ['content', 'object_refs'],
  'observed-data': ['first_observed', 'last_observed', 'number_observed'],
  opinion: ['opinion', 'object_refs'],
  report: ['name', 'published', 'object_refs'],
  'threat-actor': ['name'],
  tool: ['name'],
  vulnerability: ['name'],
  relationship: ['relationship_type', 'source_ref', 'target_ref'],
  sighting: ['sighting_of_ref'],
  software: ['name'],
};
/** §6: they have no author and no times. */
const observables =
  /^(artifact|autonomous-system|directory|domain-name|email-addr|email-message|file|ipv[46]-addr|mac-addr|mutex|network-traffic|process|software|url|user-account|windows-registry-key|x509-certificate)$/;
const times = [
  'created',
  'modified',
  'published',
  'valid_from',
  'valid_until',
  'first_observed',
  'last_observed',
  'first_seen',
  'last_seen',
];

/** Every rule that one bundle breaks, of those that can be told from the bundle alone; none = it may be read. */
export function faultsOfStix(document: unknown): StixFault[] {
  if (!isObject(document)) return [{ at: '', because: 'a bundle is an object' }];
  if (depthOf(document) > limits.jsonDepth) return [{ at: '', because: `deeper than ${limits.jsonDepth} levels` }];
  const faults: StixFault[] = [];
  const say = (at: string, because: string) => void faults.push({ at, because });
  if (document.type !== 'bundle') say('/type', 'must be bundle (§8)');
  if (!isId(document.id, 'bundle')) say('/id', 'must be bundle--<UUID> (§2.9)');
  const { objects = [] } = document;
  if (!Array.isArray(objects)) return [...faults, { at: '/objects', because: 'must be a list' }];
  if ('objects' in document && objects.length === 0) say('/objects', 'a list is never empty (§2.11)');
  const seen = new Set<string>();
  for (const [i, object] of objects.entries()) {
    const at = `/objects/${i}`;
    if (!isObject(object)) {
      say(at, 'must be an object');
      continue;
    }
    faultsOfObject(object, (where, because) => say(`${at}${where}`, because));
    const version = `${String(object.id)} ${String(object.modified ?? object.created)}`;
    if (seen.has(version)) say(`${at}/id`, 'the same version of an object stands here twice (§8)');
    seen.add(version);
  }
  return faults;
}

function faultsOfObject(object: Json, say: Say): unknown {
  const { type } = object;
  if (typeof type !== 'string' || !/^[a-z0-9][a-z0-9-]{1,248}[a-z0-9]$/.test(type)) return say('/type', 'must be a type name (§3.2)');
  if (!isId(object.id, type)) say('/id', `must be ${type}--<UUID> (§2.9)`);
  const isObservable = observables.test(type);
  if (object.spec_version !== '2.1' && !(isObservable && object.spec_version === undefined)) say('/spec_version', 'must be 2.1 (§3.2)');
  const isVersioned = !isObservable && type !== 'marking-definition';
  const commonProperties = isObservable ? [] : isVersioned ? ['created', 'modified'] : ['created'];
  for (const name of [...commonProperties, ...(required[type] ?? [])]) if (object[name] === undefined) say(`/${name}`, 'is missing');
  for (const name of times)
    if (object[name] !== undefined && !isTimestamp(object[name])) say(`/${name}`, 'must be a timestamp in UTC (§2.16)');
  if (isVersioned && isTimestamp(object.created) && isTimestamp(object.modified) && isBefore(object.modified, object.created))
    say('/modified', 'must not be before created (§3.2)');
  for (const [name, value] of Object.entries(object)) faultOfProperty(name, value, say);
}

function faultOfProperty(name: string, value: unknown, say: Say): unknown {
  if (!/^[a-z0-9_]{3,250}$/.test(name) && name !== 'id') say(`/${pointer(name)}`, 'is no property name (§3.1)');
  if (value === null) return say(`/${pointer(name)}`, 'is left out rather than null (§3.1)');
  if (Array.isArray(value) && value.length === 0) say(`/${pointer(name)}`, 'a list is never empty (§2.11)');
  if (name.endsWith('_ref') && !isId(value)) say(`/${name}`, 'must be an id (§2.9)');
  if (name.endsWith('_refs')) {
    if (!Array.isArray(value)) return say(`/${name}`, 'must be a list of ids');
    for (const [i, ref] of value.entries()) if (!isId(ref)) say(`/${name}/${i}`, 'must be an id (§2.9)');
  }
  if (name !== 'external_references') return;
  if (!Array.isArray(value)) return say(`/${name}`, 'must be a list');
  for (const [i, reference] of value.entries()) {
    const at = `/${name}/${i}`;
    // §2.5: the source, and at least one of these three.
    if (!isObject(reference) || typeof reference.source_name !== 'string') say(`${at}/source_name`, 'is missing (§2.5)');
    else if (!['description', 'url', 'external_id'].some((p) => typeof reference[p] === 'string')) say(at, 'says nothing (§2.5)');
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown, type?: string): value is string {
  return typeof value === 'string' && value.length <= 290 && idPattern.test(value) && (type === undefined || value.startsWith(`${type}--`));
}

function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 64 && timestamp.test(value);
}

/** Of two timestamps in UTC, to whatever fraction. */
function isBefore(a: string, b: string): boolean {
  const [left, right] = [a, b].map((t) =>
    t
      .slice(0, -1)
      .replace(/\.(\d*?)0*$/, '.$1')
      .replace(/\.$/, ''),
  );
  return left! < right!;
}

function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
