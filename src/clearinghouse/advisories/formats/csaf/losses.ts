import { isRefusal } from '../../../../base/refusal.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import type { Beyond, Note, Score, Source, Vulnerability } from '../../source.ts';
import type { Loss } from '../loss.ts';
import { ended } from './ended.ts';
import { intervalsOf } from './intervals.ts';
import { pathOf21 } from './paths21.ts';
import { remediesOf21 } from './remedies21.ts';

const each = (source: Source, change: (v: Vulnerability) => Vulnerability): Source => ({
  ...source,
  vulnerabilities: source.vulnerabilities.map(change),
});

/** Of what a format says beyond, only some names. */
function only(beyond: Beyond | undefined, names: readonly string[]): { beyond?: Beyond } {
  const left = Object.fromEntries(Object.entries(beyond ?? {}).filter(([name]) => names.includes(name)));
  return Object.keys(left).length === 0 ? {} : { beyond: left };
}

function beyondOf(...names: string[]): Loss['without'] {
  const kept = <T extends { readonly beyond?: Beyond }>({ beyond, ...item }: T) => ({ ...item, ...only(beyond, names) }) as unknown as T;
  const notes = (given: readonly Note[]) => given.map(({ beyond: _, ...note }) => note);
  return (source) => ({
    ...each(source, (v) => ({ ...kept(v), notes: notes(v.notes), scores: v.scores.map(kept) })),
    notes: notes(source.notes),
    products: source.products.map(kept),
    relationships: source.relationships.map(kept),
    beyond: only(source.beyond, names).beyond ?? {},
  });
}

/** Ranges as their intervals, one each, and not of a product that is part of another. */
function oneIntervalEach(source: Source): Source {
  const isPart = new Set(source.relationships.flatMap((r) => [r.product, ...r.steps.map((s) => s.of)]));
  return {
    ...source,
    products: source.products.map(({ versions, ...product }) => {
      if (!versions || isPart.has(product.id)) return { ...product, versions: null };
      const ranges = versions.ranges.flatMap((range) =>
        intervalsOf(range).map(({ from, to }) => ({
          type: range.type,
          repository: range.repository,
          events: [{ kind: 'introduced' as const, version: from }, ...(to ? [to] : [])],
        })),
      );
      return { ...product, versions: ranges.length + versions.listed.length === 0 ? null : { ranges, listed: versions.listed } };
    }),
  };
}

function endedThen(source: Source): Source {
  const left = ended(source);
  return left.category === 'csaf_withdrawn' ? { ...left, tracking: { ...left.tracking, withdrawnAt: left.tracking.currentAt } } : left;
}

/** As they are written: what nobody gave computed, what cannot be computed left out, words that are no rating left out. */
function scored({ cvss, rating, ...score }: Score): Score {
  const known = cvss.flatMap((one) => {
    const computed = scoreCvss(one.vector);
    if (isRefusal(computed)) return one.base === null || one.severity === null ? [] : [one];
    return [
      {
        ...one,
        base: one.base ?? computed.base,
        severity: one.version === '2.0' ? computed.severity : (one.severity ?? computed.severity),
      },
    ];
  });
  const word = rating?.toLowerCase();
  return { ...score, cvss: known, rating: ['critical', 'high', 'medium', 'low', 'none'].find((r) => r === word) ?? null };
}

const both: readonly Loss[] = [
  {
    what: 'which intervals of versions are one range, ends without a beginning, versions of a product that is part of another',
    without: oneIntervalEach,
  },
  {
    what: 'of an advisory that was withdrawn or superseded: its products and vulnerabilities, and the day, if it is not that of the last revision',
    without: endedThen,
  },
  {
    what: 'that a score was not given but computed, a vector that cannot be computed, a rating in words that are none of CSAF',
    without: (source) => each(source, (v) => ({ ...v, scores: v.scores.map(scored) })),
  },
];

/** Of one source and the same products there is one score, whose parts 2.0 says in several places. */
function joined(scores: readonly Score[]): Score[] {
  const found: Score[] = [];
  const isFirst = (one: Score['cvss'][number], s: Score) => s.by === null && one.version !== '4.0';
  for (const score of [
    ...scores.filter((s) => s.cvss.some((c) => isFirst(c, s))),
    ...scores.filter((s) => !s.cvss.some((c) => isFirst(c, s))),
  ]) {
    const key = ({ by, productIds }: Score) => JSON.stringify([by, productIds]);
    const at = found.findIndex((s) => key(s) === key(score));
    if (at < 0) found.push(score);
    else {
      const { cvss, ssvc, epss, rating } = found[at]!;
      found[at] = {
        ...found[at]!,
        cvss: [...cvss, ...score.cvss],
        ssvc: score.ssvc ?? ssvc,
        epss: score.epss ?? epss,
        rating: score.rating ?? rating,
      };
    }
  }
  return found;
}

const unbound = <T extends { readonly productIds?: unknown; readonly groupIds?: unknown }>({ productIds: _, groupIds: __, ...item }: T) =>
  item;
const ofNone = { productIds: [], groupIds: [] };

/** What CSAF 2.0 cannot carry. */
export const losses20: readonly Loss[] = [
  ...both,
  { what: 'what other formats, and CSAF 2.1 by extensions and sharing groups, say beyond', without: beyondOf('csaf', 'csaf2.0') },
  {
    what: 'of which products a note, an id of the vulnerability or an involvement speaks, and the contact of an involvement',
    without: (source) => ({
      ...each(source, (v) => ({
        ...v,
        ids: v.ids.map(unbound),
        notes: v.notes.map(unbound),
        involvements: v.involvements.map((i) => ({ ...i, contact: null, ...ofNone })),
      })),
      notes: source.notes.map(unbound),
    }),
  },
  {
    what: 'that a publisher multiplies what others say, and that an advisory is of a profile that is deprecated in 2.1',
    without: (source) => ({
      ...source,
      category: source.category === 'csaf_deprecated_security_advisory' ? 'csaf_security_advisory' : source.category,
      publisher: { ...source.publisher, category: source.publisher.category === 'multiplier' ? 'other' : source.publisher.category },
    }),
  },
  { what: 'which parts of a score its source gave apart', without: (source) => each(source, (v) => ({ ...v, scores: joined(v.scores) })) },
];

/** What CSAF 2.1 cannot carry. */
export const losses21: readonly Loss[] = [
  ...both,
  { what: 'what other formats, and CSAF 2.0 by members of its own, say beyond', without: beyondOf('csaf', 'csaf2.1', 'ssvc') },
  { what: 'that no label of TLP was given, which means CLEAR', without: (source) => ({ ...source, tlp: source.tlp ?? 'CLEAR' }) },
  {
    what: 'names of branches that are none of CSAF 2.1, and versions in words that are neither VERS nor vls',
    without: (source) => ({ ...source, products: source.products.map((p) => ({ ...p, path: pathOf21(p.path) })) }),
  },
  {
    what: 'remedies that contradict each other or the status of their products: their words become a note',
    without: (source) => {
      const groups = new Map(source.groups.map((g) => [g.id, g.productIds]));
      return each(source, (v) => {
        const { remedies, notes } = remediesOf21(v, groups);
        return { ...v, remedies, notes: [...v.notes, ...notes] };
      });
    },
  },
];
