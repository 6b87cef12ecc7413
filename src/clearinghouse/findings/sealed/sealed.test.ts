import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countStanzas } from './sealed.ts';

const file = (...stanzas: string[]) => Buffer.from(`age-encryption.org/v1\n${stanzas.join('')}--- mac\nciphertext\n-> no stanza`);
const stanza = '-> X25519 share\nbody\n';

test('an age file tells to how many it is encrypted, and nothing else is one', () => {
  expect(countStanzas(file(stanza))).toBe(1);
  expect(countStanzas(file(stanza, stanza, stanza))).toBe(3);
  expect(countStanzas(file())).toBeUndefined();
  expect(countStanzas(Buffer.from('age-encryption.org/v1\n-> X25519 share'))).toBeUndefined();
  expect(countStanzas(Buffer.from(`age-encryption.org/v2\n${stanza}--- mac\n`))).toBeUndefined();
  fc.assert(fc.property(fc.uint8Array(), (bytes) => countStanzas(bytes) === undefined));
});
