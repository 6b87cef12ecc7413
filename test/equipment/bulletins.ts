import type { Instant } from '../../src/base/instant.ts';
import type { Bulletin } from '../../src/clearinghouse/advisories/bulletin.ts';
import type { AdvisoryText } from '../../src/clearinghouse/advisories/text.ts';

export const at = '2026-11-21T16:00:00.000Z' as Instant;
export const later = '2026-12-01T09:30:00.000Z' as Instant;

/** An advisory as long as a short one. */
export const base: AdvisoryText = {
  title: 'Prototype pollution in a merge function',
  summary: 'A crafted object changes the prototype of every object.\n\nUpdate to the fixed version.',
  package: 'pkg:npm/merge-things',
  affected: [{ package: 'pkg:npm/merge-things', introduced: null, fixed: '2.0.1' }],
  cve: 'CVE-2026-12345',
  cwe: 'CWE-1321',
  credits: [
    { name: 'North Lab', at: '2026-11-01T08:00:00.000Z' as Instant },
    { name: 'South Lab', at: '2026-11-02T08:00:00.000Z' as Instant },
  ],
  cvss: { version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', base: 9.8, severity: 'CRITICAL' },
  ssvc: { decision: 'attend', points: { exploitation: 'none', automatable: 'yes', technicalImpact: 'total', missionWellbeing: 'medium' } },
  references: [{ kind: 'fix', url: 'https://code.example/merge-things/commit/1' }],
  publisher: 'Example Clearinghouse',
  change: 'First version.',
};
export const bulletin = (text: Partial<AdvisoryText> = {}, over: Partial<Bulletin> = {}): Bulletin => ({
  trackingId: 'BW-2026-0001',
  status: 'final',
  text: { ...base, ...text },
  origin: 'hub.example',
  versions: [{ number: 1, at, change: 'First version.' }],
  ...over,
});
