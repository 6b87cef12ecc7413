import { parseInstant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { microsOf, microText } from './feed.ts';

/** What of a collection is asked for (TAXII 2.1 §3.4). */
export interface TaxiiFilter {
  /** Microseconds of the epoch; only what was added later. */
  readonly afterUs: number;
  readonly limit: number;
  readonly ids: readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
  readonly versions: TaxiiVersions;
  /** False when only versions of STIX are asked for that are not here. */
  readonly hasSpec: boolean;
}

interface TaxiiVersions {
  readonly first: boolean;
  readonly last: boolean;
  readonly all: boolean;
  readonly exact: readonly string[];
}

export interface TaxiiObject {
  readonly addedUs: number;
  /** The release or the feed's item that it came with. */
  readonly broughtBy: string;
  readonly objectId: string;
  readonly version: string;
  /** The object itself, JSON. */
  readonly object: string;
}

type Field = 'id' | 'type' | 'version' | 'spec_version';

/** Reads a query; `fields` are those that may be matched at this place, all others are let be (§3.4: servers may ignore them). */
export function readFilter(query: Readonly<Record<string, unknown>>, fields: readonly Field[]): TaxiiFilter | Refusal {
  const single = (name: string): string | undefined | Refusal => {
    const value = query[name];
    if (value === undefined || typeof value === 'string') return value;
    return refuse('malformed', `${name} is given more than once`, name);
  };
  const [added, limit, next] = [single('added_after'), single('limit'), single('next')];
  for (const given of [added, limit, next]) if (isRefusal(given)) return given;
  const matched: Partial<Record<Field, readonly string[]>> = {};
  for (const field of fields) {
    const given = single(`match[${field}]`);
    if (isRefusal(given)) return given;
    if (given === undefined) continue;
    const values = given.split(',');
    if (given.length > limits.taxiiMatchChars || values.includes(''))
      return refuse('malformed', 'must be values with a comma between', `match[${field}]`);
    matched[field] = values;
  }
  const afterUs = added === undefined ? 0 : microsIn(added as string);
  if (afterUs === undefined) return refuse('malformed', 'must be a timestamp in UTC', 'added_after');
  if (limit !== undefined && !/^0*[1-9]\d{0,14}$/.test(limit as string)) return refuse('malformed', 'must be a positive integer', 'limit');
  if (next !== undefined && !/^\d{1,16}$/.test(next as string)) return refuse('malformed', 'is not one that this server gave', 'next');
  const versions = readVersions(matched.version ?? ['last']);
  if (isRefusal(versions)) return versions;
  return {
    afterUs: Math.max(afterUs, Number(next ?? 0)),
    limit: Math.min(Number(limit ?? limits.pageRows), limits.pageRows),
    ids: matched.id,
    types: matched.type,
    versions,
    hasSpec: matched.spec_version === undefined || matched.spec_version.includes('2.1'),
  };
}

/** §3.4.1: none twice, and `all` alone. */
function readVersions(values: readonly string[]): TaxiiVersions | Refusal {
  if (new Set(values).size < values.length) return refuse('malformed', 'the same version is asked for twice', 'match[version]');
  if (values.includes('all') && values.length > 1) return refuse('malformed', 'all stands alone', 'match[version]');
  const exact = values.filter((v) => !['first', 'last', 'all'].includes(v)).map((v) => (/Z$/.test(v) ? exactly(v) : undefined));
  if (exact.includes(undefined)) return refuse('malformed', 'must be first, last, all or timestamps in UTC', 'match[version]');
  return { first: values.includes('first'), last: values.includes('last'), all: values.includes('all'), exact: exact as string[] };
}

/** As the object has it, to the millisecond; what is finer is no version of ours. */
function exactly(text: string): string | undefined {
  const at = parseInstant(text);
  if (at === undefined) return undefined;
  return /\.\d{3}0*[1-9]/.test(text) ? text : at;
}

/** Of a timestamp in UTC, to whatever fraction; undefined when it is none. */
function microsIn(text: string): number | undefined {
  const at = text.endsWith('Z') ? parseInstant(text) : undefined;
  if (at === undefined) return undefined;
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return microsOf(at) + Number(fraction.padEnd(6, '0').slice(3, 6));
}

export interface TaxiiPage {
  readonly objects: readonly TaxiiObject[];
  readonly more: boolean;
}

/** §3.7; an empty list is left out. `more` comes with where to go on. */
export function envelopeOf({ objects, more }: TaxiiPage): object {
  return { ...onward(objects, more), ...(objects.length > 0 ? { objects: objects.map((o) => JSON.parse(o.object)) } : {}) };
}

/** §5.3.1. */
export function manifestOf({ objects, more }: TaxiiPage): object {
  const records = objects.map((o) => ({ id: o.objectId, date_added: microText(o.addedUs), version: o.version, media_type: stixMedia }));
  return { ...onward(objects, more), ...(records.length > 0 ? { objects: records } : {}) };
}

/** §5.8.1. */
export function versionsOf({ objects, more }: TaxiiPage): object {
  return { ...onward(objects, more), ...(objects.length > 0 ? { versions: objects.map((o) => o.version) } : {}) };
}

function onward(objects: readonly TaxiiObject[], more: boolean): object {
  const last = objects.at(-1);
  return more && last ? { more: true, next: String(last.addedUs) } : {};
}

export const taxiiMedia = 'application/taxii+json;version=2.1';
export const stixMedia = 'application/stix+json;version=2.1';

/** §1.6.8, §3.1: an Accept header has at least one TAXII media range, of this version or of none. */
export function takesTaxii(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const value = (name: string) => parameters.find((p) => p.startsWith(`${name}=`))?.slice(name.length + 1);
    const version = value('version')?.replaceAll('"', '');
    return type === 'application/taxii+json' && (version === undefined || version === '2.1') && Number(value('q') ?? 1) > 0;
  });
}
