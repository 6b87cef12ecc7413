import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { publish, recordChecks } from '../reviews/suites/actions.ts';
import { taskDigest } from '../reviews/suites/suite.ts';
import { tasksNamed } from './cli-suites-check.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { remoteHub } from './remote.ts';

interface Hub {
  readonly json?: boolean;
  readonly url: string;
  readonly token?: string;
}

export function suitesPublishCommand(group: Command, hub: () => Hub): void {
  group
    .command('publish-files <name> [task...]')
    .description('publish tasks from files as a suite of the hub. TASK: an id, a file or a directory; all that ship where none is named')
    .option('--checked <file>', 'what `suites check --json` said of them, to be kept beside')
    .action(async (name: string, tasks: readonly string[], { checked }: { checked?: string }) =>
      finish(await publishFiles(name, tasks, checked, hub()), hub().json ?? false),
    );
}

async function publishFiles(name: string, named: readonly string[], checkedFile: string | undefined, hub: Hub): Promise<Ending> {
  const tasks = tasksNamed(named, readConfig(process.env));
  if (isRefusal(tasks)) return tasks;
  const checked = checkedFile === undefined ? [] : checksIn(checkedFile);
  if (isRefusal(checked)) return checked;
  // Of many checks those of this suite: the file may be of all tasks.
  const digests = new Set(tasks.map(taskDigest));
  const own = checked.filter(({ taskDigest }) => digests.has(taskDigest));
  if (checkedFile !== undefined && own.length === 0) return refuse('stale', 'none of these checks is of these tasks', 'checked');
  const remote = remoteHub(hub.url, hub.token);
  const suite = await remote.call(publish, { name, tasks });
  if (isRefusal(suite) || own.length === 0) return isRefusal(suite) ? suite : said(suite as Published);
  const { id } = suite as Published;
  const kept = await remote.call(recordChecks, { id, checked: own });
  return isRefusal(kept) ? { ...kept, because: `${id} is published, its checks are not kept: ${kept.because}` } : said(kept as Published);
}

interface Published {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly tasks: readonly { readonly checked: { readonly state: string } | null }[];
}

function said(suite: Published): Ending {
  const { id, name, digest, tasks } = suite;
  const of = (state: string | undefined) => tasks.filter(({ checked }) => checked?.state === state).length;
  const gate = `${of('passed')} passed the gate, ${of('quarantined')} in quarantine, ${of('could-not-tell')} could not be told, ${of(undefined)} not asked of it`;
  return { value: suite, text: `${id}  ${name}: ${tasks.length} tasks, ${gate}\ndigest ${digest}` };
}

interface Said {
  readonly taskId: unknown;
  readonly taskDigest: string;
  readonly state: unknown;
  readonly because: unknown;
  readonly checks: readonly { readonly name?: unknown }[];
}

/** Of the whole gate alone: who was asked by one attacker has not passed it. */
function checksIn(path: string): Omit<Said, 'checks'>[] | Refusal {
  try {
    const said: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!Array.isArray(said)) return refuse('malformed', 'not what `suites check --json` writes', 'checked');
    const isWhole = ({ state, checks }: Said) => state !== 'passed' || checks.some(({ name }) => name === 'reference');
    const whole = (said as Said[]).filter(isWhole);
    if (whole.length < said.length) return refuse('malformed', 'it is of one attacker alone (`--only`)', 'checked');
    return whole.map(({ taskId, taskDigest, state, because }) => ({ taskId, taskDigest, state, because }));
  } catch (error) {
    return refuse('malformed', (error as Error).message, 'checked');
  }
}
