import { listIn, type Members, member, objectIn, objectsIn, textIn, wholeIn } from '../members.ts';
import { propertyText } from './ai-origin.ts';
import type { Blame, Rule, Scene } from './rule.ts';

type Look = (notification: Members, at: string, blame: Blame, scene: Scene) => void;

function notifications(lists: readonly string[], look: Look): Rule['on'] {
  return {
    invocation(it, at, blame, scene) {
      for (const list of lists) for (const [i, notification] of objectsIn(it, list)) look(notification, `${at}/${list}/${i}`, blame, scene);
    },
  };
}

const both = ['toolExecutionNotifications', 'toolConfigurationNotifications'];

/** Ids that the driver or an extension has in one of its lists. */
function idsOf(run: Members, list: string): Set<string | undefined> {
  const tool = member(run, 'tool');
  const components = [member(tool, 'driver'), ...objectsIn(tool, 'extensions').map(([, it]) => it)];
  return new Set(components.flatMap((component) => objectsIn(component, list).map(([, it]) => textIn(it, 'id'))));
}

const ruled: Look = (it, at, blame, { run, once }) => {
  const id = textIn(member(it, 'associatedRule'), 'id');
  if (id !== undefined && !once('rule ids', () => idsOf(run, 'rules')).has(id)) blame(`${at}/associatedRule`, `There is no rule ${id}.`);
};

const described: Look = (it, at, blame, { run, once }) => {
  const descriptor = objectIn(it, 'descriptor');
  const id = textIn(descriptor, 'id');
  if (!descriptor) blame(at, 'The notification has no descriptor.');
  else if (id !== undefined && !once('notification ids', () => idsOf(run, 'notifications')).has(id))
    blame(`${at}/descriptor`, `There is no notification ${id}.`);
};

const learned: Look = (it, at, blame, { run }) => {
  if (textIn(member(it, 'descriptor'), 'id') !== 'LEARNING-SIGNAL') return;
  const first = listIn(it, 'locations')?.[0];
  if (first === undefined) {
    blame(at, 'The signal names no artifact.');
    return;
  }
  const index = wholeIn(member(member(first as Members, 'physicalLocation'), 'artifactLocation'), 'index', -1);
  const artifact = listIn(run, 'artifacts')?.[index];
  if (index < 0 || !listIn(artifact as Members | undefined, 'roles')?.includes('attachment'))
    blame(at, 'The signal names no artifact that is an attachment.');
};

const timed: Look = (it, at, blame) => {
  if (textIn(it, 'timeUtc') === undefined) blame(at, 'The notification does not say when.');
};

interface Edge {
  readonly kind: 'includes' | 'isIncludedBy';
  readonly run: number;
  readonly result: number;
}

/** How a result groups others: relationships of its locations to a location whose URI points to a result of this log. */
function edgesOf(result: Members): Edge[] {
  const places = ['locations', 'relatedLocations'].flatMap((list) => objectsIn(result, list).map(([, place]) => place));
  const byId = new Map<number, Members>();
  for (const place of places) {
    const id = wholeIn(place, 'id', -1);
    if (!byId.has(id)) byId.set(id, place);
  }
  return places.flatMap((place) =>
    objectsIn(place, 'relationships').flatMap(([, relationship]): Edge[] => {
      const kinds = listIn(relationship, 'kinds') ?? [];
      const kind = (['includes', 'isIncludedBy'] as const).find((one) => kinds.includes(one));
      const target = byId.get(wholeIn(relationship, 'target', 0));
      const uri = textIn(member(member(target, 'physicalLocation'), 'artifactLocation'), 'uri') ?? '';
      const [, run, index] = /^sarif:\/runs\/([0-9]{1,9})\/results\/([0-9]{1,9})/.exec(uri) ?? [];
      return kind && run && index ? [{ kind, run: Number(run), result: Number(index) }] : [];
    }),
  );
}

function resultAt(log: Members, edge: Edge): Members | undefined {
  const run = listIn(log, 'runs')?.[edge.run] as Members | undefined;
  return listIn(run, 'results')?.[edge.result] as Members | undefined;
}

const reciprocal: Rule = {
  id: 'AI1015',
  on: {
    result(it, at, blame, { log, runIndex, resultIndex, once }) {
      for (const edge of edgesOf(it)) {
        const target = resultAt(log, edge);
        if (!target) continue;
        const inverse = edge.kind === 'includes' ? 'isIncludedBy' : 'includes';
        const back = once(
          `edges of ${edge.run} ${edge.result}`,
          () => new Set(edgesOf(target).map((e) => `${e.kind} ${e.run} ${e.result}`)),
        );
        if (!back.has(`${inverse} ${runIndex} ${resultIndex}`)) blame(at, `The other result does not say ${inverse} of this one.`);
      }
    },
  },
};

const direction: Rule = {
  id: 'AI2020',
  on: {
    result(it, at, blame, { log, run }) {
      const from = propertyText(run, 'ai/origin');
      for (const edge of edgesOf(it)) {
        const target = listIn(log, 'runs')?.[edge.run];
        const to = target === undefined ? undefined : propertyText(target as Members, 'ai/origin');
        if (edge.kind !== 'includes' || from === undefined || to === undefined) continue;
        if (from !== 'synthesized' || !['generated', 'annotated'].includes(to))
          blame(at, `Results of a ${from} run include those of a ${to} one.`);
      }
    },
  },
};

export const aiNotificationRules: readonly Rule[] = [
  { id: 'AI1013', on: notifications(both, ruled) },
  reciprocal,
  { id: 'AI2017', on: notifications(both, described) },
  { id: 'AI2018', on: notifications(['toolExecutionNotifications'], learned) },
  { id: 'AI2019', on: notifications(both, timed) },
  direction,
];
