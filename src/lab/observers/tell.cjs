// How a functional test of a Node package says what it saw: a line a value, on standard output. What it must have been stands in the recipe and
// never in the box. Everything needed is taken before the target is loaded.
'use strict';
const { writeSync } = require('node:fs');
const { inspect } = require('node:util');

// What the package prints for people is no answer.
process.stdout.write = process.stderr.write.bind(process.stderr);

const whole = {
  depth: Infinity,
  maxArrayLength: null,
  maxStringLength: null,
  compact: true,
  breakLength: Infinity,
  sorted: true,
  customInspect: false,
};
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
const say = (line) => void writeSync(1, `${line.replace(/[^ -~]/g, escaped)}\n`);

/** The value as util.inspect writes it: whole, keys in order, on one line, ASCII alone. */
module.exports = (value) => say(inspect(value, whole));

/** `throws`, or what the work returns where it does not. */
module.exports.throws = (work) => {
  let value;
  try {
    value = work();
  } catch {
    return say('throws');
  }
  module.exports(value);
};
