// Makes a fresh clone ready and then does one task. Runs on the machine's own Node (18 or later), so it is plain JavaScript
// and needs no dependency; everything after it runs on the Node that package.json carries.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = join(root, '.build');
const node = join(root, 'node_modules/.bin/node');
const carried = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
const script = (path, ...args) => [node, join(root, path), ...args];
const vitest = (...args) =>
  script('node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=./test/count.reporter.ts', ...args);

const checks = [
  script('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'),
  // What it knows of files that did not change it keeps: a second check takes seconds.
  script('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', join(build, 'types.tsbuildinfo')),
];
const projects = (...names) => names.flatMap((name) => ['--project', name]);
/** All but `soak`, which has a command of its own. */
const tested = ['laws', 'unit', 'flows', 'long-flows', 'long', 'contracts', 'desk', 'fuzz', 'slow'];
/** Per task: what must be there, and the commands to run one after the other. */
const tasks = {
  install: { box: false, browser: false, desk: false, run: () => [] },
  desk: { box: false, browser: false, desk: true, run: () => [] },
  start: { box: true, browser: false, desk: true, run: (args) => [script('src/app/main.ts', 'start', ...args)] },
  demo: { box: true, browser: false, desk: true, run: (args) => [script('demo/main.ts', ...args)] },
  test: { box: true, browser: true, desk: true, run: (args) => [...checks, vitest(...projects(...tested), ...args)] },
  soak: { box: true, browser: false, desk: false, run: (args) => [vitest(...projects('soak'), ...args)] },
  check: { box: false, browser: false, desk: false, run: () => [...checks, vitest(...projects('laws', 'unit', 'flows'))] },
  fuzz: { box: false, browser: false, desk: false, run: () => [vitest(...projects('fuzz', 'unit', 'long'))] },
  calibrate: {
    box: false,
    browser: false,
    desk: false,
    // Twice: the fit reads the tables.
    run: () => [script('test/calibration/main.ts', '--tables'), script('test/calibration/main.ts')],
  },
  targets: { box: true, browser: false, desk: false, run: (args) => [script('test/targets/main.ts', ...args)] },
  bench: {
    box: true,
    browser: false,
    desk: false,
    run: ([which, ...args]) => [script(`test/bench/${which === 'boxes' || which === 'lab' ? which : 'main'}.ts`, ...args)],
  },
  attack: { box: true, browser: false, desk: false, run: () => [script('test/box/report.ts')] },
};

const [name = 'start', ...rest] = process.argv.slice(2);
const task = tasks[name];
if (!task) fail(`unknown task "${name}"; one of ${Object.keys(tasks).join(', ')}`, 64);
installPackages();
if (task.box)
  needPrograms(
    () => ['bwrap', 'clang', 'llvm-symbolizer', 'dpkg-source', 'patch', 'xz'].every(isThere) && sanitizes(),
    () => ['bubblewrap', 'clang', 'llvm', 'dpkg-dev', 'patch', 'xz-utils', ...clangRuntime()],
  );
if (task.browser) {
  needPrograms(
    () => isThere('chromium'),
    () => ['chromium'],
    'optional',
  );
}
if (task.desk) buildDesk();
const scope = task.box ? delegated() : [];
for (const command of task.run(rest)) {
  const code = await run([...scope, ...command]);
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
  const [command, ...first] = isRecent(process.versions.node) ? ['npm'] : npmOnCarriedNode();
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) fail('npm ci failed', 69);
  if (!existsSync(carried))
    fail(`no Node for ${process.platform}-${process.arch} among the packages: Breakwater runs on Linux, x64 or arm64, glibc`, 69);
  linkNode();
  writeFileSync(stamp, digest);
}

/** npm leaves optional packages out whose `engines` its own Node does not meet, and the bundler's native part asks for this much. */
function isRecent(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

/** The carried Node, fetched first and checked against the lock file, running the machine's own npm. */
function npmOnCarriedNode() {
  const name = `node-linux-${process.arch}`;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
  if (!locked) fail(`no Node for ${process.platform}-${process.arch}: Breakwater runs on Linux, x64 or arm64, glibc`, 69);
  const dir = join(build, `node-${locked.version}`);
  const program = join(dir, 'package/bin/node');
  const npm = process.env.npm_execpath ?? realpathSync(spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim());
  if (existsSync(program)) return [program, npm];
  mkdirSync(dir, { recursive: true });
  const packed = spawnSync('npm', ['pack', `${name}@${locked.version}`, '--silent'], { cwd: dir, encoding: 'utf8' });
  const archive = join(dir, packed.stdout?.trim() ?? '');
  if (packed.status !== 0) fail(`npm pack ${name} failed: ${packed.stderr}`, 69);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== locked.integrity) fail(`${name} is not what the lock file says it is`, 76);
  if (spawnSync('tar', ['xzf', archive], { cwd: dir }).status !== 0) fail(`${archive} cannot be unpacked`, 70);
  rmSync(archive);
  return [program, npm];
}

/** npm 9, as Debian 12 has it, makes no link for it: the packages of both architectures name their program `node`. */
function linkNode() {
  if (existsSync(node)) return;
  rmSync(node, { force: true });
  symlinkSync(relative(dirname(node), carried), node);
}

function isThere(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

/** Whether clang finds the runtime of its address sanitizer, which is a package of its own. */
function sanitizes() {
  return (
    spawnSync('clang', ['-fsanitize=address', '-x', 'c', '-', '-o', '/dev/null'], { input: 'int main(void) { return 0; }' }).status === 0
  );
}

/** That package is named by clang's version; asked for after apt-get update, because a fresh machine knows no package at all. */
function clangRuntime() {
  const found = spawnSync('apt-cache', ['depends', 'clang'], { encoding: 'utf8' }).stdout ?? '';
  const version = /clang-(\d+)/.exec(found)?.[1];
  return version ? [`libclang-rt-${version}-dev`] : [];
}

/** Under systemd the box can bound memory and processes only in a control group that was handed to us; elsewhere root needs none. */
function delegated() {
  if (!existsSync('/run/systemd/system') || !existsSync('/sys/fs/cgroup/cgroup.controllers')) return [];
  const scope = [
    'systemd-run',
    ...(process.getuid() === 0 ? [] : ['--user']),
    '--scope',
    '--quiet',
    '--collect',
    '--property=Delegate=yes',
  ];
  return spawnSync(scope[0], [...scope.slice(1), 'true']).status === 0 ? scope : [];
}

function needPrograms(areThere, packages, need = 'required') {
  if (areThere()) return;
  const prefix = process.getuid() === 0 ? [] : spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
  const install = () => ['apt-get', 'install', '-y', '--no-install-recommends', ...packages()];
  if (prefix) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = ([command, ...args]) => spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
    apt([...prefix, 'apt-get', 'update']);
    say(`installing ${packages().join(' ')}`);
    if (apt([...prefix, ...install()]) && areThere()) return;
  }
  const advice = `please install: sudo ${install().join(' ')}`;
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
