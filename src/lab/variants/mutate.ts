import { limits } from '../../base/limits.ts';
import { nestingOf } from '../syntax/brackets.ts';
import type { Dice } from './dice.ts';

const boundaries = ['0', '1', '-1', '2147483648', '4294967295', '18446744073709551616', '1e999', '0.1', ''];
const curious = [0, 1, 9, 10, 32, 34, 39, 44, 47, 60, 91, 92, 93, 123, 125, 127, 128, 255];
const words = ['null', 'true', '{}', '[]', '""', '\\u0000', '%00', '\n', '\0', '<', '>', '../', "'"];

type Mutation = (input: Buffer, dice: Dice, others: readonly Uint8Array[]) => Buffer;

const spliced = (input: Buffer, from: number, to: number, by: Uint8Array | string) =>
  Buffer.concat([input.subarray(0, from), typeof by === 'string' ? Buffer.from(by) : by, input.subarray(to)]);
const place = (input: Buffer, dice: Dice) => dice.below(input.length + 1);
function stretch(input: Buffer, dice: Dice): [from: number, to: number] {
  const from = place(input, dice);
  return [from, Math.min(input.length, from + 1 + dice.below(16))];
}

const mutations: readonly Mutation[] = [
  (input, dice) => spliced(input, ...stretch(input, dice), ''),
  (input, dice) => {
    const [from, to] = stretch(input, dice);
    return spliced(input, from, from, Buffer.concat(Array(1 + dice.below(64)).fill(input.subarray(from, to))));
  },
  (input, dice) => {
    const at = place(input, dice);
    return spliced(input, at, at + 1, Buffer.of(dice.of(curious)));
  },
  (input, dice) => {
    const at = place(input, dice);
    return spliced(input, at, at, Buffer.of(dice.below(256)));
  },
  (input, dice) => {
    const at = place(input, dice);
    return spliced(input, at, at, dice.of(words));
  },
  (input, dice) => {
    const numbers = [...input.toString('latin1').matchAll(/\d+/g)];
    if (numbers.length === 0) return spliced(input, input.length, input.length, dice.of(boundaries));
    const number = dice.of(numbers);
    return spliced(input, number.index, number.index + number[0].length, dice.of(boundaries));
  },
  (input, dice, others) => {
    const other = Buffer.from(dice.of(others));
    return Buffer.concat([input.subarray(0, place(input, dice)), other.subarray(place(other, dice))]);
  },
  (input, dice) => {
    const lists = nestingOf(input).brackets.filter(({ items }) => items.length > 0);
    if (lists.length === 0) return spliced(input, 0, 0, dice.of(words));
    const { items } = dice.of(lists);
    const [one, other] = [dice.of(items), dice.of(items)];
    return spliced(input, one.valueFrom, one.to, input.subarray(other.valueFrom, other.to));
  },
  (input, dice) => input.subarray(0, place(input, dice)),
];

/** One to four changes, thrown by the dice. `others` are inputs to borrow from; at least one. */
export function mutate(input: Uint8Array, dice: Dice, others: readonly Uint8Array[]): Uint8Array {
  let changed: Buffer = Buffer.from(input);
  for (let left = 1 + dice.below(4); left > 0; left--)
    changed = dice.of(mutations)(changed, dice, others).subarray(0, limits.attachmentBytes);
  return changed;
}
