/** A worker of another tier than the tests': run by box-tiers.test.ts as somebody else, or where no user namespace can be made. */
import { readFileSync } from 'node:fs';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { gvisorBox } from '../../src/io/boxes/gvisor.ts';
import { specOf } from './kit-specs.ts';

const [driver, dir, program] = process.argv.slice(2) as [string, string, string];
const open = driver === 'gvisor' ? gvisorBox : bubblewrapBox;
const box = open({ dir, acceptUnenforced: true });
const hostile = readFileSync(program);
const probe = await box.probe();
const told: Record<string, unknown> = { probe, ...(await box.particulars()) };
const said: Record<string, string> = {};
for (const words of ['exit 42', 'signal 11', 'calls', 'files', 'network none 1', 'forge', 'kill-init', 'traps', 'show /proc/1/environ']) {
  const result = await box.run(specOf(hostile, ['/hostile', ...words.split(' ')], { collect: '/reports' }));
  const ended = `${result.end} ${result.exit ?? result.signal ?? result.because ?? ''}`.trim();
  said[words] = `${ended}\n${Buffer.from(result.stdout).toString()}`;
  if (words === 'traps') told.reports = result.reports.map((r) => r.name);
}
const rights =
  'id -u; while read -r k v; do case $k in CapPrm:|CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) echo "$k$v";; esac; done < /proc/self/status';
said.rights = Buffer.from((await box.run(specOf(hostile, ['/bin/sh', '-c', rights], {}))).stdout).toString();
process.stdout.write(JSON.stringify({ ...told, said, reaped: await box.reap() }));
