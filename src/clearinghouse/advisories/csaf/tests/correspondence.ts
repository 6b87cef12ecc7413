import type { Clauses } from '../clause.ts';
import type { Branch, Csaf, Product, Vulnerability } from '../csaf.ts';
import { textOf } from '../json.ts';
import { visitCovered } from '../references.ts';
import { inStatus } from '../status.ts';
import { of } from './profiles.ts';

/** Categories that say which version of a product it is, and not which product. */
const ofVersions = new Set(['product_version', 'product_version_range', 'patch_level', 'service_pack']);
/** Words of a product's name that say which versions it is. */
const versionWords =
  /^(?:.*\d.*|[<>=!~|-]+|v|vers?|versions?|all|and|any|before|earlier|from|later|newer|older|or|prior|than|through|to|until|up|update|patch|release)$/;

/** What two versions of one product share: the way through the branches, or, where one has none, the name without its version. */
interface Identity {
  /** A product path has one more for each `installed_with`: the way that leads to it. */
  readonly lines: readonly string[];
  readonly names: readonly string[];
  readonly flat: boolean;
}

type Identities = ReadonlyMap<string, Identity>;

const longest = 10_000;

function identities(csaf: Csaf): Identities {
  const known = new Map<string, Identity>();
  for (const product of csaf.products) if (product.id !== undefined && !product.path) known.set(product.id, identityOf(product));
  for (const { path, id } of csaf.products) {
    if (!path || id === undefined) continue;
    const parts = path.references.map((reference) => known.get(reference.value));
    const ways = (of: (part: Identity | undefined) => string) => {
      const found: string[] = [];
      let way = '';
      for (const [i, part] of parts.entries()) {
        if (i > 0 && path.categories[i - 1] === 'installed_with') found.push(way);
        way = i === 0 ? of(part) : `${way} ${path.categories[i - 1]} ${of(part)}`;
        if (way.length > longest) break;
      }
      return [way, ...found];
    };
    known.set(id, {
      lines: ways((part) => part?.lines[0] ?? ''),
      names: ways((part) => part?.names[0] ?? ''),
      flat: parts.some((part) => part?.flat !== false),
    });
  }
  return known;
}

function identityOf({ branch, value }: Product): Identity {
  const parts: string[] = [];
  for (let at: Branch | undefined = branch; at; at = at.parent)
    if (!ofVersions.has(at.category)) parts.push(JSON.stringify([at.category, at.name]));
  const words = (textOf(value.name) ?? '').toLowerCase().split(/\s+/);
  return { lines: [parts.join('<')], names: [words.filter((word) => !versionWords.test(word)).join(' ')], flat: branch === undefined };
}

/** Products of `these` of which none of `those` is another version. Products nobody defines are a matter of 6.1.1. */
function withoutCounterpart(known: Identities, vulnerability: Vulnerability, these: readonly string[], those: readonly string[]) {
  const [lines, names, flatNames] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { value } of inStatus(vulnerability, ...those)) {
    const there = known.get(value);
    if (!there) continue;
    for (const line of there.flat ? [] : there.lines) lines.add(line);
    for (const name of there.names) {
      names.add(name);
      if (there.flat) flatNames.add(name);
    }
  }
  return inStatus(vulnerability, ...these).filter(({ value }) => {
    const own = known.get(value);
    if (!own) return false;
    if (own.flat) return !own.names.some((name) => names.has(name));
    return !own.lines.some((line) => lines.has(line)) && !own.names.some((name) => flatNames.has(name));
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
    const known = identities(csaf);
    for (const vulnerability of csaf.vulnerabilities)
      for (const { pointer, value } of withoutCounterpart(known, vulnerability, fixed, affected))
        report(pointer, `the product ${value} is fixed, and no version of it is affected`);
  }),
  '6.2.39.1': of('security_advisory', (csaf, report) => {
    const known = identities(csaf);
    const byId = new Map(csaf.products.map((product) => [product.id, product]));
    for (const vulnerability of csaf.vulnerabilities) {
      const { none, some } = outlook(csaf, vulnerability);
      for (const { pointer, value } of withoutCounterpart(known, vulnerability, affected, fixed))
        if (!none.has(value) || some.has(value) || endsBelow(byId.get(value)))
          report(pointer, `no fixed version of the product ${value} is listed`);
    }
  }),
};
