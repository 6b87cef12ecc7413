import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

test('the first visit makes the first coordinator, with the right link, once', async () => {
  const secret = orgs.foundingSecret(hub.doors.keys.secret('tokens'));
  const first = { org: 'Clearinghouse', name: 'Ada', email: 'ada@example.org' };
  expect(await hub.try(anonymous, orgs.found, { ...first, secret: `${secret}x` })).toMatchObject({ code: 'not_permitted', at: 'secret' });
  const { session } = await hub.do<{ session: { secret: string } }>(anonymous, orgs.found, { ...first, secret });
  expect(await hub.do(session.secret, orgs.whoami, {})).toMatchObject({ name: 'Ada', roles: ['coordinator', 'evaluator'] });
  expect(await hub.try(anonymous, orgs.found, { ...first, secret })).toMatchObject({ code: 'wrong_state' });
});
