import { isRefusal } from '../../../../base/refusal.ts';
import { packageOf } from '../../../inventories/package-name.ts';
import { canonicalPurl } from '../../../inventories/purl.ts';
import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import { type Identifiers, noIdentifiers, type Product } from '../../source.ts';
import { members, objectsIn, textIn, textsIn } from './members.ts';

type Known = Pick<Product, 'package' | 'identifiers'>;

/** Where 2.0, which has room for one package URL, keeps the others: their specification's address is their namespace. */
const purlNamespace = 'https://github.com/package-url/purl-spec';

/** CSAF "Helper to identify the product"; undefined where nothing is known. */
export function helperOf({ package: named, identifiers }: Known, edition: Edition): Obj | undefined {
  const purls = identifiers.purls.length > 0 || named === null ? identifiers.purls : [named];
  const uris = identifiers.uris.map(({ namespace, uri }) => ({ namespace, uri }));
  const more = purls.slice(1).map((uri) => ({ namespace: purlNamespace, uri }));
  return members({
    cpe: identifiers.cpe,
    hashes: identifiers.hashes.map(({ filename, hashes }) => ({
      filename,
      file_hashes: hashes.map(({ algorithm, value }) => ({ algorithm, value })),
    })),
    model_numbers: identifiers.modelNumbers.flatMap((number) => starsOf(number, edition)),
    ...(edition === '2.1' ? { purls } : { purl: purls[0] }),
    sbom_urls: identifiers.sbomUrls,
    serial_numbers: identifiers.serialNumbers.flatMap((number) => starsOf(number, edition)),
    skus: identifiers.skus.flatMap((number) => starsOf(number, edition)),
    x_generic_uris: edition === '2.1' ? uris : [...more, ...uris],
  });
}

export function identificationIn(helper: Obj, edition: Edition): Known {
  const uris = objectsIn(helper, 'x_generic_uris').map((one) => ({ namespace: textIn(one, 'namespace')!, uri: textIn(one, 'uri')! }));
  const isPurl = ({ namespace }: { namespace: string }) => edition === '2.0' && namespace === purlNamespace;
  const purls = edition === '2.1' ? textsIn(helper, 'purls') : [...textsOf(helper.purl), ...uris.filter(isPurl).map(({ uri }) => uri)];
  const first = purls[0] === undefined ? undefined : canonicalPurl(purls[0]);
  const named = first === undefined || isRefusal(first) ? null : packageOf(first);
  const identifiers: Identifiers = {
    ...noIdentifiers,
    purls: purls.length === 1 && purls[0] === named ? [] : purls,
    cpe: textIn(helper, 'cpe'),
    hashes: objectsIn(helper, 'hashes').map((file) => ({
      filename: textIn(file, 'filename')!,
      hashes: objectsIn(file, 'file_hashes').map((hash) => ({
        algorithm: textIn(hash, 'algorithm')!.toLowerCase(),
        value: textIn(hash, 'value')!.toLowerCase(),
      })),
    })),
    modelNumbers: textsIn(helper, 'model_numbers').map((number) => starred(number, edition)),
    serialNumbers: textsIn(helper, 'serial_numbers').map((number) => starred(number, edition)),
    skus: textsIn(helper, 'skus').map((number) => starred(number, edition)),
    sbomUrls: textsIn(helper, 'sbom_urls'),
    uris: uris.filter((one) => !isPurl(one)),
  };
  return { package: named, identifiers };
}

const textsOf = (value: unknown) => (typeof value === 'string' ? [value] : []);

/** In 2.0 every number of hardware means all that start with it; 2.1 says so with a star, and escapes stars that are none. */
function starred(number: string, edition: Edition): string {
  if (edition === '2.1') return number;
  const escaped = number.replaceAll('\\', '\\\\');
  return escaped.endsWith('*') ? escaped : `${escaped}*`;
}

/** 2.1 takes one star at most (6.1.43, 6.1.44, 6.1.61): of more, nobody can tell what was meant. */
function starsOf(number: string, edition: Edition): string[] {
  if (edition === '2.0') return [number.replace(/\*$/, '').replaceAll('\\\\', '\\') || number];
  const wild = number.replace(/\\./gs, '').split('*').length - 1;
  return wild > 1 ? [] : [number];
}
