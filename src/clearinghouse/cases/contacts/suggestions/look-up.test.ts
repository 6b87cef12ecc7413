import { describe, expect, test } from 'vitest';
import type { Instant } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import { kindOf, lookUp } from './look-up.ts';
import type { FileKind, GivenFile } from './suggestion.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const file = (kind: FileKind, text: string, url: string | null = null): GivenFile => ({ name: `a ${kind}`, kind, text, url });
const found = (...files: GivenFile[]) => lookUp(files, now).suggestions;
const txt = (...lines: string[]) => file('security-txt', lines.join('\n'), 'https://looper.dev/.well-known/security.txt');
const valid = 'Expires: 2027-01-01T00:00:00Z';

describe('security.txt (RFC 9116)', () => {
  test('its contacts keep the order in which the project prefers them', () => {
    const read = found(
      txt('# ours', 'Contact: https://looper.dev/report', 'contact: mailto:security@looper.dev', 'Contact: tel:+49-30-1234567', valid),
    );
    expect(read.map((s) => [s.channel, s.value, s.line, s.doubts])).toEqual([
      ['form', 'https://looper.dev/report', 2, []],
      ['email', 'security@looper.dev', 3, []],
      ['telephone', '+49-30-1234567', 4, []],
    ]);
  });

  test.each([
    ['expired', 'Expires: 2026-11-21T09:00:00Z', /expired at 2026-11-21T09:00:00.000Z/],
    ['without a date', '# nothing', /no date until which it holds/],
    ['with two dates', `${valid}\n${valid}`, /cannot be read/],
    ['with a date that is none', 'Expires: next year', /cannot be read/],
  ])('%s it is shown with its doubt, after what has none', (_, expires, doubt) => {
    const [first, second] = found(txt('Contact: mailto:old@looper.dev', expires), file('security-md', '# Report\nsecurity@looper.dev'));
    expect(first).toMatchObject({ value: 'security@looper.dev', doubts: [] });
    expect(second!.doubts.join()).toMatch(doubt);
  });

  test('signed, it is read within its armour, and nobody says that the signature holds', () => {
    const signed = txt(
      ...['-----BEGIN PGP SIGNED MESSAGE-----', 'Hash: SHA256', 'Contact: mailto:header@evil.dev', ''],
      ...['- Contact: mailto:security@looper.dev', valid, '-----BEGIN PGP SIGNATURE-----', '', 'Contact: mailto:after@evil.dev'],
    );
    expect(found(signed)).toMatchObject([{ value: 'security@looper.dev', line: 5, because: expect.stringContaining('not checked') }]);
  });

  test('read elsewhere than where it says it lies, it is doubted; where the file says nothing, nothing can be told', () => {
    const at = (canonical: string) => found(txt('Contact: mailto:security@looper.dev', valid, canonical))[0]!.doubts;
    expect(at('Canonical: https://looper.dev/.well-known/security.txt')).toEqual([]);
    expect(at('Canonical: https://other.dev/.well-known/security.txt').join()).toContain('another address');
    expect(at('# none')).toEqual([]);
  });

  test('what is no address is not suggested', () => {
    const bad = ['javascript:alert(1)', 'see below', 'mailto:a@b\u202e.dev', 'tel:1; rm', 'ftp://looper.dev'];
    expect(found(txt(...bad.map((b) => `Contact: ${b}`), valid))).toEqual([]);
  });
});

describe('SECURITY.md, hostile', () => {
  const md = (...lines: string[]) => found(file('security-md', lines.join('\n')));

  test('an address is found with its line, written plainly or for people only', () => {
    const read = md('# Reporting', 'Mail security@looper.dev,', 'or security [at] looper (dot) io.', 'We meet at noon dot.');
    expect(read.map((s) => [s.value, s.line])).toEqual([
      ['security@looper.dev', 2],
      ['security@looper.io', 3],
    ]);
  });

  test('what is hidden in a comment is hidden from us, over lines too', () => {
    expect(md('# Report', '<!-- mail hidden@evil.dev', 'or more@evil.dev --> security@looper.dev <!-- x@evil.dev')).toMatchObject([
      { value: 'security@looper.dev', line: 3, doubts: [] },
    ]);
  });

  test('a link that reads one address and leads to another is doubted, both ends of it', () => {
    const read = md('# Report', '[security@looper.dev](mailto:evil@collector.dev)');
    expect(read.map((s) => s.value).sort()).toEqual(['evil@collector.dev', 'security@looper.dev']);
    expect(read.every((s) => s.doubts.join().includes('leads elsewhere'))).toBe(true);
    expect(md('# Report', '[security@looper.dev](mailto:security@looper.dev?subject=x)')[0]!.doubts).toEqual([]);
  });

  test('a tracker is public and a template’s address nobody’s: both are said', () => {
    const read = md(
      '# Report',
      'https://github.com/looper/looper/issues/new or security@example.com',
      'https://github.com/l/l/security/advisories/new',
    );
    expect(read[0]).toMatchObject({ channel: 'private-report', doubts: [] });
    expect(read.find((s) => s.channel === 'tracker')!.doubts.join()).toContain('public');
    expect(read.find((s) => s.channel === 'email')!.doubts.join()).toContain('template');
  });

  test('where it speaks of reports made by AI, or of days, the line is shown', () => {
    const { hints } = lookUp([file('security-md', '# X\nReports written by an LLM are closed.\nWe answer within 5 business days.')], now);
    expect(hints.map((h) => [h.about, h.line])).toEqual([
      ['ai-reports', 2],
      ['days', 3],
    ]);
  });

  test('hostile input costs time in proportion to its length, nothing more', () => {
    for (const piece of ['a', 'a@', '[', '<!--', 'a.', ' at ', 'a [at] b', 'https://', '[a](', '-']) {
      const text = piece.repeat(limits.lookUpFileChars / piece.length);
      for (const kind of ['security-md', 'security-txt', 'debian', 'cargo', 'npm'] as const)
        expect(lookUp([file(kind, text)], now).suggestions.length).toBeLessThanOrEqual(limits.suggestionsPerLookUp);
    }
  });

  test(`a line is read as far as ${limits.lookUpLineChars} characters, and ${limits.suggestionsPerLookUp} addresses are shown`, () => {
    const pad = (n: number) => `${' '.repeat(n - 'x@looper.dev'.length)}x@looper.dev`;
    expect(md('# Report', pad(limits.lookUpLineChars))).toMatchObject([{ value: 'x@looper.dev' }]);
    expect(md('# Report', `${pad(limits.lookUpLineChars + 1)}`)).not.toMatchObject([{ value: 'x@looper.dev' }]);
    const many = (n: number) => md('# Report', ...Array.from({ length: n }, (_, i) => `m${i}@looper.dev`));
    expect(many(limits.suggestionsPerLookUp)).toHaveLength(limits.suggestionsPerLookUp);
    expect(many(limits.suggestionsPerLookUp + 1)).toHaveLength(limits.suggestionsPerLookUp);
  });
});

describe('registries', () => {
  test('who publishes a package comes after who answers for its security, and who packages it after both', () => {
    const read = found(
      file('debian', 'Package: looper\nMaintainer: Deb Ian <ian@debian.org>\nSecurity-Contact: security@looper.dev\n'),
      file(
        'npm',
        JSON.stringify({ maintainers: [{ name: 'ada', email: 'ada@looper.dev' }], bugs: { url: 'https://github.com/l/l/issues' } }),
      ),
      file('pypi', JSON.stringify({ info: { author_email: 'Ada <ada@looper.dev>', project_urls: { Security: 'https://looper.dev/s' } } })),
      file('cargo', '[package]\nauthors = [\n  "Bo <bo@looper.dev>",\n]\ndescription = "c@looper.dev"'),
      file('github-reporting', '{"enabled":true}', 'https://api.github.com/repos/looper/looper/private-vulnerability-reporting'),
    );
    expect(read.map((s) => [s.attempt, s.value])).toEqual([
      [1, 'https://github.com/looper/looper/security/advisories/new'],
      [1, 'https://looper.dev/s'],
      [1, 'security@looper.dev'],
      [2, 'ada@looper.dev'],
      [2, 'bo@looper.dev'],
      [3, 'ian@debian.org'],
      [3, 'https://github.com/l/l/issues'],
    ]);
  });

  test('what cannot be read as what it is called is said to be unread, not empty', () => {
    const broken = [file('npm', '{'), file('pypi', '[]'), file('github-reporting', '{"message":"Not Found"}'), file('npm', '{}')];
    expect(lookUp(broken, now)).toMatchObject({ suggestions: [], unread: ['a npm', 'a pypi', 'a github-reporting'] });
  });

  test('a file is known by its name', () => {
    const names = ['.well-known/security.txt', 'docs/SECURITY.md', 'package.json', 'Cargo.toml', 'debian/upstream/metadata', 'x.yml'];
    expect(names.map(kindOf)).toEqual(['security-txt', 'security-md', 'npm', 'cargo', 'debian', undefined]);
  });
});
