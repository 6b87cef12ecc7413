import { expect, test } from 'vitest';
import { orderOfScheme } from './compare.ts';

/** What the specifications say and the files of others do not happen to ask: each line from the oldest to the newest; = joins equals. */
test.each([
  ['alpm', '1.0a 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1..0'],
  ['alpm', '1.0-1=1.0 1.1-1 1:0.1'],
  ['apk', '1.0_alpha 1.0_alpha1 1.0_rc1 1.0 1.0-r1 1.0_p1 1.0a 1.02 1.1 1.10'],
  ['cran', '1.0 1.0-1=1.0.1 1.0.1.0 1.2'],
  ['datetime', '1999-12-31T23:59:59Z 2000-02-29T00:00:00Z 2000-03-01T00:00:00.5Z=2000-03-01T01:00:00.50+01:00 2000-03-01T00:00:01Z'],
  ['deb', '1.0~rc1 1.0=1.0-0 1.0+b1 1.0.1 1:0'],
  ['gem', '1.0.0-beta=1.0.0.pre.beta 1.0.0.rc 1=1.0.0 1.0.1 1.10'],
  ['generic', '1.0alpha1=1.0a1=1.0.a.1 1.0beta 1.0=1_0.0=1.00 1.0patch 1.0.1 1.0a'],
  ['gentoo', '1.01 1.015 1.1 1.2_alpha 1.2_p0 1.2_p1 1.10 01.11'],
  ['gentoo', '1.0_rc 1.0=1.0-r0 1.0-r1 1.0_p 1.0_p1_alpha 1.0_p1 1.0a 1.0.0'],
  [
    'golang',
    'v0.0.0-20190101000000-aaaaaaaaaaaa 0.0.0-20200101000000-000000000000 v0.0.1-0.20200101000000-000000000000 v0.0.1=v0.0.1+incompatible',
  ],
  ['hackage', '1 1.0 1.0.0 1.1'],
  ['intdot', '1.2.3=1.2.3-rc1=01.2.3.0 1.10 2'],
  ['maven', '1-alpha 1-a1=1-alpha1 1-beta 1-m1 1-rc=1-cr 1-snapshot 1=1-ga=1.0.0 1-sp 1-x 1-1 1.1'],
  ['npm', '1.0.0-1 1.0.0-a 1.0.0-a.1 1.0.0=1.0.0+b 1.0.0.1 1.0.1'],
  ['nuget', '1.0.0-Alpha=1.0-alpha 1.0.0-alpha.1 1.0.0=1.0.0.0+x 1.0.0.1'],
  ['openssl', '0.9.8zh 1.0.2-beta2 1.0.2-beta10 1.0.2 1.0.2z 1.0.2za 1.1.1 3.0.0-alpha1 3.0.0'],
  ['composer', '1.0-dev 1.0alpha1=1.0-a1 1.0b1 1.0RC1 1.0=v1.0 1.0.0 1.0.1 1.0-p1 1.1'],
  ['pub', '1.0.0-a 1.0.0 1.0.0+1 1.0.0+a 1.0.1'],
  [
    'pypi',
    '1.0-custom 1.0.1-custom 1.0.dev1 1.0a1.dev1 1.0a1 1.0a1.post1 1.0rc1=1.0c1=1.0-preview1 1.0=1 1.0+a 1.0+1 1.0.post1.dev1 1.0.post1=1.0-1 1!0.1',
  ],
  ['pypi', '1a-x 1-x=1.0-x 2-x'],
  ['rpm', '1.0~~ 1.0~ 1.0~^ 1.0 1.0-1 1.0^ 1.0^a 1.0a=1.0.a 1.0.1=1.0_1 0:1.1 1:0'],
])('%s: %s', (scheme, ladder) => {
  const order = orderOfScheme(scheme)!;
  const rungs = ladder.split(' ').map((rung) => rung.split('='));
  const versions = rungs.flatMap((rung, height) => rung.map((version) => ({ version, height })));
  const wrong = versions.flatMap((a) =>
    versions
      .filter((b) => Math.sign(order(a.version, b.version)!) !== Math.sign(a.height - b.height))
      .map((b) => `${a.version} ${b.version}`),
  );
  expect(wrong).toEqual([]);
});
