import type { Clauses } from '../clause.ts';
import { textOf } from '../json.ts';
import { covered, visitCovered } from '../references.ts';
import { groupsOfProducts, inStatus, type StatusGroup } from '../status.ts';

const affected = ['first_affected', 'known_affected', 'last_affected'] as const;

/** What a vulnerability says of the products it names. */
export const statuses: Clauses = {
  '6.1.6': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities)
      for (const [product, groups] of groupsOfProducts(vulnerability, csaf.edition)) {
        const said = [...groups].filter((group) => group !== 'recommended');
        if (said.length > 1) report(`${vulnerability.pointer}/product_status`, `the product ${product} is ${said.join(' and ')}`);
      }
  },
  '6.2.2': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const remedied = covered(csaf, vulnerability.list('remediations'));
      for (const { pointer, value } of inStatus(vulnerability, ...affected, 'under_investigation'))
        if (!remedied.has(value)) report(pointer, `no remediation covers the product ${value}`);
    }
  },
  '6.2.3': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const scored = new Set(vulnerability.metrics.flatMap((metric) => metric.products.map((product) => product.value)));
      for (const { pointer, value } of inStatus(vulnerability, ...affected))
        if (!scored.has(value)) report(pointer, `no ${csaf.edition === '2.1' ? 'metric' : 'score'} covers the product ${value}`);
    }
  },
};

/** CSAF 2.1, table "Remediation Combinations": categories that may not meet on one product. */
export const rivals: Readonly<Record<string, string>> = {
  workaround: 'optional_patch none_available',
  mitigation: 'optional_patch none_available',
  vendor_fix: 'optional_patch none_available fix_planned no_fix_planned',
  optional_patch: 'workaround mitigation vendor_fix none_available fix_planned no_fix_planned',
  none_available: 'workaround mitigation vendor_fix optional_patch fix_planned no_fix_planned',
  fix_planned: 'vendor_fix optional_patch none_available no_fix_planned',
  no_fix_planned: 'vendor_fix optional_patch none_available fix_planned',
};

type Verdicts = Readonly<Record<string, readonly StatusGroup[]>>;

/** Table "Product Status Remediation Category Combinations". */
export const prohibited: Verdicts = {
  workaround: ['not affected', 'fixed'],
  mitigation: ['not affected', 'fixed'],
  vendor_fix: ['not affected', 'fixed'],
  optional_patch: ['affected'],
  none_available: ['not affected', 'fixed'],
  fix_planned: ['fixed'],
  no_fix_planned: ['fixed'],
};
const discouraged: Verdicts = {
  workaround: ['under investigation', 'unknown'],
  mitigation: ['under investigation', 'unknown'],
  vendor_fix: ['under investigation', 'unknown'],
  optional_patch: ['fixed'],
  fix_planned: ['not affected', 'under investigation', 'unknown'],
  no_fix_planned: ['not affected'],
};

function combinations(verdicts: Verdicts, verb: string): Clauses[string] {
  return (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const groups = groupsOfProducts(vulnerability, csaf.edition);
      const told = new Set<string>();
      visitCovered(
        csaf,
        vulnerability.list('remediations'),
        (item) => textOf(item.value.category) ?? '',
        (product, category, item) => {
          const wrong = Object.hasOwn(verdicts, category)
            ? verdicts[category]!.find((group) => groups.get(product)?.has(group))
            : undefined;
          if (wrong === undefined || told.has(`${item.pointer} ${product}`)) return;
          told.add(`${item.pointer} ${product}`);
          report(item.pointer, `${category} is ${verb} for the product ${product}, which is ${wrong}`);
        },
      );
    }
  };
}

export const statuses21: Clauses = {
  '6.1.35': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const categories = new Map<string, Set<string>>();
      visitCovered(
        csaf,
        vulnerability.list('remediations'),
        (item) => textOf(item.value.category) ?? '',
        (product, category, item) => {
          const known = categories.get(product) ?? new Set();
          categories.set(product, known);
          if (known.has(category)) return;
          known.add(category);
          const rival = Object.hasOwn(rivals, category) ? rivals[category]!.split(' ').find((other) => known.has(other)) : undefined;
          if (rival !== undefined) report(item.pointer, `${category} contradicts ${rival} for the product ${product}`);
        },
      );
    }
  },
  '6.1.36': combinations(prohibited, 'prohibited'),
  '6.2.27': combinations(discouraged, 'discouraged'),
};
