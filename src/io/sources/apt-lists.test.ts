import { expect, test } from 'vitest';
import { sourceLines, sourceStanzas } from './apt-lists.ts';

test('one-line entries become deb-src, without what would switch signatures off', () => {
  const text =
    '# comment\ndeb [arch=amd64 signed-by=/k.gpg trusted=yes] http://a.example/debian stable main contrib # x\ndeb-src http://b.example x y\n';
  expect(sourceLines(text)).toBe('deb-src [signed-by=/k.gpg] http://a.example/debian stable main contrib\n');
  expect(sourceLines('# nothing\n')).toBe('');
});

test('stanzas become deb-src; disabled ones and comments are left out; continued values are kept', () => {
  const text = `Types: deb
# a comment
URIs: http://a.example/debian
Suites: stable stable-updates
Components: main
Trusted: yes
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 xyz

Types: deb
URIs: http://b.example
Suites: x
Enabled: no

Types: deb-src
URIs: http://c.example
Suites: y
`;
  expect(sourceStanzas(text)).toBe(`types: deb-src
uris: http://a.example/debian
suites: stable stable-updates
components: main
signed-by: 
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 xyz
`);
});
