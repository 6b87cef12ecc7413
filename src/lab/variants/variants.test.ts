import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { attacksOf, variantsOf } from './variants.ts';

const inputs = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.json({ maxDepth: 3 }).map((json) => Buffer.from(json)),
  fc.string({ maxLength: 40 }).map((text) => Buffer.from(`../${text}; 12 __proto__`)),
);
const oracles = fc.constantFrom(
  'sanitizer',
  'prototype-pollution',
  'command-execution',
  'file-read',
  'code-execution',
  'outbound-request',
  'hang',
) as fc.Arbitrary<Parameters<typeof variantsOf>[1]>;

test('as many variants as were asked for, none twice, none the input itself, none too large, and the same every time', () => {
  fc.assert(
    fc.property(inputs, oracles, fc.integer({ min: 1, max: limits.patchVariants }), (poc, oracle, most) => {
      const made = variantsOf(poc, oracle, most);
      const digests = made.map((input) => sha256(input));
      expect(made).toHaveLength(most);
      expect(new Set([...digests, sha256(poc)]).size).toBe(most + 1);
      expect(made.every((input) => input.length <= limits.attachmentBytes)).toBe(true);
      expect(variantsOf(Buffer.from(poc), oracle, most).map((input) => sha256(input))).toEqual(digests);
    }),
    { numRuns: 100 },
  );
});

test('attacks are of the corpus, none of it, the same for the same seed and others for another', () => {
  fc.assert(
    fc.property(fc.array(inputs, { minLength: 1, maxLength: 4 }), (corpus) => {
      const digests = (seed: string) => attacksOf(corpus, seed, limits.patchAttacks).map((input) => sha256(input));
      const made = digests('a');
      expect(made).toHaveLength(limits.patchAttacks);
      expect(new Set([...made, ...corpus.map((input) => sha256(input))]).size).toBe(
        made.length + new Set(corpus.map((input) => sha256(input))).size,
      );
      expect(digests('a')).toEqual(made);
      expect(digests('b')).not.toEqual(made);
    }),
    { numRuns: 30 },
  );
});

test('an input of the largest size has no larger variant', () => {
  const made = variantsOf(Buffer.alloc(limits.attachmentBytes, '[1,'), 'sanitizer', 12);
  expect(made).toHaveLength(12);
  expect(Math.max(...made.map((input) => input.length))).toBeLessThanOrEqual(limits.attachmentBytes);
});

test('what a guard against one spelling lets through is spelled in other ways', () => {
  const texts = (poc: string, oracle: Parameters<typeof variantsOf>[1]) =>
    variantsOf(Buffer.from(poc), oracle, limits.patchVariants).map((input) => Buffer.from(input).toString());
  expect(texts('{"__proto__":{"a":1}}', 'prototype-pollution')).toContain('{"constructor":{"prototype":{"a":1}}');
  expect(texts('--__proto__.a=1', 'prototype-pollution')).toContain('--constructor.prototype.a=1');
  expect(texts('a; /tmp/canary/run #', 'command-execution')).toContain('a && /tmp/canary/run #');
  expect(texts('/../canary/secret', 'file-read')).toContain('/%2e%2e/canary/secret');
});
