import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Source } from '../base/doors.ts';
import { insist } from '../base/refusal.ts';
import { exampleRecipe } from '../lab/recipe.example.ts';
import { parseRecipe } from '../lab/recipe.ts';
import { pinRecipe, withMember } from './cli-sources.ts';

const text = `# a comment
variants:
  vulnerable: { kind: npm, package: a, version: 1.0.0 } # why
  fixed:
    kind: npm
    version: 1.0.1 # the first
pocs: [a, b]
`;

test('a pin is added where the variant stands, and nothing else changes', () => {
  const pinned = withMember(withMember(text, ['vulnerable'], 'integrity', 'sha512-a+/b=='), ['fixed'], 'sha256', '0'.repeat(64));
  expect(pinned).toContain('vulnerable: { kind: npm, package: a, version: 1.0.0, integrity: sha512-a+/b== } # why');
  expect(parse(pinned).variants.fixed).toEqual({ kind: 'npm', version: '1.0.1', sha256: '0'.repeat(64) });
  expect(pinned.split('\n').filter((line) => !line.includes('sha'))).toEqual(
    text.split('\n').filter((line) => !line.includes('vulnerable')),
  );
});

test('a pin that is there is replaced, once', () => {
  const once = withMember(text, ['fixed'], 'version', '1.0.2');
  expect(once).toBe(text.replace('1.0.1', '"1.0.2"'));
  expect(withMember(once, ['fixed'], 'version', '1.0.2')).toBe(once);
  expect(withMember(text, ['nobody'], 'version', '1')).toBe(text);
});

test.for([
  ['digits', '1'.repeat(64)],
  ['digits and an e', `1e${'1'.repeat(62)}`],
  ['letters', 'a'.repeat(64)],
])('a hash of %s stays a text', ([, hash]) => {
  expect(parse(withMember(text, ['vulnerable'], 'sha256', hash!)).variants.vulnerable.sha256).toBe(hash);
});

const { variants: _, ...rest } = exampleRecipe;
const npm = (version: string, more = ''): string => `{ kind: npm, package: a, version: ${version}${more} }`;
const whole = (vulnerable: string, fixed = npm('1.0.1')) =>
  `# mine\nvariants:\n  vulnerable: ${vulnerable} # old\n  fixed: ${fixed}\n${stringify(rest)}`;
const lockOf = (integrity: string) => JSON.stringify({ packages: { 'node_modules/a': { integrity } } });
const today: Record<string, Source> = {
  vulnerable: { kind: 'npm', package: 'a', version: '1.0.0', integrity: 'sha512-old', lock: lockOf('sha512-old') },
  fixed: { kind: 'npm', package: 'a', version: '1.0.1', integrity: 'sha512-new', lock: lockOf('sha512-new') },
};
const pin = (yaml: string, replace = false, files: Record<string, string> = {}, pins = today) => {
  const beside = { files: Object.fromEntries(Object.entries(files).map(([name, said]) => [name, Buffer.from(said)])) };
  return pinRecipe({ recipe: insist(parseRecipe(yaml)), text: yaml, beside }, pins, replace);
};

test('a recipe is pinned by integrity and lock, and a second time nothing is left to do', () => {
  const once = insist(pin(whole(npm('1.0.0'))));
  expect(once.text).toBe(
    whole(
      npm('1.0.0', ', integrity: sha512-old, lock: vulnerable.lock.json'),
      npm('1.0.1', ', integrity: sha512-new, lock: fixed.lock.json'),
    ),
  );
  expect(Object.keys(once.locks)).toEqual(['vulnerable.lock.json', 'fixed.lock.json']);
  expect(pin(once.text, false, once.locks)).toEqual({ text: once.text, locks: {} });
});

test('another hash than the recipe has is a conflict, and nothing is written of the other variant either; unless it is to be replaced', () => {
  const other = whole(npm('1.0.0'), npm('1.0.1', ', integrity: sha512-mine'));
  expect(pin(other)).toMatchObject({ code: 'conflict', at: 'fixed.integrity', because: expect.stringContaining('--replace') });
  expect(insist(pin(other, true)).text).toContain('sha512-new');
});

test('a lock that the recipe has stays, unless it locks another file or is to be replaced', () => {
  const locked = whole(npm('1.0.0', ', lock: mine.json'));
  const older = lockOf('sha512-old').replace('}}', '},"node_modules/b":{}}');
  const kept = insist(pin(locked, false, { 'mine.json': older }));
  expect(kept.text).toContain(npm('1.0.0', ', lock: mine.json, integrity: sha512-old'));
  expect(Object.keys(kept.locks)).toEqual(['fixed.lock.json']);
  expect(pin(locked, false, { 'mine.json': lockOf('sha512-foreign') })).toMatchObject({ code: 'conflict', at: 'vulnerable.lock' });
  expect(insist(pin(locked, true, { 'mine.json': older })).locks['vulnerable.lock.json']).toBe(lockOf('sha512-old'));
  expect(pin(whole(npm('1.0.0')), false, { 'fixed.lock.json': '{}' })).toMatchObject({ code: 'conflict', at: 'fixed.lock' });
});

test('what a Python package needs is pinned where it stands, in every style', () => {
  const [main, needed] = ['1'.repeat(64), 'b'.repeat(64)];
  const requires = [{ package: 'c', version: '2', sha256: needed }];
  const pins = { vulnerable: { kind: 'pypi', package: 'a', version: '1', sha256: main, requires } } as const;
  const flow = 'requires: [{ package: c, version: "2" }]';
  const block = 'requires:\n      - package: c # that\n        version: "2"';
  for (const said of [
    `{ kind: pypi, package: a, version: "1", ${flow} }`,
    `\n    kind: pypi\n    package: a\n    version: "1"\n    ${block}\n   `,
  ]) {
    const yaml = `variants:\n  vulnerable: ${said} # old\n${stringify(rest)}`;
    const { text: pinned } = insist(pin(yaml, false, {}, pins));
    expect(parse(pinned).variants.vulnerable).toEqual(pins.vulnerable);
    for (const comment of yaml.match(/#.*/g)!) expect(pinned).toContain(comment);
  }
});

test('a comment within a variant stays a comment', () => {
  const yaml = whole('{\n    kind: npm, package: a,\n    version: 1.0.0, # the last\n  }');
  expect(insist(pin(yaml)).text).toContain('version: 1.0.0, integrity: sha512-old, lock: vulnerable.lock.json, # the last');
});
