import { buildCli, runCli } from './cli.ts';
import { readConfig } from './config.ts';

/** What the command line and the process's signals make of a hub. */
async function start(): Promise<void> {
  const { startHub } = await import('./hub.ts');
  const config = readConfig(process.env);
  const hub = await startHub(config, (problem, error) => {
    process.stderr.write(`${problem}${error === undefined ? '' : `\n${error instanceof Error ? error.stack : JSON.stringify(error)}`}\n`);
  });
  const founding = await hub.foundingLink();
  process.stdout.write(`Breakwater is at ${hub.address}\n`);
  if (founding) process.stdout.write(`Nobody is here yet. Make the first coordinator with this link, once: ${founding}\n`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      hub.stop().then(
        () => process.exit(0),
        () => process.exit(70),
      );
    });
  }
}

const program = buildCli((cli) => {
  cli.command('start').description('start a hub: database, doors, worker, desk').action(start);
  cli
    .command('mcp')
    .description('serve the verbs as MCP tools on standard input and output')
    .action(async () => {
      const { serveMcp } = await import('./mcp.ts');
      const { url, token } = cli.opts<{ url: string; token?: string }>();
      await serveMcp(url, token);
    });
});
await runCli(program, process.argv);
