// The process that a driver runs in. It loads the driver, hands it the input once (or, measured, many times) and says on descriptor 3 what
// only it can see: prototypes, a call of canary(), the secret in what came back. Everything needed is taken before the target is loaded.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const { pathToFileURL } = require('node:url');
const { snapshots, pollutedSince, setTrap } = require('./prototypes.cjs');
const { watchSinks, framesNow } = require('./sinks.cjs');
const { holdsText } = require('./holds.cjs');
const { trip } = require('./trip.cjs');

const channel = 3;
const { writeSync, readSync, readFileSync } = fs;
const { stringify, parse } = JSON;
const { cpuUsage } = process;
const exit = process.reallyExit.bind(process);
const later = setTimeout;
const bufferFrom = Buffer.from.bind(Buffer);
const textOf = String;
const cut = Function.prototype.call.bind(String.prototype.slice);

const hello = parse(line());
const { token, oracle, driver, input, isSelfCheck, secret, graceMs, trap } = hello;
const { kind } = oracle;
const profiled = kind === 'super-linear' ? require('./profile.cjs').profiled : undefined;
const box = { root: '/tmp/root', sink: 'http://127.0.0.1:8099' };
const bytes = isSelfCheck ? Buffer.alloc(0) : readFileSync(input);
let before;
let isDone = false;
let end;

/** One line of what the observer says; it waits for it. */
function line() {
  const byte = Buffer.alloc(1);
  const bytes = [];
  while (readSync(channel, byte, 0, 1, null) === 1 && byte[0] !== 10) bytes.push(byte[0]);
  return Buffer.from(bytes).toString('utf8');
}

/** By hand, because a polluted toJSON would speak for us. Values are strings, numbers, booleans and flat lists of such objects. */
function written(value) {
  if (typeof value !== 'object') return stringify(value);
  let text = '';
  if ('length' in value) {
    for (let i = 0; i < value.length; i++) text += `${i === 0 ? '' : ','}${written(value[i])}`;
    return `[${text}]`;
  }
  for (const name in value) text += `${text === '' ? '' : ','}${stringify(name)}:${written(value[name])}`;
  return `{${text}}`;
}

function say(said) {
  said.token = token;
  try {
    writeSync(channel, `${written(said)}\n`);
  } catch {
    // The observer is told by our end.
  }
}

function canary() {
  say({ __proto__: null, called: true, frames: framesNow() });
}

const messageOf = (cause) => {
  try {
    return cut(textOf(cause?.message ?? cause), 0, 400);
  } catch {
    return 'something that cannot be shown';
  }
};

/** The last word: by itself when nothing is left to do, or when what is left has had its time. */
function finish(how, because) {
  if (isDone) return;
  isDone = true;
  const said = { __proto__: null, ...(end ?? { __proto__: null, how, because }) };
  if (before) said.polluted = pollutedSince(before);
  say(said);
}

/** Looks for what it exports: a function, or one under `default`. */
async function loaded() {
  const path = `/harness/${driver}`;
  // What a driver names is found where the target lies, not beside the driver.
  Module.registerHooks?.({
    resolve(specifier, context, next) {
      const isBare = !/^([./]|node:|file:|data:)/.test(specifier);
      const isDrivers = context.parentURL?.startsWith('file:///harness/');
      return next(specifier, isBare && isDrivers ? { ...context, parentURL: 'file:///src/driver.cjs' } : context);
    },
  });
  const exported = driver.endsWith('.mjs') ? await import(pathToFileURL(path).href) : require(path);
  const drive = typeof exported === 'function' ? exported : exported.default;
  if (typeof drive !== 'function') throw new TypeError(`${driver} exports no function`);
  return drive;
}

async function main() {
  Object.defineProperty(globalThis, 'canary', { __proto__: null, value: canary });
  watchSinks(kind, (frames, reached) => say({ __proto__: null, frames, ...(reached ? { __proto__: null, reached } : {}) }));
  process.on('exit', (status) => finish(status === 0 ? 'exited' : 'failed', `it ended the process with status ${status}`));
  let drive;
  try {
    drive = await loaded();
  } catch (cause) {
    say({ __proto__: null, how: 'not-loaded', because: `the driver cannot be loaded: ${messageOf(cause)}` });
    exit(1);
  }
  const call = isSelfCheck ? (bytes) => trip(oracle, bytes, box) : (bytes) => drive(bytes, box);
  if (kind === 'super-linear') return measured(call);
  before = kind === 'prototype-pollution' ? snapshots() : undefined;
  if (trap) setTrap(trap, () => say({ __proto__: null, frames: framesNow() }));
  // Should nothing be left to do and the promise not be kept, this is the last word.
  process.once('beforeExit', () => finish('unsettled', 'the driver’s promise was never kept'));
  await called(call, bytes);
  const timer = later(() => {
    finish();
    exit(0);
  }, graceMs);
  timer.unref();
}

async function called(call, bytes) {
  let value;
  let because = '';
  try {
    value = await call(bytes);
    end = { __proto__: null, how: 'returned', because };
  } catch (cause) {
    value = cause;
    because = messageOf(cause);
    end = { __proto__: null, how: 'threw', because };
  }
  if (kind === 'file-read' && holdsText(value, secret)) say({ __proto__: null, leaked: end.how });
  if (before) {
    const polluted = pollutedSince(before);
    if (polluted.length > 0) say({ __proto__: null, polluted });
  }
}

/** Sizes come one by one; each answer is the CPU time of one call. The observer ends it. */
async function measured(call) {
  for (;;) {
    const { prefix, pump, suffix, times, isProfiled } = parse(line());
    let text = prefix;
    for (let i = 0; i < times; i++) text += pump;
    const bytes = bufferFrom(text + suffix, 'utf8');
    const profile = isProfiled ? profiled() : undefined;
    const from = cpuUsage();
    let how = 'returned';
    let because = '';
    try {
      await call(bytes);
    } catch (cause) {
      how = 'threw';
      because = messageOf(cause);
    }
    const used = cpuUsage(from);
    say({ __proto__: null, cpuMs: (used.user + used.system) / 1000, how, because, ...(profile ? { frames: profile() } : {}) });
  }
}

void main();
