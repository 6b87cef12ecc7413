import { expect, test } from 'vitest';
import { statementNames } from './names.ts';

test('a statement has a name of its own once it was said twenty times', () => {
  const names = statementNames();
  const said = Array.from({ length: 21 }, () => names.of('SELECT $1'));
  expect(said.slice(0, 19)).toEqual(Array(19).fill(undefined));
  expect(said[19]).toBeDefined();
  expect(said[20]).toBe(said[19]);
  const other = Array.from({ length: 20 }, () => names.of('SELECT $1, $2')).at(-1);
  expect(other).toBeDefined();
  expect(other).not.toBe(said[20]);
});

test('after forgetting nothing has the name it had', () => {
  const names = statementNames();
  const nameOf = () => Array.from({ length: 20 }, () => names.of('SELECT $1')).at(-1);
  const before = nameOf();
  names.forget();
  expect(names.of('SELECT $1')).toBeUndefined();
  expect(nameOf()).not.toBe(before);
});

test('there are never more than two hundred', () => {
  const names = statementNames();
  const given = new Set(Array.from({ length: 300 }, (_, i) => Array.from({ length: 20 }, () => names.of(`SELECT ${i}`)).at(-1)));
  given.delete(undefined);
  expect(given.size).toBe(200);
});
