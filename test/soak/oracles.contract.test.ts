import { afterAll, describe, expect, test } from 'vitest';
import { flawedPackage, realLab } from '../equipment/real-lab.ts';

/** Each oracle that looks through a driver, in the real box: what it takes as evidence, and that it is not blind. */
const lab = realLab();
if (lab.missing) console.warn(`oracles contract skipped: ${lab.missing}`);
afterAll(() => lab.close());

interface Flaw {
  readonly oracle: string | object;
  readonly flawed: string;
  readonly mended: string;
  readonly drive: string;
  readonly poc: string;
  readonly control: string;
  readonly type: string;
  readonly frame: string;
}

const flaws: Record<string, Flaw> = {
  'prototype-pollution': {
    oracle: 'prototype-pollution',
    flawed: `const merge = (to, from) => {
      for (const key of Object.keys(from)) {
        if (typeof from[key] === 'object' && from[key] && typeof to[key] === 'object') merge(to[key], from[key]);
        else to[key] = from[key];
      }
      return to;
    };
    exports.merge = merge;`,
    mended: `const merge = (to, from) => {
      for (const key of Object.keys(from)) if (key !== '__proto__') to[key] = from[key];
      return to;
    };
    exports.merge = merge;`,
    drive: `const { merge } = require('flawed'); module.exports = (input) => merge({}, JSON.parse(input));`,
    poc: '{"__proto__":{"polluted":1}}',
    control: '{"a":{"b":1}}',
    type: 'Prototype-pollution',
    frame: 'merge',
  },
  'command-execution': {
    oracle: 'command-execution',
    flawed: `exports.list = function list(name) { require('child_process').exec('ls ' + name); };`,
    mended: `exports.list = function list(name) { require('child_process').execFile('ls', [name], () => {}); };`,
    drive: `const { list } = require('flawed'); module.exports = (input) => list(input.toString());`,
    poc: '; /tmp/canary/run #',
    control: '/tmp',
    type: 'Command-execution',
    frame: 'list',
  },
  'code-execution': {
    oracle: 'code-execution',
    flawed: `exports.value = function value(text) { return eval(text); };`,
    mended: `exports.value = function value(text) { return Number(text); };`,
    drive: `const { value } = require('flawed'); module.exports = (input) => value(input.toString());`,
    poc: 'canary()',
    control: '1 + 1',
    type: 'Code-execution',
    frame: 'value',
  },
  'file-read': {
    oracle: 'file-read',
    flawed: `exports.serve = async function serve(root, path) { return { body: await require('fs').promises.readFile(root + path) }; };`,
    mended: `const { join, resolve } = require('path');
    exports.serve = async function serve(root, path) {
      const at = resolve(join(root, path));
      if (!at.startsWith(root + '/')) throw new Error('outside');
      return { body: await require('fs').promises.readFile(at) };
    };`,
    drive: `const { serve } = require('flawed');
    module.exports = async (input, box) => {
      require('fs').writeFileSync(box.root + '/index.html', 'hello');
      return serve(box.root, input.toString());
    };`,
    poc: '/../canary/secret',
    control: '/index.html',
    type: 'File-read',
    frame: 'serve',
  },
  'file-write': {
    oracle: 'file-write',
    flawed: `exports.unpack = function unpack(root, name) { require('fs').writeFileSync(root + '/' + name, 'x'); };`,
    mended: `exports.unpack = function unpack(root, name) { require('fs').writeFileSync(root + '/' + require('path').basename(name), 'x'); };`,
    drive: `const { unpack } = require('flawed'); module.exports = (input, box) => unpack(box.root, input.toString());`,
    poc: '../canary/written',
    control: 'inside',
    type: 'File-write',
    frame: 'unpack',
  },
  'outbound-request': {
    oracle: 'outbound-request',
    flawed: `exports.load = function load(url) { return fetch(url).catch(() => {}); };`,
    mended: `exports.load = async function load(url) { return url.startsWith('data:') ? fetch(url) : undefined; };`,
    drive: `const { load } = require('flawed'); module.exports = (input) => load(input.toString());`,
    poc: 'http://127.0.0.1:8099/latest/meta-data',
    control: 'data:text/plain,hello',
    type: 'Outbound-request',
    frame: '',
  },
  'super-linear': {
    oracle: 'super-linear',
    flawed: `exports.trim = function trim(text) { return text.replace(/\\s+$/, ''); };`,
    mended: `exports.trim = function trim(text) { return text.trimEnd(); };`,
    drive: `const { trim } = require('flawed'); module.exports = (input) => trim(input.toString());`,
    poc: '{"pump":" ","suffix":"x"}',
    control: '{"prefix":"x","pump":"ab"}',
    type: 'Super-linear',
    frame: 'trim',
  },
};

describe.each(Object.entries(flaws))('%s', (_, { oracle, flawed, mended, drive, poc, control, type, frame }) => {
  const recipe = { inline: { 'drive.cjs': drive, control }, run: { driver: 'drive.cjs' }, oracle: { kind: oracle } };

  test('trips on the vulnerable build, is silent on the fixed and on the control', { timeout: 900_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    const { verdict, evidence } = await lab.try({ recipe, vulnerable: flawedPackage(flawed), fixed: flawedPackage(mended), poc });
    expect([verdict.verdict, verdict.because, evidence.runs.map((r) => r.stderr.shown).join('')]).toEqual([
      'reproduced',
      '2 of 2 runs on the vulnerable build, 0 of 2 on the fixed, silent on the control input',
      '',
    ]);
    expect(verdict.crash?.type).toBe(type);
    if (frame) expect(verdict.crash?.frames[0]).toMatchObject({ function: frame, file: 'flawed/index.js' });
  });
});
