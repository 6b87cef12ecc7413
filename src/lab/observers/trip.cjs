// The self-check: trips each canary by itself, after the target was loaded. Silence means something only where this is seen.
'use strict';

const trips = {
  'prototype-pollution': () => {
    Object.prototype.polluted = true;
  },
  'command-execution': () => require('node:child_process').execFileSync('/bin/sh', ['-c', '/tmp/canary/run']),
  'code-execution': () => new Function('canary()')(),
  'file-read': () => require('node:fs').readFileSync('/tmp/canary/secret'),
  'file-write': () => require('node:fs').writeFileSync('/tmp/root/../canary/written', 'x'),
  'outbound-request': (_, { sink }) => fetch(`${sink}/self-check`),
  // Twice as long for every character.
  'super-linear': (bytes) => /^(a+)+$/.test(bytes.toString('latin1')),
  'memory-growth': (_, __, { overBytes }) => {
    const held = [];
    while (held.length < overBytes >> 20) held.push(Buffer.alloc(1 << 20, 1));
    return held.length;
  },
  hang: () => {
    for (;;);
  },
};

module.exports = { trip: (oracle, bytes, box) => trips[oracle.kind](bytes, box, oracle) };
