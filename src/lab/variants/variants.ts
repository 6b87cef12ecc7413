import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import type { Oracle } from '../recipe.ts';
import { nestingOf } from '../syntax/brackets.ts';
import { Dice } from './dice.ts';
import { mutate } from './mutate.ts';
import { respelled } from './spellings.ts';

type Way = (input: Buffer) => readonly Uint8Array[];
const spliced = (input: Buffer, from: number, to: number, by: string | Uint8Array) =>
  Buffer.concat([input.subarray(0, from), Buffer.from(by as string), input.subarray(to)]);
const few = 6;

/** Changes that a flaw seldom minds and a narrow fix often does: another length, place, nesting, number, name or spacing. */
const ways: readonly Way[] = [
  (input) => [' ', '\n', '\t', '\0'].flatMap((space) => [spliced(input, 0, 0, space), spliced(input, input.length, input.length, space)]),
  (input) => [input.subarray(0, -1), spliced(input, input.length, input.length, input.subarray(-1)), Buffer.concat([input, input])],
  (input) => {
    const lists = nestingOf(input).brackets.filter(({ items }) => items.length > 0);
    return lists
      .slice(0, few)
      .flatMap(({ items: [first] }) => [
        spliced(input, first!.from, first!.from, `${input.subarray(first!.from, first!.to)},`),
        spliced(input, first!.valueFrom, first!.to, `[${input.subarray(first!.valueFrom, first!.to)}]`),
      ]);
  },
  (input) => [
    Buffer.concat([Buffer.from('['), input]),
    Buffer.concat([Buffer.from('[0,'), input, Buffer.from(']')]),
    Buffer.concat([Buffer.from('{"a":'), input, Buffer.from('}')]),
  ],
  (input) =>
    [...input.toString('latin1').matchAll(/\d+/g)]
      .slice(0, few)
      .flatMap(({ 0: number, index }) => ['0', '-1', '99999999999'].map((by) => spliced(input, index, index + number.length, by))),
  (input) =>
    nestingOf(input)
      .texts.filter(({ from, to }) => to - from > 1)
      .slice(0, few)
      .flatMap(({ from, to }) => ['""', '"another"', `"${'long'.repeat(64)}"`].map((by) => spliced(input, from, to, by))),
  (input) =>
    [...input.toString('latin1').matchAll(/[,:;={[]/g)].slice(0, few).map(({ index }) => spliced(input, index + 1, index + 1, ' ')),
  (input) =>
    [...input.toString('latin1').matchAll(/(.)\1{3,}/gs)]
      .slice(0, few)
      .flatMap(({ 0: run, index }) => [spliced(input, index, index, run), spliced(input, index, index + Math.floor(run.length / 2), '')]),
];

/**
 * `most` inputs beside a PoC, none of them twice, the same for the same PoC: other spellings first (each way of changing has its turn), filled
 * up with throws of dice that the PoC's own digest seeds.
 */
export function variantsOf(poc: Uint8Array, oracle: Oracle['kind'], most: number): Uint8Array[] {
  const input = Buffer.from(poc);
  const queues = [respelled(poc, oracle), ...ways.map((way) => way(input))].map((made) => [...made]);
  const seen = new Set([sha256(poc)]);
  const variants: Uint8Array[] = [];
  const add = (made: Uint8Array) => {
    const digest = sha256(made);
    if (seen.has(digest) || made.length > limits.attachmentBytes || variants.length >= most) return;
    seen.add(digest);
    variants.push(made);
  };
  while (queues.some((queue) => queue.length > 0))
    for (const queue of queues) {
      const made = queue.shift();
      if (made) add(made);
    }
  return fill(variants, add, poc, [poc], `variants ${sha256(poc)}`, most);
}

/** `most` inputs to attack a patched build with, thrown from all inputs that are known. */
export function attacksOf(corpus: readonly Uint8Array[], seed: string, most: number): Uint8Array[] {
  const seen = new Set(corpus.map((input) => sha256(input)));
  const attacks: Uint8Array[] = [];
  const add = (made: Uint8Array) => {
    const digest = sha256(made);
    if (!seen.has(digest)) attacks.push(made);
    seen.add(digest);
  };
  const dice = new Dice(seed);
  // A throw may be one that was there; of so many some are new.
  for (let throws = 0; attacks.length < most && throws < most * 16; throws++) add(mutate(dice.of(corpus), dice, corpus));
  return attacks;
}

function fill(
  made: Uint8Array[],
  add: (input: Uint8Array) => void,
  poc: Uint8Array,
  others: readonly Uint8Array[],
  seed: string,
  most: number,
) {
  const dice = new Dice(seed);
  for (let throws = 0; made.length < most && throws < most * 16; throws++) add(mutate(poc, dice, others));
  return made;
}
