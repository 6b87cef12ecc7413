import { isRefusal } from '../../../base/refusal.ts';
import { isObject, type Obj } from '../../advisories/csaf/json.ts';
import { ecosystemOf } from '../../advisories/formats/ecosystem.ts';
import { baseOf, isEcosystem, suffixOf } from '../../advisories/formats/osv/names.ts';
import { packageOf, versionOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { affectsVersion, isOfEcosystem } from './match.ts';
import { isAffectedCommit, keyFor, normalName, type OsvAffected } from './record.ts';

/** One question to the records. */
export interface OsvQuery {
  /** Under any of these the records lie that may be meant. */
  readonly keys: readonly string[];
  /** Whether an entry of such a record is meant. */
  readonly isMeant: (entry: OsvAffected) => boolean;
  /** Records up to this id were on earlier pages. */
  readonly after: string;
}

/** `POST /v1/query` of api.osv.dev; a text says what is wrong with it. */
export function readQuery(given: unknown): OsvQuery | string {
  if (!isObject(given)) return 'Invalid query.';
  const token = textIn(given, 'page_token') || textIn(given, 'pageToken');
  const after = token === '' ? '' : openToken(token);
  if (after === undefined) return 'Invalid page token.';
  const commit = textIn(given, 'commit');
  const version = textIn(given, 'version');
  if (commit !== '' && version !== '') return 'commit and version specified in one query';
  if (commit !== '') return byCommit(commit, after);
  const named = isObject(given.package) ? given.package : {};
  const [name, ecosystem, purl] = [textIn(named, 'name'), textIn(named, 'ecosystem'), textIn(named, 'purl')];
  if (purl !== '') {
    if (name !== '') return 'name specified in a PURL query';
    if (ecosystem !== '') return 'ecosystem specified in a PURL query';
    return byPurl(purl, version, after);
  }
  if (name === '') return 'Invalid query.';
  if (ecosystem !== '' && !isEcosystem(ecosystem)) return 'Invalid ecosystem.';
  // A name alone may be that of many packages: with a version there is something to tell them by.
  if (ecosystem === '' && version === '') return 'Invalid query.';
  const [base, suffix] = [baseOf(ecosystem), suffixOf(ecosystem)];
  const meant = normalName(base, name);
  const isNamed = (entry: OsvAffected) =>
    isOfEcosystem(entry, base, suffix) && (base === 'GIT' ? entry.repositories.includes(meant) : entry.name === meant);
  return { keys: [base === '' ? keyFor.name(name) : keyFor.package(base, meant)], isMeant: withVersion(isNamed, version), after };
}

function textIn(object: Obj, member: string): string {
  const value = Object.hasOwn(object, member) ? object[member] : undefined;
  return typeof value === 'string' ? value : '';
}

function byCommit(commit: string, after: string): OsvQuery | string {
  if (!/^(?:[0-9a-f]{2}){1,64}$/i.test(commit)) return 'Invalid hash.';
  const hash = commit.toLowerCase();
  const isMeant = ({ ranges }: OsvAffected) =>
    ranges.some(({ type, events }) => type === 'GIT' && events.some((event) => isAffectedCommit(event) && event[1].toLowerCase() === hash));
  return { keys: [keyFor.commit(hash)], isMeant, after };
}

function byPurl(text: string, version: string, after: string): OsvQuery | string {
  const purl = canonicalPurl(text);
  if (isRefusal(purl)) return `Invalid PURL: ${purl.because}`;
  const own = versionOf(purl);
  if (own !== undefined && version !== '') return 'version specified in params and PURL query';
  const named = packageOf(purl);
  const { name: ecosystem, package: name } = ecosystemOf(named);
  const [base, meant] = [ecosystem ?? '', normalName(ecosystem ?? '', name)];
  const isNamed = (entry: OsvAffected) => entry.purl === named || (base !== '' && entry.base === base && entry.name === meant);
  const keys = [keyFor.purl(named), ...(base === '' ? [] : [keyFor.package(base, meant)])];
  return { keys, isMeant: withVersion(isNamed, own ?? version), after };
}

function withVersion(isNamed: (entry: OsvAffected) => boolean, version: string): OsvQuery['isMeant'] {
  return version === '' ? isNamed : (entry) => isNamed(entry) && affectsVersion(entry, version);
}

/** Says after which record to go on; it opens nothing that anybody could not ask for. */
export function pageToken(lastId: string): string {
  return Buffer.from(`1${lastId}`).toString('base64url');
}

function openToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  return /^1[\x21-\x7e]*$/.test(text) && pageToken(text.slice(1)) === token.replace(/=+$/, '') ? text.slice(1) : undefined;
}
