import { isRefusal } from '../../../../base/refusal.ts';
import { formatPurl, type Purl, parsePurl } from '../../../inventories/purl.ts';
import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { listOf, type Obj, objectsIn, type Placed, stable, textOf, textsIn } from '../json.ts';

function* helpers(csaf: Csaf): Generator<Placed<Obj>> {
  for (const { helper } of csaf.products) if (helper) yield helper;
}

function hashes(csaf: Csaf): Placed<Obj>[] {
  return [...helpers(csaf)].flatMap(({ pointer, value }) => objectsIn(value, 'hashes', pointer));
}

function purls(csaf: Csaf): Placed<string>[] {
  return [...helpers(csaf)].flatMap(({ pointer, value }) =>
    csaf.edition === '2.1'
      ? textsIn(value, 'purls', pointer)
      : typeof value.purl === 'string'
        ? [{ pointer: `${pointer}/purl`, value: value.purl }]
        : [],
  );
}

/** All digests of a file are of one weak kind. */
function onlyDigest(algorithm: string): Clauses[string] {
  return (csaf, report) => {
    for (const { pointer, value } of hashes(csaf)) {
      const digests = objectsIn(value, 'file_hashes', pointer);
      if (digests.length > 0 && digests.every((digest) => digest.value.algorithm === algorithm))
        report(`${pointer}/file_hashes`, `${algorithm} is the only digest`);
    }
  };
}

/** What identifies a product: package URLs, digests, helpers at all. */
export const identification: Clauses = {
  '6.1.13': (csaf, report) => {
    for (const { pointer, value } of purls(csaf)) {
      const purl = parsePurl(value);
      if (isRefusal(purl)) report(pointer, purl.because);
      else if (csaf.edition === '2.1' && /^pkg:\/\//.test(value))
        report(pointer, 'CSAF takes canonical package URLs, which have no slashes after pkg:');
    }
  },
  '6.1.25': (csaf, report) => {
    for (const { pointer, value } of hashes(csaf)) {
      const seen = new Set<string>();
      for (const digest of objectsIn(value, 'file_hashes', pointer)) {
        const algorithm = textOf(digest.value.algorithm);
        if (algorithm === undefined) continue;
        if (seen.has(algorithm)) report(digest.pointer, `there is a ${algorithm} digest before`);
        seen.add(algorithm);
      }
    }
  },
  '6.2.8': onlyDigest('md5'),
  '6.2.9': onlyDigest('sha1'),
  '6.2.16': (csaf, report) => {
    for (const { helper, pointer, id } of csaf.products) if (!helper) report(pointer, `nothing helps to identify the product ${id}`);
  },
  '6.3.5': (csaf, report) => {
    for (const { pointer, value } of hashes(csaf))
      for (const digest of objectsIn(value, 'file_hashes', pointer)) {
        const length = textOf(digest.value.value)?.length ?? 64;
        if (length < 64) report(`${digest.pointer}/value`, `the digest has ${length} characters`);
      }
  },
};

/** Of an escaped text: how many stars are wildcards. */
function stars(text: string): number {
  return text.replace(/\\./gs, '').split('*').length - 1;
}

function oneStar(key: string, what: string): Clauses[string] {
  return (csaf, report) => {
    for (const helper of helpers(csaf))
      for (const { pointer, value } of textsIn(helper.value, key, helper.pointer))
        if (stars(value) > 1) report(pointer, `a ${what} has one star at most`);
  };
}

const withoutQualifiers = (purl: Purl) => formatPurl({ ...purl, qualifiers: null } as Purl);

/** CSAF 2.1, "Hashes": what `openssl dgst -list` of 3.4.0 prints. */
const digests = new Set(
  'blake2b512 blake2s256 md4 md5 md5-sha1 mdc2 ripemd ripemd160 rmd160 sha1 sha224 sha256 sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256 shake128 shake256 sm3 ssl3-md5 ssl3-sha1 whirlpool'.split(
    ' ',
  ),
);

export const identification21: Clauses = {
  '6.1.42': (csaf, report) => {
    for (const helper of helpers(csaf)) {
      const [first, ...others] = textsIn(helper.value, 'purls', helper.pointer).map(({ pointer, value }) => {
        const purl = parsePurl(value);
        return { pointer, base: isRefusal(purl) ? undefined : withoutQualifiers(purl) };
      });
      for (const { pointer, base } of others)
        if (base !== undefined && first!.base !== undefined && base !== first!.base)
          report(pointer, 'package URLs of one product differ in their qualifiers only');
    }
  },
  '6.1.43': oneStar('model_numbers', 'model number'),
  '6.1.44': oneStar('serial_numbers', 'serial number'),
  '6.1.61': oneStar('skus', 'stock keeping unit'),
  '6.2.31': (csaf, report) => {
    const referenced = new Set(csaf.paths.flatMap((path) => path.references.map((reference) => reference.value)));
    for (const { helper, pointer, id } of csaf.products)
      if (helper && (helper.value.serial_numbers !== undefined || helper.value.model_numbers !== undefined) && !referenced.has(id ?? ''))
        report(pointer, `the product ${id} has numbers of hardware, and no product path leads over it`);
  },
  '6.2.32': (csaf, report) => {
    const seen = new Map<string, string>();
    for (const { helper, id, pointer: at } of csaf.products) {
      if (!helper) continue;
      for (const key of Object.keys(helper.value)) {
        const listed = Array.isArray(helper.value[key]);
        const values = listed ? listOf(helper.value[key]) : [helper.value[key]];
        for (const [i, value] of values.entries()) {
          const known = JSON.stringify([key, unordered(value)]);
          const before = seen.get(known);
          if (before !== undefined && before !== at)
            report(`${helper.pointer}/${key}${listed ? `/${i}` : ''}`, `another product than ${id} has the same`);
          seen.set(known, before ?? at);
        }
      }
    }
  },
  '6.2.52': (csaf, report) => {
    for (const { pointer, value } of hashes(csaf))
      for (const digest of objectsIn(value, 'file_hashes', pointer)) {
        const algorithm = textOf(digest.value.algorithm);
        if (algorithm !== undefined && !digests.has(algorithm))
          report(`${digest.pointer}/algorithm`, `${algorithm} is not among the digests the standard names, and not supported here`);
      }
  },
};

/** Lists are sets here, whatever their order. */
function unordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(unordered).sort().join(',')}]`;
  if (typeof value !== 'object' || value === null) return stable(value);
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${unordered(inner)}`)
    .join(',')}}`;
}
