import { afterAll, describe, expect, test, vi } from 'vitest';
import { flawedPackage, realLab } from '../equipment/real-lab.ts';

/** What a target, a driver or an input may do to be seen wrongly, or not at all. */
vi.setConfig({ testTimeout: 300_000 });
const lab = realLab();
if (lab.missing) console.warn(`observers contract skipped: ${lab.missing}`);
afterAll(() => lab.close());

const passOn = `const act = require('flawed'); module.exports = (input, box) => act(input.toString(), box);`;
const shell = `require('child_process').execSync(text === 'bad' ? '/tmp/canary/run' : 'true')`;

async function verdictOf(kind: string, flawed: string, more: { mended?: string; drive?: string; limits?: object; poc?: string } = {}) {
  const recipe = {
    inline: { 'drive.cjs': more.drive ?? passOn, control: 'good' },
    run: { driver: 'drive.cjs' },
    oracle: { kind },
    limits: more.limits ?? {},
  };
  const { mended, poc = 'bad' } = more;
  const trees = { vulnerable: flawedPackage(flawed), ...(mended === undefined ? {} : { fixed: flawedPackage(mended) }) };
  return (await lab.try({ recipe, ...trees, poc, runs: 1 })).verdict;
}

describe('what was seen is told', () => {
  test.each<[string, string, string]>([
    ['a target that ends the process after it', 'command-execution', `module.exports = (text) => { ${shell}; process.exit(0); };`],
    [
      'a target that is aborted after it',
      'command-execution',
      `module.exports = (text) => { ${shell}; if (text === 'bad') process.abort(); };`,
    ],
    ['a target that never returns after it', 'command-execution', `module.exports = (text) => { ${shell}; while (text === 'bad'); };`],
    [
      'a promise that is never kept',
      'command-execution',
      `module.exports = (text) => { ${shell}; return text === 'bad' ? new Promise(() => {}) : 1; };`,
    ],
    [
      'a server that stays open, and a command that comes late',
      'command-execution',
      `module.exports = (text) => { require('http').createServer().listen(0); setTimeout(() => { ${shell}; }, 150); };`,
    ],
    [
      'a flood of output',
      'command-execution',
      `module.exports = (text) => { ${shell}; for (let i = 0; i < 200; i++) process.stdout.write('x'.repeat(65536)); };`,
    ],
    [
      'every file function, JSON and the exit patched away',
      'prototype-pollution',
      `const fs = require('fs');
       for (const name of Object.keys(fs)) if (typeof fs[name] === 'function') fs[name] = () => { throw new Error('no'); };
       JSON.stringify = () => '{}'; process.reallyExit = process.exit = () => {}; Reflect.ownKeys = () => []; Object.is = () => true;
       module.exports = (text) => { if (text === 'bad') Object.prototype.x = 1; };`,
    ],
    [
      'prototypes that are poisoned so that nothing can be said',
      'prototype-pollution',
      `module.exports = (text) => {
         if (text !== 'bad') return;
         Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'nothing', configurable: true });
         Object.defineProperty(Array.prototype, '0', { set() { throw 1; }, get() { return 1; }, configurable: true });
         for (const name of ['push', 'join', 'map', 'filter', Symbol.iterator]) Array.prototype[name] = () => { throw 1; };
         String.prototype.slice = () => ''; Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => {};
       };`,
    ],
    [
      'a prototype that is cleaned again in a later turn',
      'prototype-pollution',
      `module.exports = (text) => { if (text === 'bad') { Object.prototype.x = 1; setTimeout(() => { delete Object.prototype.x; }, 20); } };`,
    ],
    [
      'a prototype that is polluted in a later turn',
      'prototype-pollution',
      `module.exports = (text) => { if (text === 'bad') setTimeout(() => { Object.prototype.x = 1; }, 20); };`,
    ],
    [
      'a secret in an error',
      'file-read',
      `module.exports = (text) => { if (text === 'bad') throw new Error(require('fs').readFileSync('/tmp/canary/secret', 'utf8')); };`,
    ],
    [
      'a lookup elsewhere',
      'outbound-request',
      `module.exports = (text) => new Promise((done) => text === 'bad' ? require('dns').lookup('evil.example', done) : done());`,
    ],
    [
      'a connection elsewhere',
      'outbound-request',
      `module.exports = (text) => new Promise((done) => text === 'bad' ? require('net').connect(80, '192.0.2.1').on('error', done) : done());`,
    ],
    [
      'a datagram elsewhere',
      'outbound-request',
      `module.exports = (text) => new Promise((done) => text === 'bad' ? require('dgram').createSocket('udp4').send('x', 53, '192.0.2.1', done) : done());`,
    ],
    [
      'a process of its own that comes to the sink',
      'outbound-request',
      `module.exports = (text) => text === 'bad' && require('child_process').execFileSync('/bin/bash', ['-c', 'exec 3<>/dev/tcp/127.0.0.1/8099']);`,
    ],
  ])('%s', async (_, kind, flawed) => {
    const verdict = await verdictOf(kind, flawed, { limits: { cpuSec: 3 } });
    expect([verdict.verdict, verdict.because]).toEqual(['reproduced', expect.stringContaining('1 of 1')]);
  });
});

describe('what was not seen is not told', () => {
  test.each<[string, string]>([
    [
      'a report of its own, and the alarm',
      `module.exports = () => {
         require('fs').writeFileSync('/reports/observed.json', JSON.stringify({ nonce: 'x', kind: 'command-execution', saw: 'seen', ended: 'returned', because: '', sink: '', what: [], frames: [] }));
         process.exit(86);
       };`,
    ],
    [
      'words on the descriptor',
      `module.exports = () => { try { require('fs').writeSync(3, '{"called":true,"how":"returned","token":"x"}\\n'); } catch {} };`,
    ],
    [
      'a printed report',
      `module.exports = () => console.log('{"saw":"seen"}\\n==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1');`,
    ],
    ['a throw', `module.exports = (text) => { if (text === 'bad') throw new Error('no'); };`],
    [
      'a mark where the command leaves its own',
      `module.exports = (text) => { if (text === 'bad') require('fs').writeFileSync('/reports/.ran', 'yes'); };`,
    ],
    ['a look at the canary', `module.exports = () => void require('fs').readFileSync('/tmp/canary/run');`],
  ])('%s', async (name, flawed) => {
    const verdict = await verdictOf('command-execution', flawed);
    // Where the control ends the process as well, its silence says nothing.
    expect(verdict.verdict).toBe(name.includes('alarm') ? 'could-not-tell' : 'not-reproduced');
    expect(verdict.crash).toBeUndefined();
  });

  test('the target talking to its own server is no request outwards', async () => {
    const server = `module.exports = () => new Promise((done) => {
      const server = require('http').createServer((_, to) => to.end('ok')).listen(0, '127.0.0.1', async () => {
        done(await (await fetch('http://127.0.0.1:' + server.address().port)).text());
      });
    });`;
    expect((await verdictOf('outbound-request', server)).verdict).toBe('not-reproduced');
  });
});

describe('silence that means nothing is told as that', () => {
  test.each<[string, string, string, string]>([
    [
      'a target that never returns',
      'command-execution',
      `module.exports = (text) => { while (text === 'bad'); };`,
      'did not come to an end',
    ],
    ['a promise that is never kept', 'file-read', `module.exports = (text) => text === 'bad' ? new Promise(() => {}) : 1;`, 'never kept'],
    ['a target that is aborted', 'file-read', `module.exports = (text) => { if (text === 'bad') process.abort(); };`, 'SIGABRT'],
    [
      'a target that ends the observer',
      'file-read',
      `module.exports = (text) => { if (text === 'bad') process.kill(process.ppid, 9); };`,
      'signal 9',
    ],
    ['a target that cannot be loaded', 'file-read', `throw new Error('broken package');`, 'broken package'],
    ['a target that throws on the control', 'file-read', `module.exports = () => { throw new Error('not this way'); };`, 'not this way'],
    [
      'a target that trips on everything',
      'command-execution',
      `module.exports = () => require('child_process').execSync('/tmp/canary/run');`,
      'control input trips',
    ],
  ])('%s', async (_, kind, flawed, because) => {
    const verdict = await verdictOf(kind, flawed, { limits: { cpuSec: 3 } });
    expect([verdict.verdict, verdict.because]).toEqual(['could-not-tell', expect.stringContaining(because)]);
  });

  test('a target that blinds the oracle when it is loaded fails its self-check', async () => {
    const blinding = `require('child_process').execFileSync = () => {}; module.exports = () => {};`;
    expect(await verdictOf('command-execution', blinding)).toMatchObject({
      verdict: 'could-not-tell',
      because: expect.stringContaining('self-check'),
    });
  });

  test('a driver that does not fit the fixed build does not refute it', async () => {
    const vulnerable = `exports.run = (text) => { ${shell}; };`;
    const drive = `const flawed = require('flawed'); module.exports = (input) => flawed.run(input.toString());`;
    expect(await verdictOf('command-execution', vulnerable, { drive, mended: 'exports.start = () => {};' })).toMatchObject({
      verdict: 'could-not-tell',
      because: expect.stringContaining('not a function'),
    });
  });
});

describe('how a fixed build may end', () => {
  const flawed = `module.exports = (text) => { ${shell}; };`;
  test.each([
    ['exits with 3, and silent', `module.exports = (text) => { if (text === 'bad') process.exit(3); };`, 'reproduced'],
    ['exits with the alarm, and silent', `module.exports = (text) => { if (text === 'bad') process.exit(86); };`, 'reproduced'],
    ['throws, and silent', `module.exports = (text) => { if (text === 'bad') throw new Error('refused'); };`, 'reproduced'],
    ['trips as well', flawed, 'reproduced-fix-incomplete'],
    ['never returns', `module.exports = (text) => { while (text === 'bad'); };`, 'could-not-tell'],
  ])('%s', async (_, mended, verdict) => {
    expect((await verdictOf('command-execution', flawed, { mended, limits: { cpuSec: 3 } })).verdict).toBe(verdict);
  });
});

describe('fingerprints', () => {
  test('another place is another fingerprint, another input is not', async () => {
    const drive = `const flawed = require('flawed'); module.exports = (input) => { const [at, by] = input.toString().split(' '); if (at !== 'good') flawed[at]({}, JSON.parse(by)); };`;
    const flawed = `const copy = (name) => ({ [name](to, from) { for (const k in from) { const of = to[k]; for (const j in from[k]) of[j] = from[k][j]; } } })[name];
      exports.merge = copy('merge');
      exports.set = copy('set');`;
    const of = async (poc: string) => (await verdictOf('prototype-pollution', flawed, { drive, poc })).crash?.fingerprint;
    const [a, b, c] = [
      await of('merge {"__proto__":{"x":1}}'),
      await of('merge {"__proto__":{"isAdmin":true}}'),
      await of('set {"__proto__":{"x":1}}'),
    ];
    expect([typeof a, a === b, a === c]).toEqual(['string', true, false]);
  });
});
