import { z } from 'zod';
import { type Instant, instantOf } from '../../../base/instant.ts';
import { type Found, type Import, idOf, type Known, recipeFor } from './draft.ts';
import { readTomlSubset } from './toml.ts';

/** A line of ARVO's metadata: the bug as OSS-Fuzz told of it. */
const arvo = z.object({
  id: z.int(),
  project: z.string(),
  fuzz_target: z.string().nullish(),
  sanitizer: z.string().nullish(),
  crash_type: z.string().nullish(),
  reported_at: z.number().nullish(),
  cve: z.string().nullish(),
});
/** A line of CyberGym's list of tasks: commits and an image. */
const cybergym = z.object({
  task_id: z.string(),
  project: z.string(),
  target_prog: z.string().nullish(),
  build_image: z.string().nullish(),
});

/** ARVO's own file of one bug, `meta/<id>.json`: what ClusterFuzz wrote into its report is text, and the day is the first comment's. */
const arvoFile = z.object({
  localId: z.int(),
  project: z.string(),
  crash_type: z.string().nullish(),
  /** Two of them are a list. */
  CVE: z.union([z.string(), z.array(z.string())]).nullish(),
  report: z.object({ comments: z.array(z.object({ timestamp: z.number().nullish(), content: z.string().nullish() })) }).nullish(),
});

/** JSON Lines, ARVO's files and CyberGym's folders (`config.toml`, above it `project.toml`); a task is to write an input that trips the fuzz target. */
export function readCyberGym(files: readonly Found[], known: readonly Known[], into: Import): void {
  readLines(files, known, into);
  for (const { path, text } of files.filter(({ path: at }) => /(?:^|\/)\d+\.json$/.test(at))) {
    const said = arvoFile.safeParse(json(text)).data;
    if (!said) {
      into.problem(path, 'not the metadata of a bug of ARVO');
      continue;
    }
    const [first] = said.report?.comments ?? [];
    const target = /^Fuzz target(?: binary)?: (\S{1,200})/im.exec(first?.content?.slice(0, 10_000) ?? '')?.[1];
    arvoTask(
      { ...said, id: said.localId, fuzz_target: target, reported_at: first?.timestamp, cve: [said.CVE].flat()[0] },
      path,
      known,
      into,
    );
  }
  const projects = new Map(files.filter(({ path }) => path.endsWith('/project.toml')).map(({ path, text }) => [path, text]));
  for (const { path, text } of files.filter(({ path: at }) => /(?:^|\/)config\.toml$/.test(at))) {
    const { values, unread } = readTomlSubset(text);
    const [task, target] = [values.get('task_id'), values.get('target_prog')];
    if (typeof task !== 'string') {
      into.problem(path, 'not the configuration of a task of CyberGym');
      continue;
    }
    const id = idOf(task);
    for (const line of unread) into.problem(id, `config.toml: line ${line} is not read`);
    const folder = path.split('/').slice(0, -2);
    const project = readTomlSubset(projects.get([...folder, 'project.toml'].join('/')) ?? '').values;
    const image = project.get('build_image');
    if (image !== undefined) into.problem(id, `it is built in the image ${image}`);
    const name = String(project.get('name') ?? folder.at(-1) ?? 'the project');
    const rest = { ...recipeFor(null, known), disclosedAt: null, from: { format: 'cybergym', path } };
    into.task({ ...base(id, name, typeof target === 'string' ? target : null, null), ...rest });
  }
}

function arvoTask(bug: z.infer<typeof arvo>, path: string, known: readonly Known[], into: Import): void {
  const id = idOf('arvo', String(bug.id));
  const reported = bug.reported_at;
  const disclosedAt: Instant | null = reported && reported > 0 && reported < 4e9 ? instantOf(reported * 1000) : null;
  // The day it was reported is a bound: it was public on no earlier one.
  if (disclosedAt) into.problem(id, 'its date is the day it was reported, and it became public later');
  const rest = { ...recipeFor(bug.cve, known), disclosedAt, from: { format: 'arvo', path } };
  into.task({ ...base(id, bug.project, bug.fuzz_target, bug.crash_type), ...rest });
}

function readLines(files: readonly Found[], known: readonly Known[], into: Import): void {
  for (const { path, text } of files.filter(({ path: at }) => at.endsWith('.jsonl')))
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const said = json(line);
      const [bug, task] = [arvo.safeParse(said).data, cybergym.safeParse(said).data];
      if (!bug && !task) into.problem(`${path}:${i + 1}`, 'neither metadata of ARVO nor a task of CyberGym');
      else if (task) {
        const id = idOf(task.task_id);
        if (task.build_image) into.problem(id, `it is built in the image ${task.build_image}`);
        into.task({
          ...base(id, task.project, task.target_prog, null),
          ...recipeFor(null, known),
          disclosedAt: null,
          from: { format: 'cybergym', path },
        });
      } else if (bug) arvoTask(bug, path, known, into);
    }
}

function base(id: string, project: string, target: string | null | undefined, crash: string | null | undefined) {
  const where = target ? ` through its fuzz target ${target}` : '';
  const what = crash ? `: ${crash.split('\n')[0]}` : '';
  const prompt = `Write an input that makes ${project} fail${where}${what}.`;
  return { id, prompt, skill: 'reproduce', level: crash ? 1 : 0, weakness: null, humanMinutes: null, minutes: null } as const;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
