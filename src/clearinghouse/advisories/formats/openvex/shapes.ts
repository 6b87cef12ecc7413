import { justifications } from '../../../cases/statements/statement.ts';
import { isObject } from '../../csaf/json.ts';
import { isDateTime20 } from '../../csaf/moment.ts';
import { anyText, listOf, object, type Shape, wordOf } from '../../csaf/shapes/shape.ts';
import { isIri } from '../uri.ts';

const closed = (members: Record<string, Shape>, required = '') => object(members, { required, closed: true });
const set = (item: Shape, least = 0) => listOf(item, { least, unique: true });

const formed =
  (test: (value: string) => boolean, is: string): Shape =>
  (value, pointer, to) => {
    if (typeof value !== 'string') to.error(pointer, 'must be a text');
    else if (!test(value)) to.error(pointer, `must be ${is}`);
  };
const iri = formed(isIri, 'an IRI');
const instant = formed(isDateTime20, 'a date-time of RFC 3339');
const count: Shape = (value, pointer, to) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) to.error(pointer, 'must be an integer from 1');
};

/** Spec, appendix A: IANA's names of the digests, with how many hexadecimal digits each has. */
export const hashDigits: Readonly<Record<string, number>> = {
  md5: 32,
  sha1: 40,
  'sha-256': 64,
  'sha-384': 96,
  'sha-512': 128,
  'sha3-224': 56,
  'sha3-256': 64,
  'sha3-384': 96,
  'sha3-512': 128,
  'blake2s-256': 64,
  'blake2b-256': 64,
  'blake2b-512': 128,
};
const hashes = closed(Object.fromEntries(Object.keys(hashDigits).map((name) => [name, anyText])));
const identifiers = object({ purl: anyText, cpe22: anyText, cpe23: anyText }, { closed: true, least: 1 });

function component(members: Record<string, Shape>): Shape {
  const shape = closed({ '@id': iri, identifiers, hashes, ...members });
  return (value, pointer, to) => {
    shape(value, pointer, to);
    if (isObject(value) && !Object.hasOwn(value, '@id') && !Object.hasOwn(value, 'identifiers'))
      to.error(pointer, 'needs an @id or identifiers');
  };
}

const statuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;
const statement = closed(
  {
    '@id': iri,
    version: count,
    vulnerability: closed({ '@id': iri, name: anyText, description: anyText, aliases: set(anyText) }, 'name'),
    timestamp: instant,
    last_updated: instant,
    products: set(component({ subcomponents: set(component({})) })),
    status: wordOf(statuses.join(' ')),
    supplier: anyText,
    status_notes: anyText,
    justification: wordOf(justifications.join(' ')),
    impact_statement: anyText,
    action_statement: anyText,
    action_statement_timestamp: instant,
  },
  'vulnerability status',
);

/** A document of OpenVEX 0.2.0 (openvex/spec). */
export const openVexShape: Shape = closed(
  {
    '@context': anyText,
    '@id': iri,
    author: anyText,
    role: anyText,
    timestamp: instant,
    last_updated: instant,
    version: count,
    tooling: anyText,
    statements: set(statement, 1),
  },
  '@context @id author timestamp version statements',
);
