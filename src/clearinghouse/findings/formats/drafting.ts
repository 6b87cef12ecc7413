import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { buildPurl, canonicalPurl } from '../../inventories/purl.ts';
import type { GivenFile } from '../attachment.ts';
import { blankDraft, type Draft } from '../finding.ts';
import { isCommit, isHttpUrl, isUpstreamId } from '../identifiers.ts';
import { ecosystemNamed, purlOfSoftware } from './ecosystems.ts';
import { clean, fitted, line, type Members, textOf } from './members.ts';

/** What a reader makes of a document. */
export interface Reading {
  readonly drafts: readonly Draft[];
  /** Entries that tell of no open flaw: withdrawn, suppressed, fixed, passed. */
  readonly skipped: number;
  /** One line each: what was understood in one of several ways, or left out. */
  readonly notes: readonly string[];
}

/** What the sender says beside the document. */
export interface Context {
  /** Canonical; the package meant where the document names none. */
  readonly purl: string | null;
}

/** A finding as a document tells it, unbounded and unchecked; what is not fit for a draft is left out of it. */
export interface Told {
  readonly format: Draft['format'];
  readonly title: string;
  readonly text: readonly string[];
  readonly purl: string | undefined;
  readonly versions?: readonly unknown[];
  readonly cwes?: readonly unknown[];
  /** CVSS vectors, the one to be believed first first. */
  readonly vectors?: readonly unknown[];
  readonly file?: unknown;
  readonly function?: unknown;
  readonly line?: unknown;
  readonly method?: string;
  readonly tooling?: string;
  readonly model?: string;
  readonly repository?: unknown;
  readonly references?: readonly unknown[];
  readonly ids?: readonly unknown[];
  readonly introduced?: unknown;
  readonly fixed?: unknown;
  readonly attachments?: readonly GivenFile[];
  readonly original?: Members;
}

/** The draft of it; refused when it names no package, or holds more than one finding may. */
export function draftFrom(told: Told, at: string): Draft | Refusal {
  if (told.purl === undefined) return refuse('malformed', 'names no package: say which with purl', at);
  if (Buffer.byteLength(told.purl) > limits.purlBytes) return refuse('too_large', `a purl holds at most ${limits.purlBytes} bytes`, at);
  const files = told.attachments ?? [];
  if (files.length > limits.attachmentsPerFinding)
    return refuse('too_many', `a finding has at most ${limits.attachmentsPerFinding} files`, at);
  if (files.some((f) => f.bytes.length > limits.attachmentBytes))
    return refuse('too_large', `a file holds at most ${limits.attachmentBytes} bytes`, at);
  const text = clean(told.text.filter((part) => part.trim() !== '').join('\n\n')).trim();
  if (text.length > limits.textChars) return refuse('too_large', `a finding's text holds at most ${limits.textChars} characters`, at);
  const title = line(told.title, limits.titleChars) || line(text, limits.titleChars) || 'untitled';
  const versions = (told.versions ?? []).map(textOf).filter((v) => isShort(v, limits.versionBytes));
  return blankDraft({
    format: told.format,
    title,
    text: text || title,
    purl: told.purl,
    // The newest come last by convention, and are those that matter.
    ...(versions.length > 0 ? { versions: [...new Set(versions)].slice(-limits.versionsPerFinding) } : {}),
    cwe: first(told.cwes, cweOf),
    cvss: first(told.vectors, cvssOf),
    symbol: symbolOf(told),
    attachments: files,
    discoveryMethod: line(told.method ?? '', 32) || null,
    discoveryTooling: line(told.tooling ?? '', 128) || null,
    discoveryModel: line(told.model ?? '', 128) || null,
    repository: first([told.repository], urlOf),
    references: unique(told.references, urlOf).slice(0, limits.referencesPerFinding),
    upstreamIds: unique(told.ids, upstreamIdOf).slice(0, limits.upstreamIdsPerFinding),
    introducedCommit: first([told.introduced], commitOf),
    fixedCommit: first([told.fixed], commitOf),
    original: (fitted(told.original ?? null, limits.originalChars) as Members | null) ?? null,
  });
}

/** All drafts, or the first refusal. */
function draftsFrom(told: readonly Told[], at: (index: number) => string): Draft[] | Refusal {
  if (told.length > limits.findingsPerImport)
    return refuse('too_many', `a document tells of at most ${limits.findingsPerImport} findings; send it in parts`, '');
  const drafts: Draft[] = [];
  for (const [i, one] of told.entries()) {
    const draft = draftFrom(one, at(i));
    if (isRefusal(draft)) return draft;
    drafts.push(draft);
  }
  return drafts;
}

export function reading(
  told: readonly Told[],
  at: (index: number) => string,
  skipped = 0,
  notes: readonly string[] = [],
): Reading | Refusal {
  const drafts = draftsFrom(told, at);
  return isRefusal(drafts) ? drafts : { drafts, skipped, notes };
}

interface Named {
  readonly purl?: unknown;
  readonly ecosystem?: unknown;
  readonly name?: unknown;
  readonly version?: unknown;
}

/** Canonical purl of a package that is named one way or the other; undefined when it is not. */
export function purlOf({ purl, ecosystem, name, version }: Named): string | undefined {
  const given = textOf(purl) === '' ? undefined : canonicalPurl(textOf(purl));
  if (given !== undefined && !isRefusal(given) && isShort(given, limits.purlBytes)) return given;
  const said = line(textOf(name), 256);
  if (said === '') return undefined;
  const bare = purlOfSoftware(ecosystemNamed(textOf(ecosystem)) ?? null, said);
  const release = textOf(version);
  if (bare === undefined || !isShort(release, limits.versionBytes)) return bare;
  const full = canonicalPurl(`${bare}@${encodeURIComponent(release)}`);
  return isRefusal(full) ? bare : full;
}

/** For software that no ecosystem of packages knows: `pkg:generic/vendor/product`. */
export function genericPurl(vendor: string, product: string): string | undefined {
  const named = (text: string) => line(text, 128).replaceAll(/\s+/g, '-').toLowerCase();
  const built = buildPurl({ type: 'generic', namespace: named(vendor).replaceAll('/', '-'), name: named(product) });
  return isRefusal(built) ? undefined : built;
}

/** A source repository as a package: its own type where the purl specification has one. */
export function repositoryPurl(url: string): string | undefined {
  if (!isHttpUrl(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const path = pathname.replace(/^\/+/, '').replace(/(\.git)?\/*$/, '');
  const type = { 'github.com': 'github', 'bitbucket.org': 'bitbucket' }[hostname];
  const built = canonicalPurl(
    type && /^[^/]+\/[^/]+$/.test(path) ? `pkg:${type}/${path}` : `pkg:generic/${hostname}/${path || 'repository'}`,
  );
  return isRefusal(built) ? undefined : built;
}

function isShort(text: string, maxBytes: number): boolean {
  return text !== '' && text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes && text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** `CWE-79`, also as `cwe-79`, `79`, `CWE-79: …`; 0 is no weakness. */
function cweOf(value: unknown): string | undefined {
  const number = /^\s*(?:CWE[-_: ]?)?0*([1-9]\d{0,5})(?!\d)/i.exec(textOf(value).slice(0, 64))?.[1];
  return number && `CWE-${number}`;
}

function cvssOf(value: unknown): string | undefined {
  const text = textOf(value).trim().replace(/\/$/, '');
  return text.length <= 410 && /^CVSS:(?:3\.[01]|4\.0)\/[A-Za-z:/]{1,400}$/.test(text) ? text : undefined;
}

function symbolOf({ file, function: name, line: at }: Told): Draft['symbol'] {
  const [path, symbol] = [line(textOf(file), limits.symbolFileBytes), line(textOf(name), limits.symbolFunctionBytes)];
  const number = typeof at === 'string' && /^\d{1,9}$/.test(at) ? Number(at) : at;
  if (!path && !symbol) return null;
  const isLine = typeof number === 'number' && Number.isSafeInteger(number) && number > 0;
  return { file: path || null, function: symbol || null, line: isLine ? number : null };
}

function urlOf(value: unknown): string | undefined {
  const text = textOf(value).trim();
  return isShort(text, limits.referenceBytes) && isHttpUrl(text) ? text : undefined;
}

function upstreamIdOf(value: unknown): string | undefined {
  const text = textOf(value).trim();
  const id = /^cve-/i.test(text) ? text.toUpperCase() : text;
  return isShort(id, limits.upstreamIdBytes) && isUpstreamId(id) ? id : undefined;
}

function commitOf(value: unknown): string | undefined {
  const text = textOf(value);
  return isCommit(text) ? text : undefined;
}

function first<T>(values: readonly unknown[] | undefined, take: (value: unknown) => T | undefined): T | null {
  for (const value of values ?? []) {
    const taken = take(value);
    if (taken !== undefined && taken !== '') return taken;
  }
  return null;
}

function unique(values: readonly unknown[] | undefined, take: (value: unknown) => string | undefined): string[] {
  return [...new Set((values ?? []).slice(0, 1024).flatMap((value) => take(value) ?? []))];
}
