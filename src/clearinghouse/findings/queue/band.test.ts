import { expect, test } from 'vitest';
import type { Attachment } from '../attachment.ts';
import { type Band, bandOf, type Triaged, urgencyOf } from './band.ts';

const poc = { type: 'exploit-proof-of-concept' } as Attachment;
const open4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
const open3 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const local = 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H';
const mild = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N';
const triaged = (over: Partial<Triaged> = {}): Triaged => ({
  ...{ attachments: [], cvss: null, exploited: false, verdict: null, toolingAccess: null, discoveryMethod: null },
  ...over,
});

const rows: [string, Partial<Triaged>, Band][] = [
  ['nothing but words', {}, 'NEEDS-INFO'],
  ['the worst vector without a PoC', { cvss: open4 }, 'NEEDS-INFO'],
  ['said to be exploited without a PoC', { exploited: true }, 'URGENT'],
  ['said to be exploited, with a PoC', { exploited: true, attachments: [poc] }, 'INCIDENT'],
  ['remote without authentication, with a PoC (4.0)', { cvss: open4, attachments: [poc] }, 'INCIDENT'],
  ['remote without authentication, with a PoC (3.1)', { cvss: open3, attachments: [poc] }, 'INCIDENT'],
  ['local, high, claimed', { cvss: local, attachments: [poc] }, 'STANDARD'],
  ['local, high, replayed', { cvss: local, attachments: [poc], verdict: 'reproduced' }, 'URGENT'],
  ['mild, replayed', { cvss: mild, attachments: [poc], verdict: 'reproduced' }, 'STANDARD'],
  ['contradicted, whatever was said', { cvss: open4, exploited: true, attachments: [poc], verdict: 'not-reproduced' }, 'NEEDS-INFO'],
  ['could not tell: what was claimed stays', { cvss: open4, attachments: [poc], verdict: 'could-not-tell' }, 'INCIDENT'],
];

test.each(rows)('%s', (_, over, band) => {
  expect(bandOf(triaged(over)).band).toBe(band);
});

test('within a band exposure goes before evidence, evidence before prerequisites, prerequisites before speed', () => {
  const fast = { toolingAccess: 'public', discoveryMethod: 'AI-discovered' } as const;
  const ordered = [
    urgencyOf(triaged(), true),
    urgencyOf(triaged({ attachments: [poc], cvss: mild, verdict: 'reproduced', ...fast }), false),
    urgencyOf(triaged({ attachments: [poc], cvss: mild, ...fast }), false),
    urgencyOf(triaged({ attachments: [poc], cvss: mild }), false),
    urgencyOf(triaged({ attachments: [poc], ...fast }), false),
    urgencyOf(triaged({ cvss: mild }), false),
    urgencyOf(triaged(fast), false),
    urgencyOf(triaged(), false),
  ];
  expect(ordered).toEqual([...ordered].sort((a, b) => b - a));
  expect(new Set(ordered).size).toBe(ordered.length);
  expect(Math.max(...ordered)).toBeLessThanOrEqual(31);
});
