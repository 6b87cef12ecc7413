import type { Instant } from '../../../../base/instant.ts';
import type { Duration } from './duration.ts';
import type { Policy } from './policy.ts';

/** A published policy that the product brings along. What a coordinator keeps under the same name goes before it. */
interface Known extends Policy {
  /** Packages that it binds without anybody saying so; of the others a coordinator says which case they bind. */
  readonly packages: readonly string[];
  /** How it was read: these are days on which a stored copy was read, not the live page. */
  readonly readFrom: string;
}

const days = (n: number) => `P${n}D` as Duration;
const unsaid = {
  ...{ min: null, preferred: null, max: null, exploited: null, detailsAfterFix: null },
  ...{ aiReports: null, weeklyCap: null, severityScale: null },
};
const readAt = '2026-11-21T00:00:00.000Z' as Instant;

export const knownPolicies: readonly Known[] = [
  {
    ...unsaid,
    ...{ name: 'Linux kernel', source: 'project-policy', starts: 'fix-ready', max: days(7), aiReports: 'public', readAt },
    packages: ['pkg:generic/linux', 'pkg:github/torvalds/linux', 'pkg:deb/debian/linux', 'pkg:deb/ubuntu/linux', 'pkg:rpm/fedora/kernel'],
    url: 'https://docs.kernel.org/process/security-bugs.html',
    readFrom:
      'Documentation/process/security-bugs.rst in a stored copy of torvalds/linux (7 days from the release process, 14 by exception); that what AI found is public, in stored copies of commit a03ef333fbd6 of May 2026',
  },
  {
    ...unsaid,
    ...{ name: 'linux-distros', source: 'list-cap', starts: 'bound', min: days(1), preferred: days(7), max: days(14), readAt },
    packages: [],
    url: 'https://oss-security.openwall.org/wiki/mailing-lists/distros',
    readFrom: 'a stored copy of the page',
  },
  {
    ...unsaid,
    ...{
      name: 'OpenSSL',
      source: 'project-policy',
      starts: 'opening',
      max: days(30),
      severityScale: 'Critical, High, Moderate, Low',
      readAt,
    },
    packages: [
      'pkg:generic/openssl',
      'pkg:github/openssl/openssl',
      'pkg:deb/debian/openssl',
      'pkg:deb/ubuntu/openssl',
      'pkg:rpm/fedora/openssl',
    ],
    url: 'https://openssl-library.org/policies/general/security-policy/',
    readFrom:
      'policies/security-policy.md in a stored copy of openssl/general-policies (no longer than a month; prenotification two weeks before)',
  },
  {
    ...unsaid,
    ...{
      name: 'Google Project Zero',
      source: 'reporter-policy',
      starts: 'bound',
      max: days(90),
      exploited: days(7),
      detailsAfterFix: days(30),
      readAt,
    },
    packages: [],
    url: 'https://googleprojectzero.blogspot.com/p/vulnerability-disclosure-policy.html',
    readFrom: 'a stored copy of the page',
  },
  {
    ...unsaid,
    ...{
      name: 'Anthropic',
      source: 'reporter-policy',
      starts: 'bound',
      max: days(90),
      exploited: days(7),
      detailsAfterFix: days(45),
      readAt,
    },
    packages: [],
    url: 'https://www.anthropic.com/coordinated-vulnerability-disclosure',
    readFrom: 'a stored copy of the page, last changed 2026-03-06',
  },
  {
    ...unsaid,
    ...{ name: 'OpenAI', source: 'reporter-policy', starts: 'bound', readAt },
    packages: [],
    url: 'https://openai.com/policies/outbound-coordinated-disclosure-policy/',
    readFrom: 'a stored copy of the page of 2025-06-09, and of its announcement, which leaves timelines open-ended',
  },
  {
    ...unsaid,
    ...{ name: 'CERT/CC', source: 'reporter-policy', starts: 'bound', max: days(45), readAt },
    packages: [],
    url: 'https://vuls.cert.org/confluence/pages/viewpage.action?pageId=4718606',
    readFrom: 'a stored copy of the page (45 days after the first contact attempt)',
  },
  {
    ...unsaid,
    ...{ name: 'Akrites SIRT', source: 'reporter-policy', starts: 'bound', max: days(30), readAt },
    packages: [],
    url: 'https://github.com/Akrites-Foundation/SIRT/blob/main/docs/Embargo%20Handling%20Guidance.md',
    readFrom: 'a stored copy of the repository (default of 30 calendar days)',
  },
];

export function knownNamed(name: string): Policy | undefined {
  return knownPolicies.find((policy) => policy.name === name);
}

export function knownFor(name: string): readonly Policy[] {
  return knownPolicies.filter((policy) => policy.packages.includes(name));
}
