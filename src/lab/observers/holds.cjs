// Whether a text is anywhere in a value: strings, bytes, messages of errors, members of objects, arrays, maps and sets.
'use strict';
const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const includes = uncurry(String.prototype.includes);
const latin1 = uncurry(Buffer.prototype.latin1Slice);
const isView = ArrayBuffer.isView;
const bufferOf = Buffer.from.bind(Buffer);
const forEachMap = uncurry(Map.prototype.forEach);
const forEachSet = uncurry(Set.prototype.forEach);
const has = uncurry(Set.prototype.has);
const add = uncurry(Set.prototype.add);
const NewSet = Set;
const { isMap, isSet, isAnyArrayBuffer, isProxy } = require('node:util').types;

/** Values looked at; what is larger is no page or document. */
const mostValues = 200_000;

function holdsText(value, text) {
  const seen = new NewSet();
  const open = { __proto__: null, length: 0 };
  const push = (next) => {
    if (open.length < mostValues) open[open.length++] = next;
  };
  push(value);
  for (let looked = 0; open.length > 0 && looked < mostValues; looked++) {
    const next = open[--open.length];
    if (typeof next === 'string' && includes(next, text)) return true;
    if ((typeof next !== 'object' && typeof next !== 'function') || next === null || has(seen, next) || isProxy(next)) continue;
    add(seen, next);
    if (isView(next) || isAnyArrayBuffer(next)) {
      if (bytesHold(next, text)) return true;
    } else members(next, push);
  }
  return false;
}

function bytesHold(of, text) {
  const bytes = isView(of) ? bufferOf(of.buffer, of.byteOffset, of.byteLength) : bufferOf(of);
  return includes(latin1(bytes, 0, bytes.length), text);
}

/** Own properties only, and no getter is asked: that would be the target's code again. */
function members(of, push) {
  if (isMap(of))
    forEachMap(of, (value, key) => {
      push(key);
      push(value);
    });
  else if (isSet(of)) forEachSet(of, push);
  const keys = ownKeys(of);
  for (let i = 0; i < keys.length; i++) {
    push(keys[i]);
    const property = getOwnPropertyDescriptor(of, keys[i]);
    if (property && 'value' in property) push(property.value);
  }
}

module.exports = { holdsText };
