// The observer: sets up the canaries, has the driver run in a process of its own (stage.cjs, stage.py), then reads the canaries and reports.
// No byte of the target is ever loaded here: what it breaks, patches or ends is its own process.
'use strict';
const { readFileSync, rmSync, openSync, writeSync, closeSync } = require('node:fs');
const { setUpCanaries } = require('./canaries.cjs');
const { Stage, killOthers, settle } = require('./staging.cjs');
const { growthOf } = require('./growth.cjs');

const alarmExit = 86;
const reportAt = '/reports/observed.json';
const noPumps = 'the input is not {"prefix", "pump", "suffix"}, or a list of such';

const [asked, wallMs, input] = process.argv.slice(2);
const { oracle, driver } = JSON.parse(asked);
const nonce = readFileSync('/input/nonce', 'utf8');
const isSelfCheck = input === '--self-check';
/** Milliseconds since this process began; some of the box's time is kept for looking and reporting. */
const deadline = Math.max(Number(wallMs) * 0.85 - 300, Number(wallMs) / 2);

async function main() {
  const canaries = await setUpCanaries(oracle.kind);
  const start = (more) => new Stage({ oracle, driver, input, isSelfCheck, secret: canaries.secret, ...more }, deadline);
  const found = oracle.kind === 'super-linear' ? await superLinear(start) : await watched(start, canaries);
  await killOthers();
  report(found);
}

/** One call of the driver, and what the canaries show after it. */
async function watched(start, canaries) {
  const end = await start({}).finished();
  await settle(deadline);
  await killOthers();
  const seen = canaries.seen(end) ?? hung(end);
  if (seen) {
    const { sink, what } = seen;
    return { saw: 'seen', ended: end.how, because: end.because, sink, what, frames: await framesOf(start, end, seen) };
  }
  return end.isOver ? { saw: 'quiet', ended: end.how, because: end.because } : { saw: 'unsure', ended: end.how, because: end.because };
}

/** Busy until it was stopped. An idle one may only be waiting for us. */
function hung({ how, cpuMs, wallMs: taken }) {
  return oracle.kind === 'hang' && how === 'stopped' && cpuMs >= taken * 0.25
    ? { sink: 'hang', what: ['busy until it was stopped'] }
    : undefined;
}

/** Who wrote to the prototype is only known to a trap at that very property: the driver is run once more with one. */
async function framesOf(start, end, { trap }) {
  if (!trap) return end.frames;
  const again = await start({ trap }).finished();
  return again.frames;
}

async function superLinear(start) {
  const pumps = isSelfCheck ? [{ prefix: '', pump: 'a', suffix: '!' }] : pumpsOf(readFileSync(input, 'utf8'));
  if (pumps.length === 0) return { saw: 'unsure', ended: 'not-run', because: noPumps };
  let last;
  for (const pump of pumps) {
    last = await growthOf(pump, oracle.mostChars, start, deadline);
    if (last.saw !== 'quiet') return last;
  }
  return last;
}

function pumpsOf(text) {
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const all = Array.isArray(parsed) ? parsed : [parsed];
  const isPump = (p) => p && ['prefix', 'pump', 'suffix'].every((name) => typeof (p[name] ?? '') === 'string') && p.pump;
  return all.length <= 8 && all.every(isPump) ? all.map(({ prefix = '', pump, suffix = '' }) => ({ prefix, pump, suffix })) : [];
}

/** Whatever lies there by now is not ours. */
function report({ saw, ended, because = '', sink = '', what = [], frames = [], growth }) {
  rmSync(reportAt, { recursive: true, force: true });
  const to = openSync(reportAt, 'wx', 0o600);
  writeSync(to, JSON.stringify({ nonce, kind: oracle.kind, saw, ended, because: because.slice(0, 500), sink, what, frames, growth }));
  closeSync(to);
  process.exit(saw === 'seen' ? alarmExit : 0);
}

main().catch((cause) => report({ saw: 'unsure', ended: 'not-run', because: `the observer failed: ${cause?.message}` }));
