import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

/** `breakwater cves read-cnas CNAsList.json`: the list as it was downloaded, from disk. */
export function cvesCommands(program: Command): void {
  const reading = program.commands.find((c) => c.name() === 'cves')!.commands.find((c) => c.name() === 'read-cnas')!;
  reading.argument('[file]', 'CNAsList.json, instead of --list').hook('preAction', (command) => {
    const [file] = command.args;
    if (file === undefined) return;
    try {
      command.setOptionValue('list', readFileSync(file, 'utf8'));
    } catch (error) {
      command.error(`${file} cannot be read: ${(error as Error).message}`);
    }
  });
}
