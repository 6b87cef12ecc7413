import type { Box, BoxResult, BoxSpec } from '../base/doors.ts';

/** Something that recipes need inside a box. */
export interface Tool {
  readonly name: string;
  readonly works: boolean;
  readonly says: string;
  readonly mend?: string;
}

const mib = 1 << 20;
const limits = {
  wallMs: 60_000,
  cpuSec: 30,
  memoryBytes: 1024 * mib,
  pids: 64,
  cpus: 1,
  fileBytes: 64 * mib,
  openFiles: 256,
  tmpBytes: 64 * mib,
  outputBytes: 64 * 1024,
};

/** Reads one byte behind a heap block when it is given an argument, none otherwise. */
const overflow = `#include <stdlib.h>
int main(int argc, char **argv) { volatile char *p = malloc(7); p[0] = argv[0][0]; return p[argc > 1 ? 7 : 0] == 0 ? 1 : 0; }
`;
const sanitizer = 'clang -g -fsanitize=address -o /tmp/a /input/a.c && /tmp/a && /tmp/a x';
const asan = 'detect_leaks=0:exitcode=86:log_path=/reports/san';

/** Tries each in a box of this driver: there is no other way to know. */
export async function toolsOf(box: Box): Promise<readonly Tool[]> {
  const run = (argv: readonly string[], more: Partial<BoxSpec> = {}) =>
    box.run({ argv, cwd: '/tmp', env: {}, trees: [], files: [], profile: 'build', limits, ...more });
  const source = { at: '/input/a.c', bytes: Buffer.from(overflow) };
  const [sanitized, node, python] = await Promise.all([
    run(['/bin/sh', '-c', sanitizer], { files: [source], collect: '/reports', env: { ASAN_OPTIONS: asan } }),
    run(['/tools/node', '--version'], { tools: ['node'] }),
    run(['/usr/bin/python3', '--version']),
  ]);
  const reported = sanitized.exit === 86 && sanitized.reports.some((r) => Buffer.from(r.bytes).includes('heap-buffer-overflow'));
  const compiler = 'no C program can be checked: `apt-get install -y clang llvm` and the libclang-rt-<version>-dev that belongs to it';
  return [
    { name: 'AddressSanitizer', works: reported, says: reported ? '' : complaint(sanitized), ...(reported ? {} : { mend: compiler }) },
    answering('Node', node, "the worker's own Node does not run in a box: `npm ci`"),
    answering('Python', python, 'no Python package can be checked: `apt-get install -y python3`'),
  ];
}

function answering(name: string, result: BoxResult, mend: string): Tool {
  const works = result.end === 'exited' && result.exit === 0;
  return { name, works, says: works ? first(result.stdout) : complaint(result), ...(works ? {} : { mend }) };
}

function complaint(result: BoxResult): string {
  return result.because ?? (first(result.stderr) || `${result.end} ${result.exit ?? result.signal ?? ''}`.trim());
}

const first = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').split('\n')[0]!.slice(0, 200);
