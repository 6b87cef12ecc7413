import { releaseNaming } from '../../csaf/registers/cwe.ts';
import type { Source } from '../../source.ts';
import { pathOf21 } from './paths21.ts';
import { remediesOf21 } from './remedies21.ts';
import { hearWeaknesses, speakWeaknesses } from './weakness-notes.ts';

/** The profile of reports is not in the published text, whose tests reject a category that looks like a profile (6.1.26). */
const report = { category: 'csaf_vulnerability_report', spoken: 'Vulnerability Report' } as const;

/** What 2.1 no longer takes, in the words that it does, by the rules of its converter (CSAF 2.1 §9.1.18). */
export function amend(source: Source): Source {
  const members = new Map(source.groups.map((g) => [g.id, g.productIds]));
  const day = source.tracking.currentAt.slice(0, 10);
  return {
    ...source,
    category: source.category === report.category ? report.spoken : source.category,
    products: source.products.map((p) => ({ ...p, path: pathOf21(p.path) })),
    vulnerabilities: source.vulnerabilities.map((v) => {
      const dated = v.weaknesses.map((w) => ({
        ...w,
        version: w.version ?? (w.name === null ? null : (releaseNaming(w.id, w.name, day) ?? null)),
      }));
      const { weaknesses, notes } = speakWeaknesses(dated, '2.1');
      const { remedies, notes: told } = remediesOf21(v, members);
      return { ...v, weaknesses, remedies, notes: [...v.notes, ...notes, ...told] };
    }),
  };
}

export function unamend(source: Source): Source {
  const category = source.category === report.spoken ? report.category : source.category;
  return { ...source, category, vulnerabilities: source.vulnerabilities.map((v) => ({ ...v, ...hearWeaknesses(v.weaknesses, v.notes) })) };
}
