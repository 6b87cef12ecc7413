import { describe, expect, test } from 'vitest';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import type { Org, Person } from '../../../trust/orgs/org.ts';
import { type Candidate, decideReadIn, exclusions, termsDigest, termsOf, tiers } from './read-in.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const org = (id: string, ...roles: Org['roles']): Org => ({ id: `org_${id}`, name: id, roles, createdAt: now, disabledAt: null });
const person = (id: string, of: Org): Person => ({ id: `psn_${id}`, orgId: of.id, name: id, email: `${id}@example.org`, createdAt: now });
const upstream = org('upstream', 'maintainer');
const house = org('house', 'coordinator');
const nothing = { conflict: false, antitrust: false, breach: false, sanctions: false };
const candidate = (over: Partial<Candidate> = {}): Candidate => ({
  person: person('ada', upstream),
  org: upstream,
  sponsor: person('bob', upstream),
  sponsorOrg: upstream,
  tier: 0,
  ability: 'patch',
  exclusions: nothing,
  suspected: false,
  expiresAt: null,
  ...over,
});

describe('the gates', () => {
  test('let in a maintainer who patches, sponsored by a colleague', () => expect(decideReadIn(candidate(), now)).toBeUndefined());

  test.each(exclusions)('an exclusion is never waived: %s', (found) => {
    expect(decideReadIn(candidate({ exclusions: { ...nothing, [found]: true } }), now)).toMatchObject({
      code: 'not_permitted',
      at: `/exclusions/${found}`,
    });
  });

  test('a suspected breach of an earlier read-in excludes, whatever is said now', () => {
    expect(decideReadIn(candidate({ suspected: true }), now)).toMatchObject({ at: '/exclusions/breach' });
  });

  test('a sponsor is somebody else, who answers for the person', () => {
    expect(decideReadIn(candidate({ sponsor: person('ada', upstream) }), now)).toMatchObject({ at: '/sponsorId' });
    const stranger = org('stranger', 'operator');
    expect(decideReadIn(candidate({ sponsor: person('eve', stranger), sponsorOrg: stranger }), now)).toMatchObject({ at: '/sponsorId' });
    expect(decideReadIn(candidate({ sponsor: person('kim', house), sponsorOrg: house }), now)).toBeUndefined();
  });

  test('whoever can do it at a lower tier is placed lower', () => {
    expect(decideReadIn(candidate({ ability: 'test', tier: 0 }), now)).toMatchObject({ code: 'not_permitted', at: '/tier' });
    expect(decideReadIn(candidate({ ability: 'test', tier: 1 }), now)).toBeUndefined();
    expect(decideReadIn(candidate({ ability: 'stage', tier: 1 }), now)).toMatchObject({ at: '/tier' });
    expect(decideReadIn(candidate({ ability: 'stage', tier: 2 }), now)).toBeUndefined();
  });

  test('tier 0 is not for operators', () => {
    const hospital = org('hospital', 'operator');
    const operator = candidate({ org: hospital, person: person('joe', hospital), sponsor: person('may', hospital), sponsorOrg: hospital });
    expect(decideReadIn(operator, now)).toMatchObject({ at: '/tier' });
    expect(decideReadIn({ ...operator, tier: 1 }, now)).toBeUndefined();
  });

  test(`a read-in lasts at most ${limits.readInDays} days`, () => {
    const ends = plusMs(now, limits.readInDays * day);
    expect(decideReadIn(candidate({ expiresAt: ends }), now)).toBeUndefined();
    expect(decideReadIn(candidate({ expiresAt: plusMs(ends, 1) }), now)).toMatchObject({ code: 'too_large' });
    expect(decideReadIn(candidate({ expiresAt: now }), now)).toMatchObject({ code: 'expired' });
  });
});

test('the terms differ by case, tier and end, so that an acknowledgement fits exactly one offer', () => {
  const all = tiers.map((tier) => termsOf('cas_1', tier, null)).concat(termsOf('cas_2', 0, null), termsOf('cas_1', 0, now));
  expect(new Set(all.map(termsDigest)).size).toBe(6);
});
