// Where the time of a call goes: the target's own functions on the way that takes most of it, innermost first. For people and for telling
// two flaws apart; what is evidence was measured before, without it.
'use strict';
const { Session } = require('node:inspector');
const { placeOf } = require('./sinks.cjs');

const mostFrames = 5;
const mostOfIt = 0.6;

/** Starts; what it returns stops and gives the frames. */
function profiled() {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  return () => {
    const found = { __proto__: null, length: 0 };
    try {
      session.post('Profiler.stop', (_, said) => hottest(said.profile.nodes, found));
    } catch {
      // A target that broke what we need here hides its lines, not its time.
    }
    return found;
  };
}

/** From the top always into the call that takes most of the time, until none does. */
function hottest(nodes, found) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const totals = new Map();
  // A node comes before its children in the list.
  for (const node of nodes.toReversed())
    totals.set(node.id, (node.hitCount ?? 0) + (node.children ?? []).reduce((sum, id) => sum + totals.get(id), 0));
  const path = [];
  const least = totals.get(nodes[0].id) * mostOfIt;
  for (let at = nodes[0]; at; at = (at.children ?? []).map((id) => byId.get(id)).find(({ id }) => totals.get(id) >= least)) path.push(at);
  for (const { callFrame } of path.reverse()) {
    const file = placeOf(callFrame.url.replace(/^file:\/\//, ''));
    const last = found[found.length - 1];
    if (file === undefined || found.length >= mostFrames || (last?.file === file && last.function === callFrame.functionName)) continue;
    found[found.length++] = { __proto__: null, function: callFrame.functionName.slice(0, 100), file, line: callFrame.lineNumber + 1 };
  }
}

module.exports = { profiled };
