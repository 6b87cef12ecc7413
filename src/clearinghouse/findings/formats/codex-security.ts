import { type Refusal, refuse } from '../../../base/refusal.ts';
import { type Context, type Reading, reading, type Told } from './drafting.ts';
import { isObject, listOf, type Members, memberOf, objectsOf, textOf, textsOf, within } from './members.ts';

export function isCodexSecurity(value: unknown): boolean {
  return isObject(value) && value.documentType === 'codex-security.findings';
}

/** codex-security findings 1.0 (openai/codex-security `findings.schema.json`), one draft a finding; the package is the sender's to name. */
export function readCodexSecurity(value: unknown, context: Context): Reading | Refusal {
  const document = value as Members;
  if (document.schemaVersion !== '1.0') return refuse('unsupported', 'codex-security findings 1.0 are read', '/schemaVersion');
  if (!Array.isArray(document.findings)) return refuse('malformed', 'must be an array', '/findings');
  if (context.purl === null && document.findings.length > 0)
    return refuse('malformed', 'this format names no package: say which was scanned', '/purl');
  const stray = document.findings.findIndex((f) => !isObject(f) || textOf(f.title) === '' || textOf(f.summary) === '');
  if (stray >= 0) return refuse('malformed', 'a finding has a title and a summary', `/findings/${stray}`);
  const findings = objectsOf(document.findings);
  return reading(
    findings.map((finding) => toldBy(finding, document, context)),
    (i) => `/findings/${i}`,
  );
}

function toldBy(finding: Members, document: Members, { purl }: Context): Told {
  const [place] = objectsOf(finding.locations);
  const { severity, confidence, provenance, attackPath, validation } = finding;
  return {
    format: 'codex-security',
    title: textOf(finding.title),
    text: [
      textOf(finding.summary),
      section('Root cause', finding.rootCause ?? finding.root_cause),
      section('Attack path', attackPath),
      ...listOf(memberOf(attackPath, 'steps')).map((step) => `- ${textOf(step)}`),
      section('Validation', validation),
      section('Severity', textOf(within(severity).rationale)),
      section('Remediation', finding.remediation),
      ...textsOf(finding.remediationTests ?? []).map((test) => `Test: ${test}`),
    ],
    purl: purl ?? undefined,
    cwes: listOf(within(finding.taxonomy).cwe),
    vectors: [within(severity).vector],
    file: place?.path,
    line: place?.startLine,
    method: 'ai-assisted',
    tooling: 'codex-security',
    original: {
      scanId: document.scanId,
      findingId: finding.findingId,
      occurrenceId: finding.occurrenceId,
      ruleId: finding.ruleId,
      fingerprint: within(finding.fingerprints).primary,
      level: within(severity).level,
      score: within(severity).score,
      confidence: within(confidence).level,
      source: within(provenance).source,
      disposition: within(validation).disposition ?? within(validation).status,
      locations: finding.locations,
      codeEvidence: finding.codeEvidence ?? finding.code_evidence,
    },
  };
}

/** A part that is a text or an object with a summary. */
function section(name: string, part: unknown): string {
  const text = textOf(part) || textOf(memberOf(part, 'summary'));
  return text === '' ? '' : `${name}: ${text}`;
}
