// @ts-expect-error: JavaScript without types
import { cwecMap } from '@secvisogram/csaf-validator-lib/lib/cwec.js';
import { describe, expect, test } from 'vitest';
import { cweReleaseOn, isLaterCweRelease, wasEverNamed, weaknessIn } from './cwe.ts';
import { languageFault, privateSubtag } from './languages.ts';
import { standingOf } from './licenses.ts';
import { isSsvcNamespace, readNamespace, ssvcPoints } from './ssvc.ts';

interface Catalogue {
  readonly default: { readonly date: string; readonly weaknesses: readonly { id: string; name: string; status: string; usage?: string }[] };
}
const catalogues = cwecMap as Map<string, () => Promise<Catalogue>>;

describe('CWE', () => {
  test('every release has the names and states that the library has of it', async () => {
    for (const [version, load] of catalogues) {
      const { date, weaknesses } = (await load()).default;
      expect(weaknesses.length).toBeGreaterThan(600);
      for (const { id, name, status, usage } of weaknesses) {
        const ours = weaknessIn(id, version);
        expect([version, id, ours?.name]).toEqual([version, id, name]);
        const state = status === 'Deprecated' ? 'deprecated' : usage?.toLowerCase();
        expect([version, id, ours?.state]).toEqual([version, id, state ?? 'unsaid']);
      }
      if (version !== '2.12') expect(cweReleaseOn(date)).toBe(version);
    }
  });

  test('a weakness has the names it had, and no others', () => {
    expect(weaknessIn('CWE-79', '1.0')?.name).toContain('Failure to Sanitize');
    expect(weaknessIn('CWE-16', '4.13')).toBeUndefined();
    expect(weaknessIn('CWE-79', '3.7')).toBeUndefined();
    expect(wasEverNamed('CWE-79', 'Improper Input Validation')).toBe(false);
    expect([isLaterCweRelease('4.17'), isLaterCweRelease('4.18'), isLaterCweRelease('5.0')]).toEqual([false, true, true]);
  });
});

test.each([
  ['en', true],
  ['EN-gb', true],
  ['ez', false],
  ['frc', true],
  ['qtx', true],
  ['zh-yue-Hant-HK', true],
  ['sl-rozaj-biske', true],
  ['sl-rozaj-rozaj', false],
  ['de-1901', true],
  ['de-1902', false],
  ['es-419', true],
  ['es-998', false],
  ['en-a-bbb-a-ccc', false],
  ['i-default', true],
  ['x-own', true],
])('the language %s is registered: %s', (tag, registered) => expect(languageFault(tag) === undefined).toBe(registered));

test.each([
  ['qtx', 'qtx'],
  ['en-Qaaa', 'qaaa'],
  ['en-XA', 'xa'],
  ['en-x-own', 'x'],
  ['en-u-co-x-own', 'x'],
  ['en-GB', undefined],
])('%s is for private use by %s', (tag, subtag) => expect(privateSubtag(tag)).toBe(subtag));

test.each([
  ['MIT', false, 'current'],
  ['mit', false, 'current'],
  ['GFDL-1.1', false, 'deprecated'],
  ['Classpath-exception-2.0', true, 'current'],
  ['Classpath-exception-2.0', false, 'missing'],
  ['LicenseRef-scancode-public-domain', false, 'current'],
  ['LicenseRef-scancode-nobody-wrote-it', false, 'missing'],
  ['LicenseRef-www.example.com-own', false, 'other'],
] as const)('the license %s (exception: %s) is %s', (id, isException, standing) => expect(standingOf({ id, isException })).toBe(standing));

describe('SSVC', () => {
  test.each([
    ['ssvc', true],
    ['nist#800-30', true],
    ['x_example.test#test', true],
    ['x_example.test#test/en-US', true],
    ['ssvc//.example.test#refined-technical-impacts', true],
    ['ssvc/de-DE/.example.organization#reference-arch-1', true],
    ['x_example.test#te..st', false],
    ['x_example.test.#test', false],
    ['x_example#test', false],
    ['9ssvc', false],
  ])('%s is a namespace: %s', (namespace, isOne) => expect(isSsvcNamespace(namespace)).toBe(isOne));

  test('base and extension', () => {
    expect(readNamespace('ssvc//.example.test#x')).toEqual({ base: 'ssvc', registered: true, extended: true, examples: false });
    expect(readNamespace('x_example.test#x')).toMatchObject({ registered: false, extended: false });
    expect(ssvcPoints('ssvc', 'MI').map((point) => point.version)).toEqual(['1.0.0', '2.0.0']);
  });
});
