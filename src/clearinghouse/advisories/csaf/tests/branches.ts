import type { Clauses } from '../clause.ts';
import type { Branch, Csaf } from '../csaf.ts';

/** From the leaf to the root. */
function* upwards(branch: Branch | undefined): Generator<Branch> {
  for (let at = branch; at; at = at.parent) yield at;
}

function eachOf(csaf: Csaf, category: string, visit: (branch: Branch) => void): void {
  for (const branch of csaf.branches) if (branch.category === category) visit(branch);
}

/** Whole words, as 2.1 makes clear: the 2.0 text speaks of strings, and a version may well be named `fallback-1`. */
const words = new Set(['after', 'all', 'before', 'earlier', 'later', 'prior', 'versions']);

const wanted = ['vendor', 'product_name', 'product_version'];

function hasWantedOrder(branch: Branch): boolean {
  let left = wanted.length;
  for (const above of upwards(branch)) if (left > 0 && above.category === wanted[left - 1]) left--;
  return left === 0;
}

export const branches: Clauses = {
  '6.1.31': (csaf, report) =>
    eachOf(csaf, 'product_version', ({ pointer, name }) => {
      const lower = name.toLowerCase();
      const found = /[<>]=?/.exec(lower)?.[0] ?? lower.split(/\s+/).find((word) => words.has(word));
      if (found !== undefined) report(`${pointer}/name`, `"${found}" makes a range of a version`);
    }),
  '6.3.9': (csaf, report) => {
    for (const { branch } of csaf.products)
      if (branch && !hasWantedOrder(branch)) report(branch.pointer, `the way to the product is not ${wanted.join(', ')}`);
  },
  '6.3.10': (csaf, report) =>
    eachOf(csaf, 'product_version_range', ({ pointer }) => report(`${pointer}/category`, 'a range is hard to match; list versions')),
  '6.3.11': (csaf, report) =>
    eachOf(csaf, 'product_version', ({ pointer, name }) => {
      if (/^v[0-9]/i.test(name)) report(`${pointer}/name`, 'a version needs no v before it');
    }),
};

/** 2.1, "Branch Recursion" */
const mostBranches = 30;

export const branches21: Clauses = {
  '6.1.34': (csaf, report) => {
    for (const { branch, pointer } of csaf.products)
      if (branch && branch.depth > mostBranches) report(pointer, `the way to the product has ${branch.depth} branches`);
  },
  '6.1.57': (csaf, report) => {
    const told = new Set<string>();
    for (const { branch } of csaf.products) {
      const seen = new Map<string, Branch>();
      for (const above of upwards(branch)) {
        const below = seen.get(above.category);
        if (below && above.category !== 'product_family' && !told.has(below.pointer)) {
          told.add(below.pointer);
          report(`${below.pointer}/category`, `${above.category} is used before on the way here`);
        }
        seen.set(above.category, above);
      }
    }
  },
  '6.1.58': (csaf, report) => {
    const told = new Set<string>();
    for (const { branch } of csaf.products) {
      const versions = [...upwards(branch)].filter(
        (above) => above.category === 'product_version' || above.category === 'product_version_range',
      );
      const first = versions[0];
      if (!first || told.has(first.pointer) || versions.every((above) => above.category === first.category)) continue;
      told.add(first.pointer);
      report(`${first.pointer}/category`, 'product_version and product_version_range are both on the way to a product');
    }
  },
  '6.2.48': (csaf, report) =>
    eachOf(csaf, 'vendor', ({ pointer, name }) => {
      if (name.replace(/\s/g, '').toLowerCase() === 'opensource') report(`${pointer}/name`, 'nobody is named Open Source');
    }),
};
