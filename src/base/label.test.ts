import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates, isPublic, join, label, members, publicLabel, tlps } from './label.ts';

const compartment = fc.constantFrom('org_a', 'org_b', 'cas_c');
const labels = fc.oneof(
  fc.constantFrom(publicLabel, label('GREEN')),
  fc.tuple(fc.constantFrom(...tlps), fc.array(compartment, { minLength: 1 })).map(([tlp, compartments]) => label(tlp, ...compartments)),
);

test('labels form a lattice', () => {
  fc.assert(
    fc.property(labels, labels, labels, (a, b, c) => {
      expect(join(a, b)).toEqual(join(b, a));
      expect(join(a, join(b, c))).toEqual(join(join(a, b), c));
      expect(join(a, a)).toEqual(a);
      expect(dominates(join(a, b), a)).toBe(true);
      expect(dominates(a, publicLabel)).toBe(true);
      if (dominates(c, a) && dominates(c, b)) expect(dominates(c, join(a, b))).toBe(true);
      if (dominates(a, b) && dominates(b, a)) expect(a).toEqual(b);
    }),
  );
});

test('only TLP:CLEAR without compartments is public', () => {
  expect(isPublic(publicLabel)).toBe(true);
  expect(isPublic(label('GREEN'))).toBe(false);
  expect(isPublic(label('CLEAR', 'org_a'))).toBe(false);
});

test('GREEN is for members, and what is stricter names its compartment', () => {
  expect(label('GREEN').compartments).toEqual([members]);
  for (const tlp of ['AMBER', 'AMBER+STRICT', 'RED'] as const) expect(() => label(tlp)).toThrow(RangeError);
});
