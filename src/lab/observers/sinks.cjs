// Where a call into the machine leaves JavaScript, and which lines of the target led to it. That tells two flaws apart; the evidence is
// what the canaries show. Everything needed is taken before a target is loaded.
'use strict';
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { apply, getOwnPropertyDescriptor, defineProperty } = Reflect;
const { captureStackTrace } = Error;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const startsWith = uncurry(String.prototype.startsWith);
const includes = uncurry(String.prototype.includes);
const lastIndexOf = uncurry(String.prototype.lastIndexOf);
const slice = uncurry(String.prototype.slice);
const test = uncurry(RegExp.prototype.test);
const asText = String;

const sinkPort = 8099;
const mostFrames = 5;
const canaryRun = '/tmp/canary/run';
const canaryFiles = '/canary/';

/** Top lines of the target's own code: { function, file (within its package), line }. */
function framesNow() {
  const kept = { limit: getOwnPropertyDescriptor(Error, 'stackTraceLimit'), prepare: getOwnPropertyDescriptor(Error, 'prepareStackTrace') };
  const found = { __proto__: null, length: 0 };
  try {
    define('stackTraceLimit', 60);
    define('prepareStackTrace', (_, sites) => {
      for (let i = 0; i < sites.length && found.length < mostFrames; i++) addFrame(found, sites[i]);
      return '';
    });
    const here = { __proto__: null };
    captureStackTrace(here, framesNow);
    void here.stack;
  } catch {
    // A target that froze Error hides its lines, not the evidence.
  }
  restore('stackTraceLimit', kept.limit);
  restore('prepareStackTrace', kept.prepare);
  return found;
}

const define = (name, value) =>
  defineProperty(Error, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true });

function restore(name, before) {
  try {
    if (before) defineProperty(Error, name, before);
    else delete Error[name];
  } catch {
    // as above
  }
}

function addFrame(found, site) {
  const file = placeOf(site.getFileName() ?? '');
  if (file === undefined) return;
  const name = site.getFunctionName() ?? site.getMethodName() ?? '';
  found[found.length++] = { __proto__: null, function: slice(name, 0, 100), file, line: site.getLineNumber() ?? 0 };
}

/** The path within its package; undefined for what is not the target's. */
function placeOf(path) {
  const at = lastIndexOf(path, '/node_modules/');
  const from = at >= 0 ? at + 14 : startsWith(path, '/src/') ? 5 : startsWith(path, 'file:///src/') ? 12 : -1;
  return from < 0 ? undefined : slice(path, from, from + 200);
}

/** `onSink(frames, reached)`: `reached` names an address elsewhere, when it is one that was asked for. */
function watchSinks(kind, onSink) {
  const note = (isIt) => (args) => {
    const reached = isIt(args);
    if (reached) onSink(framesNow(), typeof reached === 'string' ? reached : undefined);
  };
  if (kind === 'command-execution' || kind === 'code-execution')
    wrap(require('node:child_process'), ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'], note(namesCanary));
  if (kind === 'file-read' || kind === 'file-write') {
    const names = Object.keys(fs).filter(
      (name) => typeof fs[name] === 'function' && /^[a-z]/.test(name) && !/^(watch|unwatch|exists|access|stat|lstat|fstat)/.test(name),
    );
    wrap(fs, names, note(namesFile));
    wrap(
      fs.promises,
      Object.keys(fs.promises).filter((name) => typeof fs.promises[name] === 'function'),
      note(namesFile),
    );
  }
  if (kind === 'outbound-request') {
    const [dgram, dns, net] = [require('node:dgram'), require('node:dns'), require('node:net')];
    wrap(net.Socket.prototype, ['connect'], note(connects));
    wrap(dgram.Socket.prototype, ['send', 'connect'], note(sends));
    const lookups = (of) => Object.keys(of).filter((name) => typeof of[name] === 'function' && /^(lookup|resolve|reverse)/.test(name));
    for (const of of [dns, dns.promises]) wrap(of, lookups(of), note(looksUp));
    for (const of of [dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
      const names = [...Object.keys(of), ...Object.getOwnPropertyNames(of)].filter((name) => /^(resolve|reverse)/.test(name));
      wrap(of, [...new Set(names)], note(looksUp));
    }
  }
  syncBuiltinESMExports();
}

/** A proxy and no wrapper: name, length and promisify's symbols stay as they are. */
function wrap(of, names, look) {
  for (const name of names) {
    const { value, configurable, writable } = getOwnPropertyDescriptor(of, name) ?? {};
    if (typeof value !== 'function' || !(configurable || writable)) continue;
    const watched = new Proxy(value, {
      __proto__: null,
      apply(target, self, args) {
        try {
          look(args);
        } catch {
          // What we cannot read is none of the target's trouble.
        }
        return apply(target, self, args);
      },
    });
    of[name] = watched;
  }
}

/** A word of the command, or of its list of arguments. */
function namesCanary(args) {
  for (let i = 0; i < 2 && i < args.length; i++) {
    const given = args[i];
    if (typeof given === 'string' && includes(given, canaryRun)) return true;
    if (typeof given !== 'object' || given === null) continue;
    for (let j = 0; j < given.length; j++) if (includes(asText(given[j]), canaryRun)) return true;
  }
  return false;
}

function namesFile(args) {
  for (let i = 0; i < 2 && i < args.length; i++) {
    const given = args[i];
    const path = typeof given === 'string' ? given : given instanceof URL ? given.pathname : '';
    if (includes(path, canaryFiles)) return true;
  }
  return false;
}

const digits = /^\d+$/;
const loopback = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|\[::1?\]|::ffff:127\.\d+\.\d+\.\d+)$/i;

/** The target's own servers listen on loopback: only the sink's port counts there. */
function elsewhere(host, port) {
  const name = asText(host ?? 'localhost');
  if (test(loopback, name)) return port !== undefined && +port === sinkPort;
  return `${name}${port === undefined ? '' : `:${asText(port)}`}`;
}

function connects(args) {
  // net hands itself what it has already sorted: [options, callback].
  const [first, second] = typeof args[0]?.[0] === 'object' && args[0][0] !== null ? args[0] : args;
  if (typeof first === 'object' && first !== null) return first.path === undefined && elsewhere(first.host, first.port);
  if (typeof first === 'number' || (typeof first === 'string' && test(digits, first)))
    return elsewhere(typeof second === 'string' ? second : undefined, first);
  return false;
}

/** send(message, [offset, length,] port, address), connect(port, address): a number and then perhaps a name. */
function sends(args) {
  for (let i = args.length - 1; i >= 0; i--) {
    if (typeof args[i] === 'string' && typeof args[i - 1] === 'number') return elsewhere(args[i], args[i - 1]);
  }
  return false;
}

const looksUp = (args) => typeof args[0] === 'string' && elsewhere(args[0]);

module.exports = { watchSinks, framesNow, placeOf };
