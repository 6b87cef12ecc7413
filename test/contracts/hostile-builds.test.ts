import { afterAll, describe, expect, test } from 'vitest';
import { realLab } from '../equipment/real-lab.ts';

/** Builds that strangers wrote, in the real box: each ends with a verdict that says why, and nothing of them is kept that a tree may not hold. */
const lab = realLab();
if (lab.missing) console.warn(`hostile builds skipped: ${lab.missing}`);
afterAll(() => lab.close());

const mib = 1024 * 1024;
const limits = { wallMs: 4000, cpuSec: 4, memoryBytes: 192 * mib, pids: 32 };
const sh = (script: string) => ['sh', '-c', script];

async function verdictOf(steps: readonly string[][], argv: readonly string[] = ['/bin/true']) {
  const recipe = {
    inline: { control: 'x' },
    build: { steps, limits },
    run: { argv },
    oracle: { kind: 'hang' },
    limits: { wallMs: 2000, cpuSec: 1 },
  };
  return (await lab.try({ recipe, vulnerable: { file: 'x' }, poc: 'x', runs: 1 })).verdict;
}

const builds: readonly [string, string[], RegExp][] = [
  ['forks without end', sh('b() { b | b & }; b; while :; do sleep 1; done'), /sh (ended by (timeout|cpu-limit|oom)|exited with)/],
  [
    'fills the disk',
    sh('i=0; while dd if=/dev/zero of=f$i bs=1M count=32 2>/dev/null; do i=$((i+1)); done; exit 1'),
    /sh (ended by oom|exited with)/,
  ],
  [
    'writes a million files',
    sh('i=0; while :; do i=$((i+1)); : > f$i || exit 1; done'),
    /sh (ended by (oom|timeout|cpu-limit)|exited with)/,
  ],
  ['writes one file without end', sh('cat /dev/zero > f'), /(ended by (file-limit|oom)|exited with)/],
  [
    'prints without end',
    sh('while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done'),
    /ended by (output-limit|timeout|cpu-limit)/,
  ],
  ['never ends', ['sleep', '1000'], /sleep ended by timeout/],
  ['needs a compiler that is not there', ['no-such-compiler', 'x.c'], /no-such-compiler/],
  ['leaves a link out', ['ln', '-s', '/etc/passwd', 'l'], /cannot keep \/src: the link leads out/],
  ['leaves a link upwards', sh('mkdir d && ln -s ../../x d/l'), /cannot keep \/src: the link leads out/],
  ['leaves a pipe', ['mkfifo', 'p'], /cannot keep \/src: a tree holds files, directories and symbolic links only/],
  ['makes a device', ['mknod', 'd', 'c', '1', '3'], /exited with 1/],
  ['leaves a name that is not UTF-8', sh(`: > "$(printf 'a\\377')"`), /cannot keep \/src: a file name is not UTF-8/],
  [
    'leaves folders without end',
    sh('i=0; while [ $i -lt 80 ]; do mkdir d && cd d || exit 1; i=$((i+1)); done'),
    /cannot keep \/src: a tree is at most/,
  ],
];

describe('a build that', () => {
  test.for(builds)('%s', { timeout: 60_000 }, async ([, step, because], { skip }) => {
    if (lab.missing) skip(lab.missing);
    expect(await verdictOf([step])).toMatchObject({ verdict: 'could-not-tell', because: expect.stringMatching(because) });
  });

  test('lends its rights lends them to nobody', async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    const hangsIfLent = sh('if [ -u /src/t ] || [ -g /src/t ] || [ ! -x /src/t ]; then while :; do :; done; fi');
    expect(await verdictOf([sh('printf x > t && chmod 6755 t')], hangsIfLent)).toMatchObject({ verdict: 'not-reproduced' });
  });

  test('makes nothing of what is to be run', async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    expect(await verdictOf([['true']], ['/src/target'])).toMatchObject({
      verdict: 'could-not-tell',
      because: expect.stringContaining('cannot be executed'),
    });
  });

  test('leaves nothing running, and the next one is as good as the first', async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    await verdictOf([sh('(setsid sleep 1000 &) ; b() { b | b & }; b; sleep 1; exit 1')]);
    expect(await lab.box.reap()).toBe(0);
    expect(await verdictOf([['true']])).toMatchObject({ verdict: 'not-reproduced' });
  });
});
