// What a hostile input would touch if it could. Set up before the driver's process exists, read after it is gone.
'use strict';
const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');

const canaryAt = '/tmp/canary';
const rootAt = '/tmp/root';
/** Reports are collected by plain names; and it is another file system than /tmp, which a target may fill. */
const ranAt = '/reports/.ran';
const sinkPort = 8099;

/** `seen(end)` says what was tripped, or undefined: `sink` is the same whatever the input names, `what` is told to people. */
async function setUpCanaries(kind) {
  const token = randomBytes(16).toString('hex');
  const secret = `canary-${randomBytes(16).toString('hex')}`;
  fs.mkdirSync(rootAt);
  fs.mkdirSync(canaryAt);
  // Some targets serve only what has an ending.
  for (const name of ['secret', 'secret.txt']) fs.writeFileSync(`${canaryAt}/${name}`, `${secret}\n`);
  // Built-in words only: nothing of it depends on a path, a place to write in /tmp or another program.
  fs.writeFileSync(`${canaryAt}/run`, `#!/bin/sh\necho ${token} >> ${ranAt}\n`, { mode: 0o755 });
  const before = listing(canaryAt);
  const arrived = kind === 'outbound-request' ? await openSink() : [];
  const ran = () => (read(ranAt).includes(token) ? { sink: 'command', what: [`${canaryAt}/run ran`] } : undefined);
  const eyes = {
    'prototype-pollution': ({ polluted }) => {
      const holders = [...new Set(polluted.map(({ holder }) => holder))].sort();
      const what = polluted.map(({ holder, key }) => `${holder}: ${key}`).slice(0, 8);
      return polluted.length > 0 ? { sink: holders.join(', '), what, trap: polluted[0] } : undefined;
    },
    'command-execution': ran,
    'code-execution': ({ called }) => (called ? { sink: 'canary()', what: ['canary() was called'] } : ran()),
    'file-read': ({ leaked }) => (leaked ? { sink: 'secret', what: [`${canaryAt}/secret is in what was ${leaked}`] } : undefined),
    'file-write': () => {
      const what = changes(before, listing(canaryAt));
      return what.length > 0 ? { sink: 'file', what } : undefined;
    },
    'outbound-request': ({ reached }) => {
      const what = [...new Set([...arrived, ...reached])].sort().slice(0, 8);
      return what.length > 0 ? { sink: 'network', what } : undefined;
    },
  };
  return { secret, seen: eyes[kind] ?? (() => undefined) };
}

const read = (path) => {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Path → what it is, all the way down; links are not followed. */
function listing(dir) {
  const found = new Map();
  const visit = (path) => {
    const is = fs.lstatSync(path);
    if (is.isDirectory()) {
      found.set(path, 'directory');
      for (const name of fs.readdirSync(path)) if (found.size < 1000) visit(`${path}/${name}`);
    } else if (is.isSymbolicLink()) found.set(path, `link to ${fs.readlinkSync(path)}`);
    else if (is.isFile()) found.set(path, `file ${is.mode} ${is.size} ${is.mtimeMs} ${digest(path, is.size)}`);
    else found.set(path, 'special file');
  };
  try {
    visit(dir);
  } catch {
    // Taken away under our hands, or made unreadable: what is missing shows.
  }
  return found;
}

const digest = (path, size) => (size > 1 << 20 ? 'large' : createHash('sha256').update(fs.readFileSync(path)).digest('hex'));

function changes(before, after) {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  const said = (path) => (after.has(path) ? (before.has(path) ? 'changed' : 'new') : 'gone');
  return paths
    .sort()
    .slice(0, 8)
    .map((path) => `${said(path)}: ${path}`.slice(0, 200));
}

/** Whoever comes is evidence; every request is answered, so that the target goes on as it would. */
async function openSink() {
  const http = require('node:http');
  const arrived = [];
  const server = http.createServer((request, response) => {
    arrived.push(`${request.method} ${request.url}`.slice(0, 200));
    response.end('ok');
  });
  server.on('connection', () => arrived.push('a connection'));
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise((resolve, reject) => server.once('error', reject).listen(sinkPort, '127.0.0.1', resolve));
  return arrived;
}

module.exports = { setUpCanaries, changes };
