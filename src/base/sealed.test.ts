import { createSecretKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, sealBytes, unseal } from './sealed.ts';

const [key, other, nonce] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2)), Buffer.alloc(12, 3)];

test('what was sealed opens with its key, for its thing, unaltered; otherwise not at all', () => {
  const sealed = seal(key, 'blb_a', Buffer.from('exploit.c'), nonce);
  expect(sealed.length).toBe('exploit.c'.length + sealBytes);
  expect(unseal(key, 'blb_a', sealed)?.toString()).toBe('exploit.c');
  expect(unseal(other, 'blb_a', sealed)).toBeUndefined();
  expect(unseal(key, 'blb_b', sealed)).toBeUndefined();
  for (let i = 0; i < sealed.length; i++) {
    const altered = Buffer.from(sealed);
    altered[i]! ^= 1;
    expect(unseal(key, 'blb_a', altered)).toBeUndefined();
  }
  expect(unseal(key, 'blb_a', sealed.subarray(0, sealBytes - 1))).toBeUndefined();
  expect(() => seal(key, 'blb_a', Buffer.alloc(1), Buffer.alloc(11))).toThrow(RangeError);
});
