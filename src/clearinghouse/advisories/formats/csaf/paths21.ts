import { isSingle, readVersionRange } from '../../csaf/version-range.ts';
import type { Product } from '../../source.ts';
import { vlsVersion } from './intervals.ts';

type Path = Product['path'];

/** A way through the branches as 2.1 takes it. */
export function pathOf21(path: Path): Path {
  const renamed = path.map(({ category, name }) => ({ category: category === 'legacy' ? 'product_name' : category, name }));
  return unstacked(renamed).map((branch) => (branch.category === 'product_version_range' ? rangeOf21(branch.name) : branch));
}

/** Vendors that are none, where another one is named too; a version that has versions below it is part of the name (§9.1.18). */
function unstacked(path: Path): Path {
  const vendors = path.filter((b) => b.category === 'vendor');
  const nobody = /^(?:opensource|noassertion|undefined|unknown)$/;
  const named =
    vendors.length < 2 ? path : path.filter((b) => b.category !== 'vendor' || !nobody.test(b.name.replace(/[\s_-]+/g, '').toLowerCase()));
  const at = named.findIndex((b) => b.category === 'product_version');
  const hasMore = at > 0 && named.slice(at + 1).some((b) => b.category === 'product_version' || b.category === 'product_version_range');
  const above = named[at - 1];
  if (!hasMore || (above?.category !== 'product_name' && above?.category !== 'product_family')) return named;
  return named.map((b, i) =>
    i === at - 1
      ? { category: 'product_family', name: b.name }
      : i === at
        ? { category: 'product_name', name: `${above.name} ${b.name}` }
        : b,
  );
}

/** 2.0 took ranges in any words (6.1.50, 6.1.59). Those with comparators become vls; what is one version is a version; the rest keeps its words. */
function rangeOf21(text: string): Path[number] {
  const range = { category: 'product_version_range', name: text };
  if (typeof readVersionRange(text) !== 'string' && !isSingle(text)) return range;
  if (/^(?:vers:all\/\*|all(?: \w+)? versions?|all)$/i.test(text.trim())) return { ...range, name: 'vers:all/*' };
  const vls = vlsOf(text);
  if (vls !== undefined && typeof readVersionRange(vls) !== 'string' && !isSingle(vls)) return { ...range, name: vls };
  const one = text.replace(/^vers:[^/]*\//, '').replace(/^=/, '');
  const isVersion = !/[<>]/.test(one) && !/(?:^|\s)(?:after|all|before|earlier|later|prior|versions)(?:\s|$)/i.test(one);
  return isVersion ? { category: 'product_version', name: one } : { category: 'patch_level', name: text };
}

/** `All versions >= V2.5 and < V20.8` is `>=V2.5|<V20.8`. */
function vlsOf(text: string): string | undefined {
  const list = text
    .replace(/^\s*vers:[^/]*\//i, '')
    .replace(/^\s*(?:all\s+)?(?:\w+\s+)?versions?\s+/i, '')
    .slice(0, 1024);
  const items = list.split(/(?=[<>])|\||\band\b/).map((item) => item.trim());
  const constraints = items
    .filter((item) => item !== '')
    .map((item) => {
      const [, comparator = '', version = ''] = /^([<>]=?|=|)\s*(.*)$/s.exec(item)!;
      return version === '' ? '' : comparator + vlsVersion(version.trim());
    });
  return constraints.length === 0 || constraints.includes('') ? undefined : constraints.join('|');
}
