import type { Clauses } from '../clause.ts';
import type { Branch, Csaf, Product, Vulnerability } from '../csaf.ts';
import { textOf } from '../json.ts';
import { visitCovered } from '../references.ts';
import { inStatus } from '../status.ts';
import { of } from './profiles.ts';

/** Categories that say which version of a product it is, and not which product. */
const ofVersions = new Set(['product_version', 'product_version_range', 'patch_level', 'service_pack']);
/** What a product without branches is: it may be any. */
const anyProduct = '*';

/** Texts that two versions of one product share. A product path has one more for each `installed_with`: the way that leads to it. */
type Lines = ReadonlyMap<string, readonly string[]>;

function linesOf(csaf: Csaf): Lines {
  const lines = new Map<string, readonly string[]>();
  for (const product of csaf.products) if (product.id !== undefined && !product.path) lines.set(product.id, [branchLine(product)]);
  for (const { path, id } of csaf.products) {
    if (!path || id === undefined) continue;
    const found: string[] = [];
    let way = '';
    for (const [i, reference] of path.references.entries()) {
      if (i > 0 && path.categories[i - 1] === 'installed_with') found.push(way);
      const line = lines.get(reference.value)?.[0] ?? anyProduct;
      way = i === 0 ? line : `${way} ${path.categories[i - 1]} ${line}`;
      if (way.length > 10_000) break;
    }
    lines.set(id, [way, ...found]);
  }
  return lines;
}

function branchLine({ branch }: Product): string {
  if (!branch) return anyProduct;
  const parts: string[] = [];
  for (let at: Branch | undefined = branch; at; at = at.parent)
    if (!ofVersions.has(at.category)) parts.push(JSON.stringify([at.category, at.name]));
  return parts.join('<');
}

/** Products of `these` of which none of `those` is another version. */
function withoutCounterpart(lines: Lines, vulnerability: Vulnerability, these: readonly string[], those: readonly string[]) {
  const there = new Set(inStatus(vulnerability, ...those).flatMap((product) => lines.get(product.value) ?? [anyProduct]));
  return inStatus(vulnerability, ...these).filter((product) => {
    const own = lines.get(product.value) ?? [anyProduct];
    return there.size === 0 || !(there.has(anyProduct) || own.includes(anyProduct) || own.some((line) => there.has(line)));
  });
}

const affected = ['first_affected', 'known_affected', 'last_affected'];
const fixed = ['first_fixed', 'fixed'];

/** What remediations say of each product: whether a fix is to be had. */
function outlook(csaf: Csaf, vulnerability: Vulnerability): { readonly none: Set<string>; readonly some: Set<string> } {
  const [none, some] = [new Set<string>(), new Set<string>()];
  visitCovered(
    csaf,
    vulnerability.list('remediations'),
    (item) => textOf(item.value.category) ?? '',
    (product, category) => {
      if (category === 'vendor_fix') some.add(product);
      else if (['fix_planned', 'no_fix_planned', 'none_available'].includes(category)) none.add(product);
    },
  );
  return { none, some };
}

function endsBelow(product: Product | undefined): boolean {
  for (let at = product?.branch; at; at = at.parent)
    if (
      at.category === 'product_version_range' &&
      /^<(?!=)/.test(
        at.name
          .replace(/^vers:[^/]*\//, '')
          .split('|')
          .at(-1)!,
      )
    )
      return true;
  return false;
}

export const correspondence21: Clauses = {
  '6.1.27.13': of('security_advisory', (csaf, report) => {
    const lines = linesOf(csaf);
    for (const vulnerability of csaf.vulnerabilities)
      for (const { pointer, value } of withoutCounterpart(lines, vulnerability, fixed, affected))
        report(pointer, `the product ${value} is fixed, and no version of it is affected`);
  }),
  '6.2.39.1': of('security_advisory', (csaf, report) => {
    const lines = linesOf(csaf);
    const byId = new Map(csaf.products.map((product) => [product.id, product]));
    for (const vulnerability of csaf.vulnerabilities) {
      const { none, some } = outlook(csaf, vulnerability);
      for (const { pointer, value } of withoutCounterpart(lines, vulnerability, affected, fixed))
        if (!none.has(value) || some.has(value) || endsBelow(byId.get(value)))
          report(pointer, `no fixed version of the product ${value} is listed`);
    }
  }),
};
