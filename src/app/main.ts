import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Each command is a process: reading a thousand modules from their source is most of what a short one costs.
enableCompileCache(join(import.meta.dirname, '../../.build/compiled'));
const { buildCli, runCli } = await import('./cli.ts');

const impatientMs = 1000;

/** What the command line and the process's signals make of a hub. */
async function start(): Promise<void> {
  // Before anything waits for a disk: sixteen submissions wait for two flushes a file at once, and Node has four threads for them.
  process.env.UV_THREADPOOL_SIZE ??= '16';
  const [{ startHub }, { readConfig }] = await Promise.all([import('./hub.ts'), import('./config.ts')]);
  const config = readConfig(process.env);
  const hub = await startHub(config, (problem, error) => {
    process.stderr.write(`${problem}${error === undefined ? '' : `\n${error instanceof Error ? error.stack : JSON.stringify(error)}`}\n`);
  });
  const founding = await hub.foundingLink();
  process.stdout.write(`Breakwater is at ${hub.address}\n`);
  if (founding) process.stdout.write(`Nobody is here yet. Make the first coordinator with this link, once: ${founding}\n`);
  else process.stdout.write('Sign in by a one-time link: bin/breakwater link <e-mail>\n');
  if (!hub.hasDesk) process.stdout.write('The desk is not built here, so that only the other doors are open: "npm start" builds it.\n');
  if (hub.isGuest) process.stdout.write('The database was started by another process on this data directory, and ends with it.\n');
  const sayMissing = (why: string | undefined) =>
    why && process.stdout.write(`Nothing untrusted is run here, and every validation ends as could-not-tell: ${why}\n`);
  hub.missing().then(sayMissing, () => {});
  let stoppingSince: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Ctrl-C reaches us from the terminal and again from whoever started us; only a later one means "at once".
      if (stoppingSince !== undefined && performance.now() - stoppingSince > impatientMs) process.exit(130);
      if (stoppingSince !== undefined) return;
      stoppingSince = performance.now();
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
