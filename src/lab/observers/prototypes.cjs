// The built-in prototypes, and what changed on them. Everything needed to look is taken before a target is loaded.
'use strict';
const { ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;
const { is } = Object;
const describe = Symbol.prototype.toString.call.bind(Symbol.prototype.toString);
const isPrimitive = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');

const iterator = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));
const generator = getPrototypeOf(function* () {}.prototype);
const asyncGenerator = getPrototypeOf(async function* () {}.prototype);
const hidden = [
  ['%TypedArray%.prototype', getPrototypeOf(Uint8Array.prototype)],
  ['%Iterator%.prototype', iterator],
  ['%ArrayIterator%.prototype', getPrototypeOf([][Symbol.iterator]())],
  ['%Generator%.prototype', generator],
  ['%AsyncGenerator%.prototype', asyncGenerator],
  ['%AsyncFunction%.prototype', getPrototypeOf(async () => {})],
  ['%GeneratorFunction%.prototype', getPrototypeOf(function* () {})],
  ['%AsyncGeneratorFunction%.prototype', getPrototypeOf(async function* () {})],
];

/** [name, object], those that everything inherits from first. */
const watched = [];
{
  const known = new Set();
  const watch = (name, of) => {
    if (isPrimitive(of) || known.has(of)) return;
    known.add(of);
    watched.push([name, of]);
  };
  for (const name of ['Object', 'Function', 'Array', 'String', 'Number', 'Boolean']) watch(`${name}.prototype`, globalThis[name].prototype);
  for (const name of ownKeys(globalThis)) {
    const { value } = getOwnPropertyDescriptor(globalThis, name);
    if (typeof value === 'function' && typeof name === 'string') watch(`${name}.prototype`, value.prototype);
  }
  for (const [name, of] of hidden) watch(name, of);
}

// Key, value, getter and setter of every own property, flat; an object without a prototype cannot be polluted.
function snapshot(of) {
  const flat = { __proto__: null, length: 0 };
  const keys = ownKeys(of);
  for (let i = 0; i < keys.length; i++) {
    const property = { __proto__: null, value: undefined, get: undefined, set: undefined, ...getOwnPropertyDescriptor(of, keys[i]) };
    flat[flat.length++] = keys[i];
    flat[flat.length++] = property.value;
    flat[flat.length++] = property.get;
    flat[flat.length++] = property.set;
  }
  return flat;
}

function snapshots() {
  const all = { __proto__: null, length: 0 };
  for (let i = 0; i < watched.length; i++) all[all.length++] = snapshot(watched[i][1]);
  return all;
}

/** The first key that is new, other or gone. */
function changedKey(before, after) {
  for (let i = 0; i < after.length; i += 4) {
    const at = indexOf(before, after[i]);
    if (at < 0) return { __proto__: null, key: after[i] };
    for (let part = 1; part < 4; part++) if (!is(after[i + part], before[at + part])) return { __proto__: null, key: after[i] };
  }
  for (let i = 0; i < before.length; i += 4) if (indexOf(after, before[i]) < 0) return { __proto__: null, key: before[i] };
  return undefined;
}

function indexOf(flat, key) {
  for (let i = 0; i < flat.length; i += 4) if (is(flat[i], key)) return i;
  return -1;
}

/** One word for each prototype that changed: { holder, key }. */
function pollutedSince(before) {
  const found = { __proto__: null, length: 0 };
  for (let i = 0; i < watched.length; i++) {
    const changed = changedKey(before[i], snapshot(watched[i][1]));
    if (!changed) continue;
    const key = typeof changed.key === 'symbol' ? describe(changed.key) : changed.key;
    found[found.length++] = { __proto__: null, holder: watched[i][0], key };
  }
  return found;
}

/** Tells who writes to a property, and lets it be written. */
function setTrap({ holder, key }, onWrite) {
  for (let i = 0; i < watched.length; i++) {
    if (watched[i][0] !== holder) continue;
    const of = watched[i][1];
    const before = getOwnPropertyDescriptor(of, key);
    // Whoever inherits from it writes through the trap as well, and gets a property of its own.
    const set = function (value) {
      defineProperty(this, key, { __proto__: null, value, writable: true, configurable: true, enumerable: true });
      if (this === of) onWrite();
    };
    defineProperty(of, key, { __proto__: null, get: () => before?.value, set, configurable: true, enumerable: false });
  }
}

module.exports = { snapshots, pollutedSince, setTrap };
