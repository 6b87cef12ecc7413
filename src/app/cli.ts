import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { isRefusal, refuse } from '../base/refusal.ts';
import type { AnyAction } from '../trust/action.ts';
import { actions } from './actions.ts';
import { advisoriesCommands } from './cli-advisories.ts';
import { casesCommands } from './cli-cases.ts';
import { cvesCommands } from './cli-cves.ts';
import { findingsCommands } from './cli-findings.ts';
import { horizonsCommand } from './cli-horizons.ts';
import { labCommands } from './cli-lab.ts';
import { ledgerCommand } from './cli-ledger.ts';
import { linkCommand } from './cli-link.ts';
import { logCommands } from './cli-log.ts';
import { logsCommands } from './cli-logs.ts';
import { globalOptionsAnywhere, noteOf, parsedAs, placeholderOf } from './cli-options.ts';
import { osvCommands } from './cli-osv.ts';
import { providerCommands } from './cli-provider.ts';
import { releasesCommands } from './cli-releases.ts';
import { replayCommand } from './cli-replay.ts';
import { runsCommands } from './cli-runs.ts';
import { sealCommands } from './cli-seal.ts';
import { suitesCheckCommand } from './cli-suites-check.ts';
import { suitesImportCommand } from './cli-suites-import.ts';
import { suitesPublishCommand } from './cli-suites-publish.ts';
import { tufCommands } from './cli-tuf.ts';
import { finish } from './ending.ts';
import { inputSchema } from './openapi.ts';
import { remoteHub } from './remote.ts';
import { saved } from './saving.ts';
import { runTool } from './tool.ts';

export function buildCli(start: (program: Command) => void): Command {
  const program = new Command('breakwater')
    .description('A clearinghouse for AI-found vulnerabilities, and a voluntary access window for frontier models.')
    .option('--json', 'one line of JSON on standard output; refusals as JSON on standard error')
    .addOption(new Option('--url <url>', 'the hub').env('BREAKWATER_URL').default('http://127.0.0.1:8420'))
    .addOption(new Option('--token <token>', 'API token; better not on the command line, where others read it').env('BREAKWATER_TOKEN'))
    .showHelpAfterError('(add --help for what is possible)')
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .enablePositionalOptions()
    .exitOverride();
  start(program);
  program
    .command('tool <name>')
    .description('offline batch tool: JSON lines in, JSON lines out (crash, purl, stats, …)')
    .action(async (name: string) => {
      const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
      process.exitCode = await runTool(
        name,
        lines,
        (line) => void process.stdout.write(`${line}\n`),
        (problem) => void process.stderr.write(`${problem}\n`),
      );
    });
  for (const station of new Set(actions.filter((a) => !a.internal).map(stationOf))) addStation(program, station);
  sealCommands(program);
  casesCommands(program);
  cvesCommands(program);
  findingsCommands(program);
  advisoriesCommands(program);
  labCommands(program);
  const isJson = () => program.opts<{ json?: boolean }>().json ?? false;
  const stationCommand = (name: string) => program.commands.find((c) => c.name() === name)!;
  replayCommand(stationCommand('validations'), isJson);
  suitesCheckCommand(stationCommand('suites'), isJson);
  suitesPublishCommand(stationCommand('suites'), () => program.opts());
  suitesImportCommand(stationCommand('suites'), isJson);
  horizonsCommand(program);
  logCommands(program);
  logsCommands(program);
  ledgerCommand(program);
  providerCommands(program);
  releasesCommands(program);
  runsCommands(program);
  osvCommands(program);
  linkCommand(program);
  tufCommands(program);
  globalOptionsAnywhere(program);
  return program;
}

const stationOf = (verb: AnyAction) => verb.name.slice(0, verb.name.indexOf('.'));
const dashed = (name: string) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

function addStation(program: Command, station: string): void {
  const group = program.command(station).description(`verbs of ${station}`);
  for (const verb of actions.filter((a) => !a.internal && stationOf(a) === station)) addVerb(program, group, verb);
}

/** One command a verb: what it is about may stand alone, every scalar field is an option, everything else goes in by --input. */
function addVerb(program: Command, group: Command, verb: AnyAction): void {
  const { properties = {}, required = [] } = inputSchema(verb);
  const command = group.command(dashed(verb.name.slice(verb.name.indexOf('.') + 1))).description(verb.summary);
  const [about] = /:(\w+)/.exec(verb.at)?.slice(1) ?? [];
  if (about) command.argument(`[${about}]`, `instead of --${dashed(about)}`);
  command.option('--input <file>', 'the whole input as JSON; - for standard input', readInput);
  command.option('--key <key>', 'Idempotency-Key: repeating the command repeats nothing');
  for (const [name, schema] of Object.entries(properties)) {
    const { description } = schema as { description?: string };
    const note = [description, required.includes(name) ? 'needed' : '', noteOf(schema)].filter(Boolean).join('; ');
    command.option(`--${dashed(name)} ${placeholderOf(schema)}`, note, (text) => parsedAs(text, schema));
  }
  const givesBytes = verb.output instanceof z.ZodObject && 'data' in verb.output.shape;
  if (givesBytes) command.option('--out <file>', 'save what it is there, instead of printing it in base64');
  command.action(async (...words: unknown[]) => {
    const options: Record<string, unknown> = command.opts();
    const { json, url, token } = program.opts<{ json?: boolean; url: string; token?: string }>();
    const { input, key, ...fields } = options;
    const file = givesBytes ? (options.out as string | undefined) : undefined;
    if (givesBytes) delete fields.out;
    const given = { ...(input as object | undefined), ...(about && words[0] !== undefined ? { [about]: words[0] } : {}), ...fields };
    const outcome = await remoteHub(url, token).call(verb, given, key as string | undefined);
    if (isRefusal(outcome)) return finish(outcome, json ?? false);
    finish(file === undefined ? { value: outcome } : saved((outcome as { data: string }).data, file), json ?? false);
  });
}

function readInput(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(`${path === '-' ? 'standard input' : path} is not readable JSON: ${(error as Error).message}`);
  }
}

/** A failure of a command that is not a refusal: usage errors are 64, everything else is a fault. */
export async function runCli(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    const { code, exitCode } = error as { code?: string; exitCode?: number };
    if (code?.startsWith('commander.')) {
      process.exitCode = exitCode === 0 ? 0 : 64;
      return;
    }
    finish(refuse('unavailable', `${(error as Error).message}${cause(error)}`), false);
    process.exitCode = 70;
  }
}

function cause(error: unknown): string {
  const inner = (error as Error).cause;
  return inner instanceof Error ? `: ${inner.message}` : '';
}
