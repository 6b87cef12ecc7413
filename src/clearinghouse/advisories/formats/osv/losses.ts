import type { Source, Vulnerability } from '../../source.ts';
import type { Loss } from '../loss.ts';

/** What OSV cannot carry of an advisory of ours, not even in `database_specific`: by its place in the source, and why. */
export const osvLosses: Readonly<Record<string, string>> = {
  '/category': 'a record is of one kind; that it was taken back is known',
  '/tracking/status': 'what is served is final',
  '/tracking/generator': 'nobody is named who wrote the JSON',
  '/notes': 'all words are one text: what is not the description comes after it under headings, for people',
  '/vulnerabilities/notes': 'as above',
  '/vulnerabilities/remedies': 'updates follow from the ranges; workarounds stand among the words',
  '/vulnerabilities/justifications': 'a record lists what is affected, not what is not',
  '/vulnerabilities/threats': 'as above',
  '/vulnerabilities/status': 'as above: only what is affected',
};

const each = (source: Source, change: Partial<Vulnerability>): Source => ({
  ...source,
  vulnerabilities: source.vulnerabilities.map((v) => ({ ...v, ...change })),
});

const withoutIt: Readonly<Record<string, (source: Source) => Source>> = {
  '/category': (source) => ({ ...source, category: 'csaf_security_advisory' }),
  '/tracking/status': (source) => ({ ...source, tracking: { ...source.tracking, status: 'final' } }),
  '/tracking/generator': (source) => ({ ...source, tracking: { ...source.tracking, generator: null } }),
  '/notes': (source) => ({ ...source, notes: [] }),
  '/vulnerabilities/notes': (source) => each(source, { notes: [] }),
  '/vulnerabilities/remedies': (source) => each(source, { remedies: [] }),
  '/vulnerabilities/justifications': (source) => each(source, { justifications: [] }),
  '/vulnerabilities/threats': (source) => each(source, { threats: [] }),
  '/vulnerabilities/status': (source) => ({
    ...source,
    vulnerabilities: source.vulnerabilities.map(({ status, ...v }) => ({ ...v, status: { known_affected: status.known_affected ?? [] } })),
  }),
};

export const lossesOsv: readonly Loss[] = Object.entries(osvLosses).map(([path, because]) => ({
  what: `${path}: ${because}`,
  without: withoutIt[path]!,
}));
