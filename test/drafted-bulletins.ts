import fc from 'fast-check';
import { instantOf } from '../src/base/instant.ts';
import type { Bulletin } from '../src/clearinghouse/advisories/bulletin.ts';
import { type AdvisoryText, faultOfText } from '../src/clearinghouse/advisories/text.ts';

// Advisories as the drafting door lets them in.
const start = Date.UTC(2026, 0, 1);
const line = fc.stringMatching(/^[A-Za-zäé"<&>'(][\w äé"<&>'.:()\-\n]{0,40}[\w.]$/);
const name = fc.stringMatching(/^[A-Za-z][\w&' ]{0,20}[a-z]$/);
const at = fc.nat(300 * 86_400_000).map((ms) => instantOf(start + ms));
const version = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map((v) => v.join('.'));
const odd = fc.stringMatching(/^[\x21-\x3b\x3d\x3f-\x7e]{1,12}$/);
const packages = fc.constantFrom(
  'pkg:npm/%40a/b',
  'pkg:npm/left',
  'pkg:deb/debian/cjson',
  'pkg:pypi/thing',
  'pkg:maven/org.example/core',
  'pkg:generic/fw',
);
const range = fc.record({ package: packages, introduced: fc.option(fc.oneof(version, odd)), fixed: fc.option(fc.oneof(version, odd)) });
const cvss = fc.constantFrom(
  { version: '3.1', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', base: 9.8, severity: 'CRITICAL' } as const,
  { version: '4.0', vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', base: 9.3, severity: 'CRITICAL' } as const,
  { version: '2.0', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', base: 7.5, severity: 'HIGH' } as const,
);
const ssvc = fc.record({
  decision: fc.constantFrom('track', 'track*', 'attend', 'act'),
  points: fc.constant({ exploitation: 'public-poc', automatable: 'no', technicalImpact: 'partial', missionWellbeing: 'high' }),
});
const statement = fc.record({
  ...{ supplier: name, package: fc.constantFrom('pkg:npm/fork', 'pkg:npm/left', 'pkg:deb/debian/fork'), text: line, at },
  status: fc.constantFrom('affected' as const, 'not-affected' as const, 'under-investigation' as const),
  justification: fc.constant(null),
});
const optional = fc.record(
  {
    profile: fc.constantFrom('security-advisory' as const, 'vex' as const),
    otherScores: fc.uniqueArray(fc.record({ by: fc.oneof(name, fc.constant('https://nvd.nist.gov/')), cvss }), {
      maxLength: 2,
      selector: (s) => s.by,
    }),
    statements: fc.uniqueArray(statement, { maxLength: 2, selector: (s) => s.package }),
    workarounds: fc.array(fc.record({ kind: fc.constantFrom('workaround' as const, 'mitigation' as const), text: line }), {
      minLength: 1,
      maxLength: 2,
    }),
    indicators: fc.array(fc.record({ text: line, pattern: fc.option(line) }), { minLength: 1, maxLength: 2 }),
    aiUse: fc.constant({ discovery: [{ by: 'North Lab', tooling: 'Scanner 2', model: 'model-1' }], patch: true, drafting: false }),
    license: fc.constantFrom('CC-BY-4.0', 'CC0-1.0 OR MIT'),
  },
  { requiredKeys: [] },
);
const text: fc.Arbitrary<AdvisoryText> = fc
  .tuple(
    fc.record({
      ...{ title: line, summary: line, package: packages, affected: fc.array(range, { minLength: 1, maxLength: 5 }) },
      ...{ cve: fc.option(fc.constant('CVE-2026-12345')), cwe: fc.option(fc.constantFrom('CWE-79', 'CWE-125', 'CWE-99999')) },
      ...{ credits: fc.array(fc.record({ name, at }), { maxLength: 3 }), cvss: fc.option(cvss), ssvc: fc.option(ssvc) },
      references: fc.array(fc.record({ kind: fc.constantFrom('fix' as const, 'web' as const, 'advisory' as const), url: fc.webUrl() }), {
        maxLength: 3,
      }),
      ...{ publisher: name, change: line },
    }),
    optional,
  )
  .map(([needed, more]) => ({ ...needed, ...more }));

export const bulletins: fc.Arbitrary<Bulletin> = fc
  .record({
    ...{ text: text.filter((t) => faultOfText(t) === undefined), origin: fc.constant('hub.example') },
    versions: fc.array(fc.record({ at: fc.constant(0), change: line }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ text: said, origin, versions }) => ({
    ...{ trackingId: 'BW-2026-0001', status: 'final' as const, text: said, origin },
    versions: versions.map(({ change }, i) => ({ number: i + 1, at: instantOf(start + (301 + i) * 86_400_000), change })),
  }));
