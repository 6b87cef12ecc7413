import { createPublicKey } from 'node:crypto';
import type { Command } from 'commander';
import { z } from 'zod';
import { isRefusal, refuse } from '../base/refusal.ts';
import { open } from '../base/signature.ts';
import { conclude } from '../lab/conclude.ts';
import { prepare } from '../lab/experiment.ts';
import { compareReplay, readRecord } from '../lab/replay/replay.ts';
import { runExperiment } from '../lab/run.ts';
import { buildLab } from './build.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { fileAt, interruption, readRecipe, sayer } from './lab-inputs.ts';

interface Options {
  readonly poc: string;
  readonly key: string;
  readonly recipe?: string;
}

const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).max(16),
});

/** `breakwater lab replay` and, for whoever has a record from a hub, `breakwater validations replay`: the same. */
export function replayCommand(group: Command, isJson: () => boolean): void {
  group
    .command('replay <record>')
    .description('do again what a signed record tells of, and compare part by part: exit 0 = the same, 1 = it differs, 69 = could not tell')
    .requiredOption('--poc <file>', 'the input; the record holds only its digest')
    .requiredOption(
      '--key <file>',
      'the public key (PEM) of whoever signed the record; a hub shows its own: breakwater validations record-key',
    )
    .option('--recipe <file>', 'the recipe, where the library here does not have it')
    .action(async (path: string, options: Options) => finish(await replay(path, options, sayer(isJson())), isJson()));
}

async function replay(path: string, options: Options, say: (text: string) => void): Promise<Ending> {
  const [file, poc, key] = [fileAt(path, 'record'), fileAt(options.poc, 'poc'), fileAt(options.key, 'key')];
  if (isRefusal(file)) return file;
  if (isRefusal(poc)) return poc;
  if (isRefusal(key)) return key;
  let payload: Buffer | undefined;
  try {
    payload = open(envelopeSchema.parse(JSON.parse(Buffer.from(file).toString())), createPublicKey(pemIn(Buffer.from(key).toString())));
  } catch {
    return refuse('malformed', 'the record is no signed envelope, or the key no public key', 'record');
  }
  if (!payload) return refuse('untrusted', 'no signature of the record is by this key', 'record');
  const recorded = readRecord(payload);
  if (!recorded) return refuse('malformed', 'the envelope holds no record of a validation', 'record');
  const doors = buildLab(readConfig(process.env));
  const found = readRecipe(options.recipe ?? recorded.recipe.id, doors);
  if (isRefusal(found)) return found;
  const { runsAsked: runs, runsNeeded: needed, salt } = recorded;
  const asked = { runs, salt, ...(needed === undefined ? {} : { needed }) };
  const spec = prepare(found.recipe, poc, { ...found.beside, ...asked });
  if (isRefusal(spec)) return spec;
  const evidence = await runExperiment(spec, doors, ({ step, of }) => say(`${step} ${of}`), interruption());
  const seen = compareReplay(recorded, spec, evidence, conclude(spec, evidence), await doors.box.probe());
  process.exitCode ||= { same: 0, differs: 1, 'could-not-tell': 69 }[seen.outcome];
  return { value: seen, text: [seen.outcome, ...seen.differences, ...seen.notes.map((note) => `note: ${note}`)].join('\n  ') };
}

/** The key itself, or what a hub answers when it is asked for it. */
function pemIn(text: string): string {
  return text.trimStart().startsWith('{') ? String(Object(JSON.parse(text)).pem) : text;
}
