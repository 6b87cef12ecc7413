import { canonical } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { formatPurl, type Purl, parsePurl } from '../../inventories/purl.ts';
import { purlTypes } from '../../inventories/purl-types.ts';
import { isCommit, isEmail, isHttpUrl, isUpstreamId } from '../identifiers.ts';
import { agrees, ecosystemNamed, purlOfSoftware } from './ecosystems.ts';
import type { TapReport } from './tap-shape.ts';

/** TAP v1 "Errors": a shipped code is never renamed or repurposed. */
type TapCode =
  | 'missing_field'
  | 'field_too_large'
  | 'too_many_items'
  | 'invalid_utf8'
  | 'control_characters'
  | 'degenerate_value'
  | 'unknown_ecosystem'
  | 'invalid_purl'
  | 'purl_ecosystem_mismatch'
  | 'invalid_reference'
  | 'invalid_commit'
  | 'invalid_upstream_id'
  | 'invalid_symbol_line'
  | 'invalid_notify'
  | 'invalid_email'
  | 'invalid_repo_url'
  | 'invalid_content_type'
  | 'field_not_allowed'
  | 'structure_too_deep'
  | 'invalid_filename'
  | 'invalid_attachment_type'
  | 'invalid_base64';

export interface Violation {
  readonly code: TapCode;
  readonly field: string;
  readonly also_field?: string;
  readonly reason: string;
}

/** Collects every violation, not only the first. */
export interface Complaints {
  readonly all: Violation[];
  /** Returns undefined, so that a check may end with it. */
  add(code: TapCode, field: string, reason: string, alsoField?: string): undefined;
}

export function complaints(): Complaints {
  const all: Violation[] = [];
  return {
    all,
    add(code, field, reason, alsoField) {
      all.push({ code, field, ...(alsoField === undefined ? {} : { also_field: alsoField }), reason });
      return undefined;
    },
  };
}

/** What holds for every metadata string. True when it may be looked at further. */
function checkText(no: Complaints, field: string, value: string, maxBytes: number): boolean {
  if (!value.isWellFormed()) no.add('invalid_utf8', field, 'must be valid UTF-8');
  else if (/\p{Cc}/u.test(value)) no.add('control_characters', field, 'must not hold control characters, newlines and tabs included');
  else if (Buffer.byteLength(value) > maxBytes) no.add('field_too_large', field, `must be at most ${maxBytes} bytes`);
  else return true;
  return false;
}

/** Free text besides: where there is a form of its own, breaking that says more than being blank. */
export function checkWords(no: Complaints, field: string, value: string, maxBytes: number): boolean {
  if (!checkText(no, field, value, maxBytes)) return false;
  if (value === '' || value.trim() !== '') return true;
  no.add('degenerate_value', field, 'must hold more than spaces');
  return false;
}

/** The package and its versions, as far as they can be told. */
export interface Target {
  readonly purl: string | undefined;
  readonly versions: readonly string[];
}

export function checkTarget(no: Complaints, report: TapReport): Target {
  const { purl = '', software = '', ecosystem = '' } = report.text;
  const known = ecosystem && checkText(no, 'ecosystem', ecosystem, 128) ? ecosystemNamed(ecosystem) : undefined;
  if (ecosystem && known === undefined && !no.all.some((v) => v.field === 'ecosystem'))
    no.add('unknown_ecosystem', 'ecosystem', 'is not an ecosystem known here');
  const softwareHolds = software !== '' && checkWords(no, 'software', software, 256);
  const named = softwareHolds && /[\p{L}\p{N}]/u.test(software);
  if (softwareHolds && !named) no.add('degenerate_value', 'software', 'must hold a letter or a digit');
  if (purl === '') {
    if (software === '') no.add('missing_field', 'software', 'is required when purl is absent');
    if (ecosystem === '') no.add('missing_field', 'ecosystem', 'is required when purl is absent');
    const versions = checkVersions(no, report, undefined);
    return { purl: named && known !== undefined ? purlOfSoftware(known, software) : undefined, versions };
  }
  const parsed = checkText(no, 'purl', purl, limits.purlBytes) ? readTapPurl(no, purl) : undefined;
  if (parsed && known !== undefined && !agrees(known, parsed.type, parsed.namespace))
    no.add('purl_ecosystem_mismatch', 'purl', `names another ecosystem than "${ecosystem}"`, 'ecosystem');
  const versions = checkVersions(no, report, parsed?.version ?? undefined);
  return { purl: parsed && formatPurl(parsed), versions };
}

function readTapPurl(no: Complaints, text: string): Purl | undefined {
  const parsed = parsePurl(text);
  if (isRefusal(parsed)) no.add('invalid_purl', 'purl', parsed.because);
  else if (!Object.hasOwn(purlTypes, parsed.type)) no.add('invalid_purl', 'purl', `"${parsed.type}" is not a package-url type`);
  // Percent-encoding must not carry in what may not stand there openly.
  else if (/\p{Cc}/u.test([parsed.namespace, parsed.name, parsed.version, parsed.subpath].join('')))
    no.add('control_characters', 'purl', 'must not hold control characters');
  else return parsed;
  return undefined;
}

function checkVersions(no: Complaints, report: TapReport, ofPurl: string | undefined): string[] {
  const given = checkList(no, 'versions', report, limits.versionsPerFinding, limits.versionBytes);
  if (ofPurl === undefined || given.includes(ofPurl)) return [...new Set(given)];
  if (given.length >= limits.versionsPerFinding)
    no.add('too_many_items', 'versions', `must be at most ${limits.versionsPerFinding} with the purl's own version`, 'purl');
  if (Buffer.byteLength(ofPurl) > limits.versionBytes)
    no.add('field_too_large', 'purl', `its version must be at most ${limits.versionBytes} bytes`, 'versions');
  return [...new Set(given), ofPurl];
}

function checkList(
  no: Complaints,
  field: string,
  report: TapReport,
  max: number,
  maxBytes: number,
  check?: (entry: string, at: string) => void,
): string[] {
  const given = report.lists[field] ?? [];
  if (given.length > max) no.add('too_many_items', field, `must hold at most ${max} entries`);
  else
    for (const [i, entry] of given.entries()) {
      const at = `${field}[${i}]`;
      if (check) {
        if (checkText(no, at, entry, maxBytes)) check(entry, at);
      } else if (entry === '') no.add('degenerate_value', at, 'must not be empty');
      else checkWords(no, at, entry, maxBytes);
    }
  return [...given];
}

export function checkIdentity(no: Complaints, report: TapReport): void {
  const { symbol } = report;
  if (symbol) {
    checkWords(no, 'affected_symbol.file', symbol.file, limits.symbolFileBytes);
    checkWords(no, 'affected_symbol.function', symbol.function, limits.symbolFunctionBytes);
    if (symbol.line !== undefined && !(symbol.line >= 0 && Number.isSafeInteger(symbol.line)))
      no.add('invalid_symbol_line', 'affected_symbol.line', 'must be an integer of 0 or more');
  }
  checkList(no, 'references', report, limits.referencesPerFinding, limits.referenceBytes, (entry, at) => {
    if (!isHttpUrl(entry)) no.add('invalid_reference', at, 'must be an absolute http or https URL');
  });
  checkList(no, 'upstream_ids', report, limits.upstreamIdsPerFinding, limits.upstreamIdBytes, (entry, at) => {
    if (!isUpstreamId(entry))
      no.add('invalid_upstream_id', at, 'must be CVE-YYYY-NNNN+, GHSA-xxxx-xxxx-xxxx, or OSV-, GO-, RUSTSEC- or PYSEC- and a token');
  });
  for (const field of ['introduced_commit', 'fixed_commit']) {
    const commit = report.text[field] ?? '';
    if (commit !== '' && checkText(no, field, commit, limits.tapBodyBytes) && !isCommit(commit))
      no.add('invalid_commit', field, 'must be 7 to 64 hexadecimal digits');
  }
}

const notices = ['off', 'final', 'milestones', 'all'];

export function checkProvenance(no: Complaints, report: TapReport): void {
  const { code_path = '', package_repo_url = '', discovery_method = '', discovery_tooling = '', email = '', notify = '' } = report.text;
  checkWords(no, 'code_path', code_path, 1024);
  if (package_repo_url !== '' && checkText(no, 'package_repo_url', package_repo_url, 512) && !isHttpUrl(package_repo_url))
    no.add('invalid_repo_url', 'package_repo_url', 'must be the http or https URL of a git repository');
  checkWords(no, 'discovery_method', discovery_method, 32);
  checkWords(no, 'discovery_tooling', discovery_tooling, 128);
  if (email !== '' && checkText(no, 'email', email, 256) && !isEmail(email)) no.add('invalid_email', 'email', 'must be an e-mail address');
  if (notify === '') return;
  if (!notices.includes(notify)) no.add('invalid_notify', 'notify', `must be one of ${notices.join(', ')}`);
  else if (notify !== 'off' && email === '') no.add('missing_field', 'email', 'is required to be notified');
}

/** Iterative: what is checked here is how deep it nests. */
export function checkEnrichment(no: Complaints, report: TapReport): undefined {
  if (!report.enrichment) return undefined;
  let level: unknown[] = [report.enrichment];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.tapEnrichmentDepth)
      return no.add('structure_too_deep', 'enrichment', `must nest at most ${limits.tapEnrichmentDepth} levels deep`);
    const texts = level.flatMap((v) => (Array.isArray(v) ? v : Object.entries(v as object).flat())).filter((v) => typeof v === 'string');
    if (texts.some((text) => !text.isWellFormed())) return no.add('invalid_utf8', 'enrichment', 'must be valid UTF-8');
    if (texts.some((text) => /\p{Cc}/u.test(text)))
      return no.add('control_characters', 'enrichment', 'must not hold control characters in keys or strings');
    level = level.flatMap((v) => Object.values(v as object)).filter((v) => typeof v === 'object' && v !== null);
  }
  if (Buffer.byteLength(canonical(report.enrichment)) > limits.tapEnrichmentBytes)
    no.add('field_too_large', 'enrichment', `must be at most ${limits.tapEnrichmentBytes} bytes`);
}
