import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { z } from 'zod';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { get } from '../clearinghouse/cases/actions.ts';
import { patchProgress, submitPatch } from '../clearinghouse/cases/patches/actions.ts';
import type { pushOut } from '../clearinghouse/cases/patches/wire.ts';
import { type Ending, finish } from './ending.ts';
import { each, filesAt } from './lab-inputs.ts';
import { type Remote, remoteHub } from './remote.ts';

interface Options {
  readonly branch?: string;
  readonly test?: readonly string[];
  readonly writtenBy?: string;
  readonly wait?: boolean;
}

type Push = z.infer<typeof pushOut>;

const lookEveryMs = 1000;

/** `breakwater cases push CASE *.patch`: what git format-patch wrote, from disk, and what the lab says of it. */
export function pushCommand(cases: Command, opts: () => { json?: boolean; url: string; token?: string }): void {
  cases
    .command('push <id> <files...>')
    .description('push a fix to a case: patches of git format-patch or bare diffs, in order; the lab tries it before anybody else sees it')
    .option('--branch <name>', 'which of your branches it is for; it takes the place of what you pushed to it before (default main)')
    .option('--test <command>', 'a test of your own, run in the built tree: words, or a JSON array of them; as often as there are', each)
    .option('--written-by <who>', 'person or ai; you answer for it either way')
    .option('--wait', 'until the lab has tried it: exit 0 = verified, 1 = not, 69 = could not tell')
    .action(async (id: string, files: string[], options: Options) => {
      const { json = false, url, token } = opts();
      finish(await push(remoteHub(url, token), id, files, options), json);
    });
}

async function push(hub: Remote, id: string, paths: readonly string[], { branch, test = [], writtenBy, wait }: Options): Promise<Ending> {
  const files = filesAt(paths, 'files');
  if (isRefusal(files)) return files;
  const series = files.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
  const tests = test.map((line) => ({ name: line, argv: wordsOf(line) }));
  const unread = tests.find(({ argv }) => argv === undefined);
  if (unread) return refuse('malformed', `no words, and no JSON array of them: ${unread.name}`, 'test');
  const pushed = await hub.call(submitPatch, { id, series, branch, tests, writtenBy });
  if (isRefusal(pushed)) return pushed;
  const { id: patchId, ...said } = pushed as { id: string; branch: string; patches: number };
  const what = `${patchId}, ${said.patches} ${said.patches === 1 ? 'patch' : 'patches'} on ${said.branch}`;
  const how = `breakwater cases patch-progress ${id} --patch-id ${patchId}`;
  return wait ? judged(hub, id, patchId) : { value: pushed, text: `${what}: handed to the lab; how far it is: ${how}` };
}

function wordsOf(line: string): unknown {
  if (!line.startsWith('[')) return line.trim().split(/\s+/);
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Waits as long as the lab does; Ctrl-C ends the waiting, never the check. */
async function judged(hub: Remote, id: string, patchId: string): Promise<Ending> {
  for (let before = ''; ; await sleep(lookEveryMs)) {
    const at = (await hub.call(patchProgress, { id, patchId })) as
      | { state: string; progress: { step: string; of: string } | null }
      | Refusal;
    if (isRefusal(at)) return at;
    if (at.state !== 'submitted') break;
    const now = at.progress ? `${at.progress.step} ${at.progress.of}` : 'waits for the lab';
    if (now !== before && process.stderr.isTTY) process.stderr.write(`${now}\n`);
    before = now;
  }
  const of = (await hub.call(get, { id })) as { patches: readonly Push[] } | Refusal;
  if (isRefusal(of)) return of;
  const found = of.patches.find((p) => p.id === patchId)!;
  if (found.state === 'superseded') return { value: found, text: `another push to ${found.branch} took its place before it was tried` };
  if (found.verdict !== 'verified') process.exitCode = found.verdict === 'could-not-tell' ? 69 : 1;
  const steps = (found.steps ?? []).map(({ outcome, because }, i) => {
    const { subject, sha256 } = found.series[i]!;
    return `  ${i + 1}/${found.series.length} ${outcome}${because ? ` (${because})` : ''}  ${subject ?? sha256.slice(0, 12)}`;
  });
  return { value: found, text: [`${found.verdict}: ${found.because}`, ...steps].join('\n') };
}
