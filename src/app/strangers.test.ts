import { describe, expect, test } from 'vitest';
import { limits } from '../base/limits.ts';
import { networkOf, strangers } from './strangers.ts';

describe('strangers', () => {
  test('as many at once as a minute allows, one more is not admitted, and time gives back', () => {
    let now = 0;
    const { admit } = strangers(() => now);
    for (let i = 0; i < limits.strangerRequestsPerMinute; i++) expect(admit('192.0.2.1')).toBe(true);
    expect(admit('192.0.2.1')).toBe(false);
    expect(admit('192.0.2.2')).toBe(true);
    now += 60_000 / limits.strangerRequestsPerMinute;
    expect(admit('192.0.2.1')).toBe(true);
    expect(admit('192.0.2.1')).toBe(false);
  });

  test('never saves up more than a minute', () => {
    let now = 0;
    const { admit } = strangers(() => now, 2);
    admit('a');
    now += 3_600_000;
    expect([admit('a'), admit('a'), admit('a')]).toEqual([true, true, false]);
  });

  test('remembers so many addresses and no more, the newest', () => {
    const { admit } = strangers(() => 0, 1);
    expect(admit('first')).toBe(true);
    for (let i = 1; i < limits.strangerAddresses; i++) admit(`10.0.${i >> 8}.${i & 255}`);
    expect(admit('first')).toBe(false);
    const again = strangers(() => 0, 1);
    again.admit('first');
    for (let i = 0; i < limits.strangerAddresses; i++) again.admit(`10.0.${i >> 8}.${i & 255}`);
    expect(again.admit('first')).toBe(true);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s counts with %s', (address, network) => expect(networkOf(address)).toBe(network));
});
