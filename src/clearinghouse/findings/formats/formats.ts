import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { draftOf, submitInput } from '../wire.ts';
import { isCodexSecurity, readCodexSecurity } from './codex-security.ts';
import { isCrs, readCrs } from './crs.ts';
import { isCrsFiles, readCrsFiles } from './crs-files.ts';
import { isCsaf, readCsaf } from './csaf.ts';
import type { Document } from './document.ts';
import type { Context, Reading } from './drafting.ts';
import { type Format, ofJson } from './format.ts';
import { isGithubAdvisory, readGithubAdvisory } from './github-advisory.ts';
import { isObject, type Members } from './members.ts';
import { isOsv, readOsv } from './osv.ts';
import { readSarif } from './sarif.ts';
import { scanners } from './scanners/scanners.ts';
import { readTap } from './tap.ts';
import { looksLike, toolOf } from './tools.ts';
import { isCycloneDxVex, isOpenVex, readCycloneDxVex, readOpenVex } from './vex.ts';

const isSarif = (value: unknown) => isObject(value) && Array.isArray(value.runs) && typeof value.version === 'string';
const isPlain = (value: unknown) => isObject(value) && ['title', 'text', 'purl'].every((name) => typeof value[name] === 'string');
const tapOnly = [
  'email',
  'notify',
  'exploit',
  'raw',
  'affected_symbol',
  'discovery_method',
  'discovery_tooling',
  'package_repo_url',
  'enrichment',
];
const isTap = (value: unknown) =>
  isObject(value) && !isPlain(value) && ('purl' in value || 'software' in value) && tapOnly.some((name) => name in value);

/** Every format that `findings.import` reads, by the name under which it is asked for. */
export const importFormats: readonly Format[] = [
  ofJson('plain', isPlain, readPlain),
  ofJson('tap', isTap, readTapReport),
  ofJson('sarif', isSarif, readSarifLog),
  ofJson('osv', isOsv, readOsv),
  ofJson('csaf', isCsaf, readCsaf),
  ofJson('codex-security', isCodexSecurity, readCodexSecurity),
  {
    name: 'crs',
    is: (document) => (document.kind === 'json' && isCrs(document.value)) || (document.kind === 'zip' && isCrsFiles(document.files)),
    read: (document, context) => {
      if (document.kind === 'zip') return readCrsFiles(document.files, context);
      return document.kind === 'json' ? readCrs(document.value, context) : undefined;
    },
  },
  ofJson('github-advisory', isGithubAdvisory, readGithubAdvisory),
  ofJson('openvex', isOpenVex, readOpenVex),
  ofJson('cyclonedx', isCycloneDxVex, readCycloneDxVex),
  ...scanners,
];

/** The format of a document by its looks; refused `unsupported` where it is none, or one of several. */
function recognise(document: Document): Format | Refusal {
  if (document.kind === 'empty') return refuse('malformed', 'the document is empty');
  const found = importFormats.filter((format) => format.is(document));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    return refuse('unsupported', `this may be ${found.map((f) => f.name).join(' or ')}: say which with format`, '/format');
  const known = toolOf(document);
  if (known) return refuse('unsupported', `a report of ${known.tool} is not read as it is: ${known.instead}`);
  return refuse(
    'unsupported',
    `no format is recognised in this (${looksLike(document)}); read are ${importFormats.map((f) => f.name).join(', ')}`,
  );
}

/** Reads a document in the format named, or in the one it looks like. */
export function readDocument(
  document: Document,
  named: string | undefined,
  context: Context,
): (Reading & { readonly format: string }) | Refusal {
  const format = named === undefined ? recognise(document) : importFormats.find((f) => f.name === named);
  if (format === undefined) return refuse('unsupported', `read are ${importFormats.map((f) => f.name).join(', ')}`, '/format');
  if (isRefusal(format)) return format;
  // A scanner that finds nothing may write nothing.
  if (document.kind === 'empty') return { format: format.name, drafts: [], skipped: 0, notes: ['the document is empty'] };
  const read = named !== undefined && !format.is(document) ? undefined : format.read(document, context);
  if (read === undefined) return refuse('malformed', `this is no ${format.name} document: ${looksLike(document)}`);
  return isRefusal(read) ? read : { format: format.name, ...read };
}

function readSarifLog(log: unknown, { purl }: Context): Reading | Refusal {
  if (purl === null) return refuse('malformed', 'SARIF names no package: say which was scanned', '/purl');
  const read = readSarif(log as Members, purl);
  return isRefusal(read) ? read : { ...read, notes: [] };
}

function readPlain(value: unknown): Reading | Refusal {
  const parsed = submitInput.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse('malformed', issue?.message ?? 'not of the expected shape', `/${issue?.path.join('/') ?? ''}`);
  }
  const draft = draftOf(parsed.data);
  return isRefusal(draft) ? draft : { drafts: [draft], skipped: 0, notes: [] };
}

function readTapReport(value: unknown): Reading | Refusal {
  const read = readTap(value as Members);
  if (read.kind === 'malformed') return refuse('malformed', read.detail);
  if (read.kind === 'draft') return { drafts: [read.draft], skipped: 0, notes: read.warnings.map((w) => `${w.field}: ${w.reason}`) };
  const [{ code, field, reason }] = read.violations as [(typeof read.violations)[number]];
  return refuse('malformed', `${code}: ${reason}`, `/${field}`);
}
