import { limits } from '../../../../base/limits.ts';
import { orderOfScheme } from '../../../inventories/versions/compare.ts';
import type { Clauses, Report } from '../clause.ts';
import type { Branch, Csaf, Vulnerability } from '../csaf.ts';
import { isObject, textOf } from '../json.ts';
import { type StatusGroup, statusGroup } from '../status.ts';
import { isOpenAbove, isSingle, overlap, pointRange, readVersionRange, type VersionRange } from '../version-range.ts';

function eachRange(csaf: Csaf, visit: (name: string, pointer: string) => void): void {
  for (const branch of csaf.branches) if (branch.category === 'product_version_range') visit(branch.name, `${branch.pointer}/name`);
}

function eachRead(csaf: Csaf, visit: (range: VersionRange, pointer: string) => void): void {
  eachRange(csaf, (name, pointer) => {
    const range = readVersionRange(name);
    if (typeof range !== 'string') visit(range, pointer);
  });
}

/** In the words of 6.2.18. */
const versForm = /^vers:[a-z.+-][a-z0-9.+-]*\/./;

export const ranges: Clauses = {
  '6.2.18': (csaf, report) =>
    eachRange(csaf, (name, pointer) => {
      if (!versForm.test(name))
        report(pointer, 'this is no VERS: see whether it can be, or whether the versions can be listed; vls is a last resort');
    }),
};

/** A branch that says which versions it is, with the branches beside it. */
interface Sibling {
  readonly branch: Branch;
  readonly range: VersionRange | undefined;
  readonly product: string | undefined;
}

type Kind = 'vers' | 'vls' | 'version';

function kindOf({ branch, range }: Sibling): Kind | undefined {
  return branch.category === 'product_version' ? 'version' : range?.kind;
}

/** Families of siblings that hold a range. */
function families(csaf: Csaf): Sibling[][] {
  const byParent = new Map<Branch | undefined, Sibling[]>();
  for (const branch of csaf.branches) {
    if (branch.category !== 'product_version' && branch.category !== 'product_version_range') continue;
    const range = branch.category === 'product_version_range' ? readVersionRange(branch.name) : undefined;
    const product = isObject(branch.value.product) ? textOf(branch.value.product.product_id) : undefined;
    const family = byParent.get(branch.parent) ?? [];
    byParent.set(branch.parent, family);
    family.push({ branch, range: typeof range === 'string' ? undefined : range, product });
  }
  return [...byParent.values()].filter((family) => family.some((sibling) => sibling.range));
}

/** Overlapping pairs: a range first, what overlaps with it second. No more comparisons than a document may cost are made. */
function overlaps(csaf: Csaf): readonly (readonly [Sibling, Sibling])[] {
  const known = overlapsOf.get(csaf);
  if (known) return known;
  const pairs: [Sibling, Sibling][] = [];
  let left: number = limits.csafRangeComparisons;
  for (const family of families(csaf)) {
    const withRange = family.filter((sibling) => sibling.range);
    for (const [i, one] of withRange.entries())
      for (const other of [
        ...withRange.slice(i + 1),
        ...family.filter((sibling) => !sibling.range && sibling.branch.category === 'product_version'),
      ]) {
        if (left-- <= 0) break;
        if (overlap(one.range!, other.range ?? pointRange(other.branch.name, one.range!))) pairs.push([one, other]);
      }
  }
  overlapsOf.set(csaf, pairs);
  return pairs;
}

const overlapsOf = new WeakMap<Csaf, readonly (readonly [Sibling, Sibling])[]>();

function groupsIn(vulnerability: Vulnerability): Map<string, Set<StatusGroup>> {
  const groups = new Map<string, Set<StatusGroup>>();
  for (const [list, products] of vulnerability.statuses) {
    const group = statusGroup(list, '2.1');
    if (!group || group === 'recommended') continue;
    for (const { value } of products) groups.set(value, (groups.get(value) ?? new Set()).add(group));
  }
  return groups;
}

/** Products of overlapping leaves whose status groups stand so to each other. */
function overlapping(kind: Kind, isWrong: (a: Set<StatusGroup>, b: Set<StatusGroup>) => boolean, message: string): Clauses[string] {
  return (csaf, report) => {
    const pairs = overlaps(csaf).filter(
      ([one, other]) => kindOf(other) === kind && one.product !== undefined && other.product !== undefined,
    );
    if (pairs.length === 0) return;
    for (const vulnerability of csaf.vulnerabilities) {
      const groups = groupsIn(vulnerability);
      for (const [one, other] of pairs) {
        const [a, b] = [groups.get(one.product!), groups.get(other.product!)];
        if (a && b && isWrong(a, b))
          report(`${vulnerability.pointer}/product_status`, `versions of ${one.product} and ${other.product} overlap: ${message}`);
      }
    }
  };
}

const contradict = (a: Set<StatusGroup>, b: Set<StatusGroup>) => [...a].some((group) => [...b].some((other) => other !== group));
const agree = (a: Set<StatusGroup>, b: Set<StatusGroup>) => [...a].some((group) => b.has(group));
const contradicting = (kind: Kind) => overlapping(kind, contradict, 'they are in contradicting groups');
const agreeing = (kind: Kind) => overlapping(kind, agree, 'they are in one group');

/** Overlaps with a sibling that has branches of its own. */
function inBranches(category: string): (csaf: Csaf, report: Report) => void {
  return (csaf, report) => {
    for (const [one, other] of overlaps(csaf)) {
      const branching = [one, other].find(({ branch }) => branch.category === category && Array.isArray(branch.value.branches));
      if (other.branch.category === category && branching)
        report(
          `${(other.product === undefined ? other : branching).branch.pointer}/name`,
          `overlaps with ${(other.product === undefined ? one : other).branch.name}`,
        );
    }
  };
}

export const ranges21: Clauses = {
  '6.1.50': (csaf, report) =>
    eachRange(csaf, (name, pointer) => {
      const range = readVersionRange(name);
      if (typeof range === 'string') report(pointer, range);
    }),
  '6.1.59': (csaf, report) =>
    eachRange(csaf, (name, pointer) => {
      if (isSingle(name)) report(pointer, 'this is one version, not a range');
    }),
  '6.2.49': (csaf, report) =>
    eachRead(csaf, (range, pointer) => {
      if (isOpenAbove(range)) report(pointer, 'the range has no upper end');
    }),
  '6.2.50.1': contradicting('vers'),
  '6.2.50.2': contradicting('vls'),
  '6.2.50.3': contradicting('version'),
  '6.2.51': (csaf, report) =>
    eachRange(csaf, (name, pointer) => {
      const type = /^vers:([^/]*)\//.exec(name)?.[1];
      if (type === undefined || type === 'all' || type === 'none' || orderOfScheme(type)) return;
      report(
        pointer,
        `the version type ${type} is ${registered.has(type) ? 'registered, but not supported here' : 'neither registered nor supported here'}`,
      );
    }),
  '6.3.19.1': agreeing('vers'),
  '6.3.19.2': agreeing('vls'),
  '6.3.19.3': agreeing('version'),
  '6.3.19.4': inBranches('product_version_range'),
  '6.3.19.5': inBranches('product_version'),
};

/** Types of package URLs are registered types of VERS; of these, versions cannot be ordered here. */
const registered = new Set(
  'bazel bitbucket chrome-extension cocoapods conda cpan docker huggingface luarocks mlflow oci opam otp qpkg swid vscode-extension yocto'.split(
    ' ',
  ),
);
