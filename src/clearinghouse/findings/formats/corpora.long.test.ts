import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { openDocument } from './document.ts';
import { readDocument } from './formats.ts';

// Every file handed over is read, or refused with a reason; none ends in an exception.
const root = process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../../../shared/data');
const scannedThing = { purl: 'pkg:generic/acme/thing' };
const unnamed = { purl: null };

function read(bytes: Uint8Array, context: { purl: string | null }, format?: string) {
  const document = openDocument(bytes);
  return isRefusal(document) ? document : readDocument(document, format, context);
}

function filesIn(folder: string, pattern: RegExp): string[] {
  if (referenceText(`${folder}/PROVENANCE.md`) === undefined) return [];
  return (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => pattern.test(name) && statSync(join(root, folder, name)).isFile())
    .sort();
}

/** How many of each outcome: `osv 1`, `osv 0 (1 skipped)`, or the refusal. */
function tally(outcomes: Iterable<ReturnType<typeof read>>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const o of outcomes) {
    const key = isRefusal(o) ? `${o.code}: ${o.because}` : `${o.format} ${o.drafts.length > 0 ? 'read' : 'skipped'}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort());
}

test('OSV: 12,184 records of four databases', () => {
  const texts = ['oss-fuzz', 'rustsec', 'pysec', 'go-vulndb'].map((name) => referenceText(`osv-records/${name}.jsonl`));
  if (texts.includes(undefined)) return;
  const lines = texts.flatMap((text) => text!.split('\n').filter((l) => l !== ''));
  expect(lines).toHaveLength(12_184);
  expect(tally(lines.map((line) => read(Buffer.from(line), unnamed)))).toEqual({ 'osv read': 12_120, 'osv skipped': 64 });
}, 120_000);

test('CSAF: 187 advisories, one draft a vulnerability', () => {
  const files = filesIn('csaf-advisories', /white\/.*\.json$/);
  if (files.length === 0) return;
  const outcomes = files.map((name) => read(readFileSync(join(root, 'csaf-advisories', name)), unnamed));
  expect(files).toHaveLength(187);
  expect(tally(outcomes)).toEqual({ 'csaf read': 187 });
  const drafts = outcomes.flatMap((o) => (isRefusal(o) ? [] : o.drafts));
  expect(drafts).toHaveLength(533);
  expect(drafts.filter((d) => d.cwe === null)).toEqual([]);
  expect(drafts.filter((d) => d.upstreamIds.length === 0)).toEqual([]);
});

/** Where our count is not DefectDojo's, and why. */
const differences: Record<string, { ours: number; because: string }> = {
  'aws_inspector2/aws_inspector2_many_vul.json': { ours: 7, because: 'one is CLOSED' },
  'generic/generic_report3.csv': { ours: 0, because: 'both are mitigated' },
  'generic/generic_report3.json': { ours: 2, because: 'two are mitigated' },
  'npm_audit/multiple_cwes.json': { ours: 44, because: 'advisories on one package are not told apart there by their ids' },
  'npm_audit/multiple_cwes2.json': { ours: 7, because: 'advisories on one package are not told apart there by their ids' },
  'nuclei/many_findings.json': { ours: 18, because: 'services on two ports of a host are two places' },
  'snyk/snykcontainer_issue_9270.json': { ours: 13, because: 'a flaw in a version of a package is one, however many paths lead there' },
  'yarn_audit/yarn_audit_multiple_cwes2.json': { ours: 3, because: 'two versions of a package are two' },
};
/** Reports that are not read as they are: told what to send instead. */
const refused = /^(dependency_check|nmap|ort)\/|^mobsf\/(issue_9132|mobsf_3_7_9|report1)\.json$|^nuclei\/(empty\.jsonl|no_findings\.json)$/;

test('scanner reports: as many drafts as DefectDojo counts, or a known reason', () => {
  const text = referenceText('scanner-reports/expected.json');
  if (text === undefined) return;
  const expected = JSON.parse(text) as { file: string; expected_findings: number }[];
  const told = expected.map(({ file, expected_findings }) => {
    const outcome = read(readFileSync(join(root, 'scanner-reports', file)), scannedThing);
    const wanted = refused.test(file) ? 'refused' : (differences[file]?.ours ?? expected_findings);
    return { file, wanted, found: isRefusal(outcome) ? 'refused' : outcome.drafts.length };
  });
  process.stdout.write(`scanner reports: ${told.filter((t) => t.found !== 'refused').length} of ${told.length} read\n`);
  expect(told.filter((t) => t.wanted !== t.found)).toEqual([]);
});

test('what a refused report should be sent as is said', () => {
  const files = filesIn('scanner-reports', /\.(xml|json)$/).filter((f) => refused.test(f) && !f.startsWith('nuclei/'));
  for (const file of files) {
    const outcome = read(readFileSync(join(root, 'scanner-reports', file)), scannedThing);
    expect(outcome).toMatchObject({ code: 'unsupported', because: expect.stringMatching(/^a report of .+ is not read as it is: .{10,}/) });
  }
  // A scanner that found nothing may have written nothing: it is taken when it is named.
  expect(read(new Uint8Array(), scannedThing, 'nuclei')).toMatchObject({ format: 'nuclei', drafts: [] });
});

test('SARIF of real tools, VEX, distributions’ OSV records and GitHub advisories', () => {
  const folders = [
    'sarif-suite/real-tools',
    'vex-samples',
    'osv-records/osv-schema',
    'osv-records/ghsa-samples',
    'osv-records/osv-dev-website-testdata',
  ];
  if (folders.some((f) => referenceText(`${f.split('/')[0]}/PROVENANCE.md`) === undefined)) return;
  for (const folder of folders) {
    const files = (readdirSync(join(root, folder), { recursive: true }) as string[]).filter((name) => /\.(json|sarif)$/.test(name));
    const outcomes = files.map((name) => read(readFileSync(join(root, folder, name)), scannedThing));
    process.stdout.write(`${folder}: ${JSON.stringify(tally(outcomes))}\n`);
    const crude = outcomes.filter((o) => isRefusal(o) && !['unsupported', 'malformed', 'too_large'].includes(o.code));
    expect(crude).toEqual([]);
    expect(outcomes.filter((o) => !isRefusal(o)).length).toBeGreaterThan(0);
  }
});
