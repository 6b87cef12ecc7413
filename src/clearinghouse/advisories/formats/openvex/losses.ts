import type { Source, Vulnerability } from '../../source.ts';
import type { Loss } from '../loss.ts';

const each = (source: Source, change: (v: Vulnerability) => Vulnerability): Source => ({
  ...source,
  vulnerabilities: source.vulnerabilities.map(change),
});

/** What OpenVEX cannot carry; what is left is the same before and after. */
export const lossesOpenVex: readonly Loss[] = [
  {
    what: 'title, language, label, licence, severity in words, references, credits and notes of the document; its revisions and generator',
    without: (source) => ({
      ...source,
      ...{ category: 'csaf_vex', title: '', language: null, translatedFrom: null, tlp: null, severity: null, license: null },
      ...{ notes: [], references: [], credits: [], groups: [], relationships: [] },
      publisher: { ...source.publisher, contact: null, authority: null },
      tracking: { ...source.tracking, aliases: [], status: 'final', revisions: [], generator: null },
    }),
  },
  {
    what: 'weaknesses, scores, credits, references, involvements and days of a vulnerability, and every note but its description',
    without: (source) =>
      each(source, ({ beyond: _, ...v }) => ({
        ...v,
        ...{ title: null, weaknesses: [], scores: [], credits: [], references: [], involvements: [] },
        ...{ discoveredAt: null, disclosedAt: null, exploitedAt: [] },
        notes: v.notes.filter((n) => n.category === 'description').slice(0, 1),
        ids: v.ids.map(({ text }) => ({ system: 'alias', text })),
      })),
  },
  {
    what: 'what kind of remedy an action is, where it lies and since when; days of what is said',
    without: (source) =>
      each(source, (v) => ({
        ...v,
        remedies: [],
        justifications: v.justifications.map((j) => ({ ...j, at: null })),
        threats: v.threats.filter((t) => t.category === 'impact').map((t) => ({ ...t, at: null })),
      })),
  },
  {
    what: 'what other formats say beyond',
    without: (source) => ({ ...source, beyond: source.beyond.openvex === undefined ? {} : { openvex: source.beyond.openvex } }),
  },
];
