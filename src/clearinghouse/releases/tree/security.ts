import type { Instant } from '../../../base/instant.ts';
import { publicUrl } from '../../advisories/bulletin.ts';
import type { Site } from './shown.ts';

/** So many months, counted from the first of this one, a security.txt is good; RFC 9116 §2.5.5 wants less than a year. */
const goodMonths = 6;

/**
 * RFC 9116: whom to tell of a flaw in this hub, and where its CSAF metadata lies, the well-known address first (CSAF 2.1 §7.1.8).
 * The same text for a whole month; undefined where nobody was named, because a contact it must have.
 */
export function securityTxt({ origin, security }: Site, editions: readonly string[], now: Instant): string | undefined {
  if (!security || security.contacts.length === 0) return undefined;
  const at = (path: string) => `https://${origin}/.well-known/${path}`;
  const metadata = editions.length === 0 ? [] : ['csaf', ...editions.map((edition) => `csaf/v${edition}`)];
  const lines = [
    ...security.contacts.map((contact) => `Contact: ${contact}`),
    `Expires: ${expiry(now)}`,
    `Canonical: ${at('security.txt')}`,
    ...(security.policy === undefined ? [] : [`Policy: ${security.policy}`]),
    'Preferred-Languages: en',
    ...metadata.map((folder) => `CSAF: ${at(`${folder}/provider-metadata.json`)}`),
  ];
  return `# Advisories: ${publicUrl(origin, '')}\n${lines.join('\n')}\n`;
}

function expiry(now: Instant): string {
  const months = Number(now.slice(0, 4)) * 12 + Number(now.slice(5, 7)) - 1 + goodMonths;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01T00:00:00Z`;
}
