import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { withMember } from './cli-sources.ts';

const text = `# a comment
variants:
  vulnerable: { kind: npm, package: a, version: 1.0.0 } # why
  fixed:
    kind: npm
    version: 1.0.1 # the first
pocs: [a, b]
`;

test('a pin is added where the variant stands, and nothing else changes', () => {
  const pinned = withMember(withMember(text, 'vulnerable', 'integrity', 'sha512-a+/b=='), 'fixed', 'sha256', '0'.repeat(64));
  expect(pinned).toContain('vulnerable: { kind: npm, package: a, version: 1.0.0, integrity: sha512-a+/b== } # why');
  expect(parse(pinned).variants.fixed).toEqual({ kind: 'npm', version: '1.0.1', sha256: '0'.repeat(64) });
  expect(pinned.split('\n').filter((line) => !line.includes('sha'))).toEqual(
    text.split('\n').filter((line) => !line.includes('vulnerable')),
  );
});

test('a pin that is there is replaced, once', () => {
  const once = withMember(text, 'fixed', 'version', '1.0.2');
  expect(once).toBe(text.replace('1.0.1', '1.0.2'));
  expect(withMember(once, 'fixed', 'version', '1.0.2')).toBe(once);
  expect(withMember(text, 'nobody', 'version', '1')).toBe(text);
});

test('what would be another kind of value stays a text', () => {
  const requires = [{ package: 'b', version: '2' }];
  const pinned = withMember(withMember(text, 'vulnerable', 'sha256', '1'.repeat(64)), 'vulnerable', 'requires', requires);
  expect(parse(pinned).variants.vulnerable).toMatchObject({ sha256: '1'.repeat(64), requires });
});
