import { noIdentifiers, type Source, type Vulnerability } from '../../source.ts';
import type { Loss } from '../loss.ts';
import { never } from './read.ts';
import { feltOf } from './write.ts';

const each = (source: Source, change: (v: Vulnerability) => Vulnerability): Source => ({
  ...source,
  vulnerabilities: source.vulnerabilities.map(change),
});
const ofAll = { productIds: [], groupIds: [] };

const losses: readonly Loss[] = [
  {
    what: 'every vulnerability but the first that has a CVE id, and the id itself, which stands in the record around the container',
    without: (source) => ({
      ...source,
      vulnerabilities: source.vulnerabilities
        .filter((v) => v.cve !== null)
        .slice(0, 1)
        .map((v) => ({ ...v, cve: null })),
    }),
  },
  {
    what: 'profile, language, label, licence and severity in words; who publishes it, its days, revisions and generator',
    without: (source) => {
      const withdrawn = source.tracking.withdrawnAt !== null;
      const at = source.vulnerabilities[0]?.disclosedAt ?? never;
      const revisions = [{ number: '1', legacy: null, at, summary: 'CVE record.' }];
      const { id } = source.tracking;
      return {
        ...source,
        category: withdrawn ? 'csaf_withdrawn' : 'csaf_security_advisory',
        ...{ language: 'en', translatedFrom: null, tlp: null, severity: null, license: null },
        publisher: { category: 'other', name: '', namespace: 'urn:uuid:', contact: null, authority: null },
        tracking: {
          ...{ id, aliases: [], status: 'final', initialAt: at, currentAt: at, revisions },
          ...{ withdrawnAt: withdrawn ? at : null, generator: null },
        },
      };
    },
  },
  {
    what: 'every note but the description, and of whom it is',
    without: (source) => ({
      ...each(source, (v) => ({
        ...v,
        notes: v.notes
          .filter((n) => n.category === 'description')
          .slice(0, 1)
          .map(({ text }) => ({ category: 'description', title: 'Description', text, audience: null })),
      })),
      notes: [],
    }),
  },
  {
    what: 'products that are part of others, groups, and what identifies a product but its package and the first CPE',
    without: (source) => ({
      ...source,
      ...{ groups: [], relationships: [] },
      products: source.products.map(({ beyond: _, ...p }) => ({ ...p, identifiers: { ...noIdentifiers, cpe: p.identifiers.cpe } })),
    }),
  },
  {
    what: 'ids of other trackers, why a product is not affected, involvements, and days of discovery and exploitation',
    without: (source) =>
      each(source, ({ beyond: _, ...v }) => ({ ...v, ids: [], justifications: [], involvements: [], discoveredAt: null, exploitedAt: [] })),
  },
  {
    what: 'for which products and when a remedy or a threat is given, its address, and remedies that there is none or will be one',
    without: (source) =>
      each(source, (v) => ({
        ...v,
        threats: feltOf(v)
          .filter((t) => t.category !== 'target_set')
          .map(({ category, details }) => ({ category, details, at: null, ...ofAll })),
        remedies: v.remedies
          .filter((r) => ['vendor_fix', 'optional_patch', 'workaround', 'mitigation'].includes(r.category))
          .map(({ category, details }) => ({
            category: category === 'optional_patch' ? 'vendor_fix' : category === 'mitigation' ? 'workaround' : category,
            ...{ details, url: null, at: null, entitlements: [], restart: null, productIds: v.status.known_affected ?? [], groupIds: [] },
          })),
      })),
  },
  {
    what: 'names of weaknesses and the release of CWE that they are from',
    without: (source) => each(source, (v) => ({ ...v, weaknesses: v.weaknesses.map(({ id }) => ({ id, name: null, version: null })) })),
  },
  {
    what: 'whether a credit is a person or an organisation, and what else is said of it',
    without: (source) => ({
      ...each(source, (v) => ({
        ...v,
        credits: v.credits.map(({ names, organization, kind, at }) => ({
          ...{ names: [[...names, ...(organization === null ? [] : [organization])].join(', ')], organization: null },
          ...{ summary: null, urls: [], kind, at },
        })),
      })),
      credits: [],
    }),
  },
];

/**
 * What a container of a CVE record cannot carry; a whole record has the CVE id, its days and the assigner besides. Of a record that was read
 * nothing is lost: it is kept.
 */
export const lossesCve: readonly Loss[] = losses.map(({ what, without }) => ({
  what,
  without: (source) => (source.beyond.cve === undefined ? without(source) : source),
}));
