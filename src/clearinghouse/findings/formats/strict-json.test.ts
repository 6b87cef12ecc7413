import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedKey } from './strict-json.ts';

const places = ['', '/attachments/*'];

test('a key that stands twice is found at the top and within an attachment', () => {
  expect(repeatedKey('{"a":1,"b":{"a":2},"a":3}', places)).toBe('a');
  expect(repeatedKey('{"attachments":[{"data":"x"},{"data":"y","data":"z"}]}', places)).toBe('data');
  expect(repeatedKey('{"a":1,"\\u0061":2}', places)).toBe('a');
});

test('the same key in two objects, in a string or deeper down is none', () => {
  expect(repeatedKey('{"attachments":[{"data":"x"},{"data":"y"}],"b":{"c":1,"c":2}}', places)).toBeUndefined();
  expect(repeatedKey('{"a":"\\",\\"a\\":1","b":["a","a"]}', places)).toBeUndefined();
});

test('property: JSON.stringify never repeats a key; a doubled member always is found', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect(repeatedKey(text, places)).toBeUndefined();
      const key = Object.keys(value)[0];
      if (key !== undefined) expect(repeatedKey(`${text.slice(0, -1)},${JSON.stringify(key)}:null}`, places)).toBe(key);
    }),
  );
});
