import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { blankDraft, type Draft } from '../finding.ts';
import { isCommit, isHttpUrl, isUpstreamId } from '../identifiers.ts';
import { line } from './members.ts';
import { readSarifLog, type SarifResult } from './sarif/log.ts';

/**
 * SARIF 2.1.0 (OASIS), one draft a result. `purl` is what the log is about; a result that names a package of its own is about that.
 * `skipped` counts results that tell of no flaw: kind pass or notApplicable, suppressed, absent. The log is hostile.
 */
export function readSarif(log: Record<string, unknown>, purl: string): { drafts: Draft[]; skipped: number } | Refusal {
  const read = readSarifLog(log);
  if (isRefusal(read)) return read;
  const [unreadable] = read.unreadable;
  if (unreadable !== undefined) return refuse('malformed', 'must be an object, or an array of objects', unreadable);
  const drafts: Draft[] = [];
  for (const result of read.results) {
    if (result.skipped) continue;
    const draft = draftOf(result, purl);
    if ('refused' in draft) return draft;
    drafts.push(draft);
  }
  return { drafts, skipped: read.results.length - drafts.length };
}

function draftOf(result: SarifResult, purl: string): Draft | Refusal {
  const { at, ruleId, message, places, tool } = result;
  if (message === '') return refuse('malformed', 'a result has a message (SARIF 2.1.0 §3.27.11)', `${at}/message`);
  if (message.length > limits.textChars)
    return refuse('too_large', `a message holds at most ${limits.textChars} characters`, `${at}/message`);
  const [place] = places;
  const isPlaced = place?.file != null || result.function !== null;
  return blankDraft({
    format: 'sarif',
    title: line(ruleId ? `${ruleId}: ${message}` : message, limits.titleChars),
    text: message,
    purl: packageOf(result) ?? purl,
    cwe: result.cwes[0] ?? null,
    symbol: isPlaced ? { file: place?.file ?? null, function: result.function, line: place?.line ?? null } : null,
    discoveryMethod: tool.byAi ? 'ai-assisted' : 'automated-scan',
    discoveryTooling: tool.name,
    discoveryModel: tool.model,
    repository: linked(tool.repository)[0] ?? null,
    references: linked(result.helpUri),
    upstreamIds: ruleId !== null && isUpstreamId(ruleId) ? [ruleId] : [],
    original: originalOf(result),
  });
}

function packageOf({ purl }: SarifResult): string | undefined {
  const canonical = purl === null || purl.length > limits.purlBytes ? undefined : canonicalPurl(purl);
  return canonical === undefined || isRefusal(canonical) || Buffer.byteLength(canonical) > limits.purlBytes ? undefined : canonical;
}

function linked(uri: string | null): string[] {
  return uri !== null && uri === line(uri, limits.referenceBytes) && isHttpUrl(uri) ? [uri] : [];
}

/** What else the result says; the tool's severity is a claim, and stays one. */
function originalOf(result: SarifResult): Readonly<Record<string, unknown>> {
  const { ruleId, level, kind, places, related, flow, cwes, fingerprint, fixes, severity, tool } = result;
  const where = places.map(({ file, line: at }) => ({ uri: file, line: at }));
  const revision = tool.revision !== null && isCommit(tool.revision) ? tool.revision : null;
  return { ruleId, level, kind, locations: where, related: related.length, flow, cwes, fingerprint, fixes, severity, revision };
}
