import type { Source } from '../../source.ts';

type Score = Source['vulnerabilities'][number]['scores'][number];
type Said = { readonly type: string; readonly score: string };

const types = { '2.0': 'CVSS_V2', '3.0': 'CVSS_V3', '3.1': 'CVSS_V3', '4.0': 'CVSS_V4' } as const;

/** Of the record as a whole. */
export const whole = Symbol('whole');

/**
 * OSV has one severity for all packages, or one for each. Only what the publisher says: OSV cannot name anybody else. `of` is a product's id, or
 * `whole`.
 */
export function severityOf(source: Source, products: readonly { readonly id: string }[], of: string | typeof whole): Said[] {
  const scores = source.vulnerabilities.flatMap((v) => v.scores).filter((s) => s.by === null);
  const isForAll = scores.every((s) => products.every((p) => s.productIds.includes(p.id)));
  if (of === whole) return isForAll ? unique(scores.flatMap(saidBy)) : [];
  return isForAll ? [] : unique(scores.filter((s) => s.productIds.includes(of)).flatMap(saidBy));
}

/** A rating in words is none of OSV's types: its only words are a distribution's own. */
function saidBy({ cvss }: Score): Said[] {
  return cvss.map(({ version, vector }) => ({ type: types[version], score: vector }));
}

function unique(said: readonly Said[]): Said[] {
  return said.filter((one, i) => said.findIndex((other) => other.type === one.type && other.score === one.score) === i);
}
