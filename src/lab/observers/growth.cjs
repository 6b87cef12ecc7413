// How the time of a call grows with its input. CPU time and never the clock's, the least of several calls, sizes that double: a busy machine
// adds to every call, and seldom the same.
'use strict';

/** Below it time is mostly noise; from it on people notice; beyond it a call is stopped. Milliseconds of CPU. */
const floorMs = 4;
const noticeableMs = 500;
const stoppedMs = 2500;
const soonStoppedMs = 750;
const firstTimes = 8;
/** n log n grows by less than 1.2 where it takes noticeable time, and a machine that is twice as slow for the larger ones adds 0.5. */
const leastExponent = 1.6;
/** An exponential that reaches the noticeable from nanoseconds grows there like n^13 to n^18, whatever its base; no real polynomial does. */
const exponentialFrom = 8;

/**
 * `measure(times, stopMs)` gives { chars, cpuMs, cut, lost }: the least CPU time of a call with the pump repeated so often; `cut` when it was
 * stopped, and then that is a lower bound; `lost` with the reason when nothing could be measured.
 */
async function growthBy(measure, mostTimes) {
  const points = [];
  for (let times = firstTimes; times <= mostTimes; times *= 2) {
    // Quadratic work is measured to its end, up to four times what is just not to be noticed.
    const stopMs = Math.min(Math.max(soonStoppedMs, 6 * (points.at(-1)?.cpuMs ?? 0)), stoppedMs);
    const point = { times, ...(await measure(times, stopMs)) };
    if (point.lost) return { saw: 'unsure', because: point.lost, points };
    points.push(point);
    if (point.cut || point.cpuMs >= noticeableMs) return slow(measure, points);
  }
  return { saw: 'quiet', because: '', points };
}

/** Two sizes of a steady climb, four times apart, tell the exponent; where it climbs too steeply for that, sizes between are tried. */
async function slow(measure, points) {
  const [base, , top] = points.slice(-3);
  const steady = top && !top.cut && base.cpuMs >= floorMs;
  if (steady) return judged(exponentOf(base, top), points);
  const between = await climb(measure, points);
  const all = [...points.filter(({ cut }) => !cut), ...between.found].sort((a, b) => a.times - b.times);
  const measured = all.filter(({ cpuMs }) => cpuMs >= floorMs);
  const stopped = points.at(-1).cut ? [points.at(-1)] : [];
  // Without time for more, what was stopped is a lower bound.
  if (between.lost && measured.length === 1) measured.push(...stopped);
  if (measured.length >= 2) return judged(exponentOf(measured[0], measured.at(-1)), [...all, ...stopped]);
  return between.lost ? { saw: 'unsure', because: between.lost, points } : endless([...all, ...stopped]);
}

/** Sizes between one that is quick and one that is not, each measured to its end, until two tell how steep it is. */
async function climb(measure, points) {
  const found = [];
  let low = points.at(-2)?.times ?? 1;
  let high = points.at(-1).times;
  const isSteep = () => {
    const measured = [...points, ...found].filter(({ cut, cpuMs }) => !cut && cpuMs >= floorMs).map(({ cpuMs }) => cpuMs);
    return measured.length >= 2 && Math.max(...measured) > 4 * Math.min(...measured);
  };
  for (let tries = 0; tries < 14 && high - low > 1 && !isSteep(); tries++) {
    const times = (low + high) >> 1;
    const point = { times, ...(await measure(times, soonStoppedMs)) };
    if (point.lost) return { found, lost: point.lost };
    if (!point.cut) found.push(point);
    if (point.cut || point.cpuMs >= noticeableMs) high = times;
    else low = times;
  }
  return { found };
}

const exponentOf = (low, high) => Math.log(high.cpuMs / low.cpuMs) / Math.log(high.times / low.times);

function judged(exponent, points) {
  if (exponent < leastExponent) return { saw: 'quiet', because: '', points };
  const growth = exponent >= exponentialFrom ? 'exponential' : 'polynomial';
  return { saw: 'seen', because: '', growth, exponent: Math.round(exponent * 10) / 10, points };
}

/** From quick to never in one step. */
function endless(points) {
  return { saw: 'seen', because: '', growth: 'endless', exponent: 0, points };
}

/** The driver's process is kept as long as it answers; one that was stopped is followed by a new one. */
async function growthOf(pump, mostChars, start, deadline) {
  const fixed = pump.prefix.length + pump.suffix.length;
  const mostTimes = Math.floor((mostChars - fixed) / pump.pump.length);
  let stage;
  let how = 'not-run';
  let said = '';
  const measure = async (times, stopMs) => {
    stage ??= start({});
    const chars = fixed + times * pump.pump.length;
    let least = Number.POSITIVE_INFINITY;
    for (let call = 0; call < repeats(least); call++) {
      stage.tell({ ...pump, times });
      const answer = await stage.answer(stopMs);
      if (answer.cut) {
        const ended = answer.isGone ? await stage.finished() : await stage.stop();
        stage = undefined;
        if (answer.isGone) return { chars, lost: ended.because };
        if (answer.isLate || performance.now() > deadline) return { chars, lost: `the time was up at ${chars} characters` };
        return { chars, cut: true, cpuMs: answer.cpuMs };
      }
      ({ how, because: said } = answer);
      least = Math.min(least, answer.cpuMs);
    }
    return { chars, cut: false, cpuMs: least };
  };
  const { saw, because, growth, exponent, points } = await growthBy(measure, mostTimes);
  const frames = saw === 'seen' ? await placesOf(pump, points, stage ?? start({})) : [];
  await stage?.stop();
  const curve = points.slice(-8).map(({ chars, cpuMs, cut }) => ({ chars, cpuMs: Math.round(cpuMs * 10) / 10, cut }));
  const grown = growth === undefined ? { curve } : { class: growth, exponent, curve };
  return { saw, ended: how, because: because || said, sink: saw === 'seen' ? 'time' : '', frames, growth: grown };
}

/** The longest call that came to its end, once more and profiled. Python's stage has no profiler and says no frames. */
async function placesOf(pump, points, stage) {
  const ended = points.filter(({ cut }) => !cut).sort((a, b) => b.cpuMs - a.cpuMs);
  if (ended.length === 0 || ended[0].cpuMs < floorMs) return [];
  stage.tell({ ...pump, times: ended[0].times, isProfiled: true });
  const { frames = [] } = await stage.answer(2 * stoppedMs);
  await stage.stop();
  return Array.isArray(frames) ? frames.slice(0, 5) : [];
}

/** The shorter a call, the more of them. */
const repeats = (leastMs) => (leastMs < 50 || leastMs === Number.POSITIVE_INFINITY ? 5 : leastMs < 300 ? 3 : 1);

module.exports = { growthBy, growthOf };
