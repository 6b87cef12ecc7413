import { isObject, listIn, type Members, member, objectIn, objectsIn, textIn, wholeIn } from './members.ts';
import type { Once } from './once.ts';

/** A result's rule as the validator looks it up: by index, by GUID, by id, and no parent of a hierarchical id in its place. */
export function ruleOf(result: Members, run: Members, once: Once): Members | undefined {
  const reference = objectIn(result, 'rule');
  const component = named(result, run, once);
  if (!component) return undefined;
  const index = [wholeIn(result, 'ruleIndex', -1), wholeIn(reference, 'index', -1)].find((i) => i >= 0);
  if (index !== undefined) {
    const rule = listIn(component.it, 'rules')?.[index];
    return isObject(rule) ? rule : undefined;
  }
  const { byGuid, byId } = once(`rules of ${component.name}`, () => rulesOf(component.it));
  const guid = textIn(reference, 'guid');
  const id = textIn(result, 'ruleId') ?? textIn(reference, 'id');
  return (guid === undefined ? undefined : byGuid.get(plainGuid(guid))) ?? (id === undefined ? undefined : byId.get(id));
}

/** As `ruleOf`; where an index is wrong, the id counts, and then the ids above it (§3.27.5: `CA1000/1` is of the rule `CA1000`). */
export function ruleWithParents(result: Members, run: Members, once: Once): Members | undefined {
  const rule = ruleOf(result, run, once);
  const component = named(result, run, once);
  if (rule || !component) return rule;
  const { byId } = once(`rules of ${component.name}`, () => rulesOf(component.it));
  let id = textIn(result, 'ruleId') ?? textIn(objectIn(result, 'rule'), 'id') ?? '';
  for (let i = 0; i < levels && id !== ''; i++) {
    const found = byId.get(id);
    if (found) return found;
    id = id.slice(0, Math.max(0, id.lastIndexOf('/')));
  }
  return undefined;
}

/** Of a hierarchical id. */
const levels = 8;

/** The driver or the extension whose rule the result names. */
export function componentOf(result: Members, run: Members, once: Once): Members | undefined {
  return named(result, run, once)?.it;
}

export function resolvedRuleId(result: Members, run: Members, once: Once): string | undefined {
  return textIn(result, 'ruleId') ?? textIn(member(result, 'rule'), 'id') ?? textIn(ruleOf(result, run, once), 'id');
}

export function plainGuid(text: string): string {
  return text.replace(/[{}()-]/g, '').toLowerCase();
}

function named(result: Members, run: Members, once: Once): { name: string; it: Members } | undefined {
  const reference = objectIn(member(result, 'rule'), 'toolComponent');
  const tool = member(run, 'tool');
  const driver = { name: 'driver', it: member(tool, 'driver') };
  const index = wholeIn(reference, 'index', -1);
  if (index !== -1) {
    const it = listIn(tool, 'extensions')?.[index];
    return isObject(it) ? { name: `${index}`, it } : undefined;
  }
  const guid = textIn(reference, 'guid');
  if (guid === undefined) return driver;
  return once(
    'extensions',
    () => new Map(objectsIn(tool, 'extensions').map(([i, it]) => [plainGuid(textIn(it, 'guid') ?? ''), { name: `${i}`, it }])),
  ).get(plainGuid(guid));
}

function rulesOf(component: Members): { byGuid: Map<string, Members>; byId: Map<string, Members> } {
  const rules = objectsIn(component, 'rules').map(([, rule]) => rule);
  const by = (name: string, plain: (text: string) => string) =>
    new Map(
      rules.flatMap((rule): [string, Members][] => {
        const key = textIn(rule, name);
        return key === undefined ? [] : [[plain(key), rule]];
      }),
    );
  return { byGuid: by('guid', plainGuid), byId: by('id', (id) => id) };
}
