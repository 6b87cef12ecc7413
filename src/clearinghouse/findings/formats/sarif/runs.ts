import { listIn, type Members, member, objectIn, objectsIn, textIn } from './members.ts';

/** A run with what the log keeps for it elsewhere, and its results with their places in the log. */
export interface Run {
  readonly it: Members;
  readonly results: readonly { readonly at: string; readonly it: unknown }[];
}

const lists = [
  ...['artifacts', 'graphs', 'invocations', 'logicalLocations', 'threadFlowLocations', 'taxonomies', 'addresses'],
  ...['policies', 'translations', 'webRequests', 'webResponses'],
];

/** What an external property file holds (§4), with its place in the log. */
type File = readonly [number, Members];

/** The files that stand inline in the log, each taken once: it is of one run. */
interface InlineFiles {
  takenBy(run: Members): readonly File[];
}

/**
 * §3.14.2 and §4: properties of a run may stand in external files, and those files inline in the log (§3.13.5). An inline file belongs to the
 * run whose guid it names, or that names it by guid; where there is one run and the file names none, to that. Other files are not fetched.
 */
export function inlineFiles(log: Members): InlineFiles {
  const alone = listIn(log, 'runs')?.length === 1;
  const byKey = new Map<string, File[]>();
  for (const file of objectsIn(log, 'inlineExternalProperties')) {
    const [own, of] = [textIn(file[1], 'guid'), textIn(file[1], 'runGuid')];
    const keys = [...(own === undefined ? [] : [`file ${own}`]), ...(of === undefined ? [] : [`run ${of}`])];
    for (const key of keys.length === 0 && alone ? ['alone'] : keys) {
      const list = byKey.get(key) ?? [];
      list.push(file);
      byKey.set(key, list);
    }
  }
  const free = new Set([...byKey.values()].flat());
  return {
    takenBy(run) {
      if (free.size === 0) return [];
      const named = Object.values(member(run, 'externalPropertyFileReferences')).flat();
      const keys = named.map((reference) => `file ${textIn(reference as Members, 'guid')}`);
      const found = [...keys, `run ${textIn(member(run, 'automationDetails'), 'guid')}`, 'alone'].flatMap((key) => byKey.get(key) ?? []);
      return [...new Set(found)].filter((file) => free.delete(file)).sort(([a], [b]) => a - b);
    },
  };
}

export function wholeRun(run: Members, index: number, files: InlineFiles): Run {
  const own = (listIn(run, 'results') ?? []).map((it, i) => ({ at: `/runs/${index}/results/${i}`, it }));
  const inline = files.takenBy(run);
  if (inline.length === 0) return { it: run, results: own };
  const whole: Record<string, unknown> = { ...run };
  for (const name of lists)
    if (!listIn(run, name)) {
      const all = inline.flatMap(([, file]) => listIn(file, name) ?? []);
      if (all.length > 0) whole[name] = all;
    }
  const driver = inline.map(([, file]) => objectIn(file, 'driver')).find((it) => it !== undefined);
  const extensions = inline.flatMap(([, file]) => listIn(file, 'extensions') ?? []);
  const tool = member(run, 'tool');
  if (driver || extensions.length > 0)
    whole.tool = { ...tool, ...(driver ? { driver } : {}), ...(extensions.length > 0 ? { extensions } : {}) };
  const kept = inline.flatMap(([f, file]) =>
    (listIn(file, 'results') ?? []).map((it, i) => ({ at: `/inlineExternalProperties/${f}/results/${i}`, it })),
  );
  return { it: whole, results: listIn(run, 'results') ? own : kept };
}
