import type { Command } from 'commander';
import type { Probe } from '../base/doors.ts';
import { boxDrivers } from './build.ts';
import { readConfig } from './config.ts';
import { finish } from './ending.ts';
import { type Tool, toolsOf } from './toolbox.ts';

interface Examined {
  readonly driver: string;
  /** Whether the lab of this configuration works with it. */
  readonly chosen: boolean;
  readonly probe: Probe;
  readonly version?: string;
  readonly way?: string;
  readonly meaning?: string;
  readonly controlGroups?: string;
  readonly tools: readonly Tool[];
}

/** `breakwater lab doctor`: exit 0 when untrusted code may run in the chosen driver, 69 when the lab refuses to. */
export function doctorCommand(group: Command, isJson: () => boolean): void {
  group
    .command('doctor')
    .description('try every limit of every box driver and say what is enforced, what is missing and the command that mends it')
    .action(async () => {
      const config = readConfig(process.env);
      const examined: Examined[] = [];
      for (const driver of boxDrivers(config)) {
        const probe = await driver.probe();
        const chosen = driver.id === config.box;
        // Without every bound nothing more is tried.
        if (!probe.usable) examined.push({ driver: driver.id, chosen, probe, tools: [] });
        else examined.push({ driver: driver.id, chosen, probe, ...(await driver.particulars()), tools: await toolsOf(driver) });
      }
      if (!examined.some((e) => e.chosen && e.probe.usable)) process.exitCode = 69;
      finish({ value: { drivers: examined }, text: examined.map(told).join('\n\n') }, isJson());
    });
}

function told({ driver, chosen, probe, tools, ...more }: Examined): string {
  const verdict = probe.usable ? 'usable' : `not usable${chosen ? ': the lab refuses to run anything' : ''}`;
  const bounds = Object.entries(probe.enforced).map(([name, is]) => `  ${is ? 'enforced    ' : 'NOT enforced'}  ${name}`);
  return [
    `${driver}${chosen ? ' (chosen)' : ''}: ${verdict}, isolation: ${probe.isolation}`,
    ...(more.version ? [`  ${more.version}; control groups ${more.controlGroups}`, `  ${more.way}: ${more.meaning}`] : []),
    ...(probe.isolation === 'none' ? [] : bounds),
    ...tools.map((tool) => `  ${tool.works ? 'works       ' : 'MISSING     '}  ${tool.name}${tool.says ? `: ${tool.says}` : ''}`),
    ...[...probe.missing, ...tools.flatMap((tool) => tool.mend ?? [])].map((line) => `  mend: ${line}`),
  ].join('\n');
}
