// Makes a fresh clone ready and then does one task. Runs on the machine's own Node (18 or later), so it is plain JavaScript
// and needs no dependency; everything after it runs on the Node that package.json carries.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = join(root, '.build');
const node = join(root, 'node_modules/.bin/node');
const script = (path, ...args) => [node, join(root, path), ...args];
const vitest = (...args) =>
  script('node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./test/count.reporter.ts', ...args);

const checks = [
  script('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'),
  script('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'),
];
const projects = (...names) => names.flatMap((name) => ['--project', name]);
/** Per task: what must be there, and the commands to run one after the other. */
const tasks = {
  install: { box: false, browser: false, desk: false, run: () => [] },
  start: { box: true, browser: false, desk: true, run: (args) => [script('src/app/main.ts', 'start', ...args)] },
  demo: { box: true, browser: false, desk: true, run: (args) => [script('demo/main.ts', ...args)] },
  test: { box: true, browser: true, desk: true, run: (args) => [...checks, vitest(...args)] },
  check: { box: false, browser: false, desk: false, run: () => [...checks, vitest(...projects('laws', 'unit', 'flows'))] },
  fuzz: { box: false, browser: false, desk: false, run: () => [vitest(...projects('fuzz'))] },
  bench: { box: true, browser: false, desk: false, run: (args) => [script('test/bench/main.ts', ...args)] },
};

const [name = 'start', ...rest] = process.argv.slice(2);
const task = tasks[name];
if (!task) fail(`unknown task "${name}"; one of ${Object.keys(tasks).join(', ')}`, 64);
installPackages();
if (task.box)
  needPrograms(
    ['bwrap', 'clang', 'llvm-symbolizer', 'dpkg-source', 'patch', 'xz'],
    ['bubblewrap', 'clang', 'llvm', 'dpkg-dev', 'patch', 'xz-utils', ...clangRuntime()],
  );
if (task.browser) needPrograms(['chromium'], ['chromium'], 'optional');
if (task.desk) buildDesk();
for (const command of task.run(rest)) {
  const code = await run(command);
  if (code !== 0) process.exit(code);
}

/** npm ci, once per lock file. Install scripts stay off: nothing here needs them. */
function installPackages() {
  const stamp = join(root, 'node_modules/.breakwater-lock');
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && existsSync(node)) return;
  say('installing packages (once)');
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) fail('npm ci failed', 69);
  if (!existsSync(node))
    fail(`no Node for ${process.platform}-${process.arch} among the packages: Breakwater runs on Linux, x64 or arm64, glibc`, 69);
  writeFileSync(stamp, digest);
}

/** clang's sanitizer runtime is a package of its own in Debian, named by its version. */
function clangRuntime() {
  const found = spawnSync('apt-cache', ['depends', 'clang'], { encoding: 'utf8' }).stdout ?? '';
  const version = /clang-(\d+)/.exec(found)?.[1];
  return version ? [`libclang-rt-${version}-dev`] : [];
}

function needPrograms(programs, packages, need = 'required') {
  const isMissing = (program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0;
  const hasRuntime = !packages.some((p) => p.startsWith('libclang-rt')) || spawnSync('dpkg', ['-s', packages.at(-1)]).status === 0;
  if (!programs.some(isMissing) && hasRuntime) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  const prefix = process.getuid() === 0 ? [] : spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
  if (prefix) {
    say(`installing ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...words) =>
      spawnSync([...prefix, ...words][0], [...prefix, ...words].slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    if (apt(...install) || (apt('apt-get', 'update') && apt(...install))) return;
  }
  const advice = `please install: sudo ${install.join(' ')}`;
  if (need === 'required') fail(advice, 69);
  say(`${advice} (what needs it is skipped)`);
}

/** Builds the desk when its sources are newer than what was built. */
function buildDesk() {
  const built = join(build, 'desk/index.html');
  if (existsSync(built) && statSync(built).mtimeMs > newest(join(root, 'web')) && statSync(built).mtimeMs > newest(join(root, 'src/base')))
    return;
  say('building the desk');
  mkdirSync(build, { recursive: true });
  const done = spawnSync(node, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    stdio: 'inherit',
  });
  if (done.status !== 0) fail('the desk could not be built', 70);
}

function newest(dir) {
  let latest = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function run([command, ...args]) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    child.on('error', () => resolve(70));
  });
}

function say(text) {
  process.stderr.write(`breakwater: ${text}\n`);
}

function fail(text, code) {
  say(text);
  process.exit(code);
}
