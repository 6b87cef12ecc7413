import { sha256 } from '../../../base/canonical.ts';
import type { RecipeFiles } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import type { Envelope } from '../../../base/signature.ts';

/** All that is needed to see a flaw, to see it gone, and to tell others (Akrites SIRT, Maintainer of Last Resort guidelines §5.1). */
export interface Material {
  readonly caseId: string;
  readonly package: string;
  readonly goLiveAt: string;
  readonly hub: string;
  readonly recordKeyPem: string;
  readonly reports: readonly BundledReport[];
  readonly patches: readonly { readonly verdict: string | null; readonly because: string | null; readonly bytes: Uint8Array }[];
  /** By format; empty where nothing was drafted. */
  readonly advisory: Readonly<Record<string, string>>;
}

interface BundledReport {
  readonly title: string;
  readonly text: string;
  readonly purl: string;
  readonly verdict: string | null;
  readonly crashState: string | null;
  readonly attachments: readonly { readonly id: string; readonly filename: string; readonly bytes: Uint8Array }[];
  /** Of the newest re-run that was recorded: what with, and what came of it. */
  readonly replay: { readonly record: Envelope; readonly recipe: RecipeFiles; readonly recipeName: string; readonly pocId: string } | null;
}

interface BundleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Bundle {
  readonly files: readonly BundleFile[];
  /** What did not fit, by its name in the bundle. */
  readonly leftOut: readonly string[];
}

/** One folder of plain files, with what they are in its README and their digests in SHA256SUMS. */
export function bundleOf(material: Material): Bundle {
  const commands: string[] = [];
  const found: BundleFile[] = [{ name: 'record-key.pem', bytes: Buffer.from(material.recordKeyPem) }];
  for (const [i, report] of material.reports.entries()) found.push(...ofReport(report, i + 1, commands));
  for (const [i, patch] of material.patches.entries())
    found.push({ name: `patches/${i + 1}-${patch.verdict ?? 'unchecked'}.patch`, bytes: patch.bytes });
  for (const [format, text] of Object.entries(material.advisory)) {
    const extension = format === 'text' ? 'txt' : format === 'html' ? 'html' : 'json';
    found.push({ name: `advisory-draft/${format}.${extension}`, bytes: Buffer.from(text) });
  }
  const { kept, leftOut } = fitting(distinct(found));
  const readme = Buffer.from(readmeOf(material, kept, leftOut, commands));
  const sums = kept.concat({ name: 'README.txt', bytes: readme }).map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`);
  const all = [{ name: 'README.txt', bytes: readme }, ...kept, { name: 'SHA256SUMS', bytes: Buffer.from(sums.join('')) }];
  return { files: all.map((f) => ({ ...f, name: `${folderOf(material.caseId)}/${f.name}` })), leftOut };
}

function folderOf(caseId: string): string {
  return `breakwater-${caseId}`;
}

function ofReport(report: BundledReport, n: number, commands: string[]): BundleFile[] {
  const { title, text, purl, verdict, crashState, attachments, replay } = report;
  const said = [title, '', `of ${purl}; our re-run: ${verdict ?? 'none yet'}`, ...(crashState ? ['', crashState] : []), '', text, ''];
  const files = [{ name: `report-${n}/report.txt`, bytes: Buffer.from(said.join('\n')) }];
  const names = new Map(attachments.map((a, i) => [a.id, `report-${n}/file-${i + 1}-${safe(a.filename)}`]));
  for (const a of attachments) files.push({ name: names.get(a.id)!, bytes: Buffer.from(a.bytes) });
  const poc = replay && names.get(replay.pocId);
  if (!replay || !poc) return files;
  const record = `report-${n}/record.json`;
  const recipe = `recipes/${replay.recipeName}.yaml`;
  files.push({ name: record, bytes: Buffer.from(`${JSON.stringify(replay.record, null, 1)}\n`) });
  files.push({ name: recipe, bytes: Buffer.from(replay.recipe.text) });
  for (const [name, bytes] of Object.entries(replay.recipe.files))
    files.push({ name: `recipes/${replay.recipeName}/${name}`, bytes: Buffer.from(bytes) });
  commands.push(`breakwater lab replay ${record} --poc ${poc} --key record-key.pem --recipe ${recipe}`);
  return files;
}

/** A stranger named it: no path, no option, nothing a shell reads. */
function safe(filename: string): string {
  return filename
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^[.-]+/, '_')
    .slice(-80);
}

/** Two reports may share a recipe. */
function distinct(files: readonly BundleFile[]): BundleFile[] {
  return [...new Map(files.map((f) => [f.name, f])).values()];
}

/** In the order they are most needed; what does not fit is named, not cut. */
function fitting(files: readonly BundleFile[]): { kept: BundleFile[]; leftOut: string[] } {
  const [kept, leftOut]: [BundleFile[], string[]] = [[], []];
  let left: number = limits.assistanceBytes;
  for (const file of files) {
    if (file.bytes.length > left) leftOut.push(file.name);
    else {
      kept.push(file);
      left -= file.bytes.length;
    }
  }
  return { kept, leftOut };
}

function readmeOf(
  { package: name, goLiveAt, hub, patches, advisory }: Material,
  kept: readonly BundleFile[],
  leftOut: readonly string[],
  commands: string[],
): string {
  const has = (prefix: string) => kept.some((f) => f.name.startsWith(prefix));
  const verified = patches.findIndex((p) => p.verdict === 'verified');
  const checks = patches.map((p, i) => `  patches/${i + 1}: ${p.verdict ?? 'not checked yet'}${p.because ? ` (${p.because})` : ''}`);
  const recipe = kept.find((f) => /^recipes\/[^/]+\.yaml$/.test(f.name))?.name;
  const pocs = commands.map((c) => c.match(/--poc \S+/)![0]);
  const verify = recipe && verified >= 0 && pocs.length > 0;
  return [
    `A flaw in ${name}, for whoever maintains it.`,
    '',
    `Please keep it among the people who were read into this case until ${goLiveAt}.`,
    'You decide on the fix and negotiate the date; nothing here has to be used.',
    '',
    'What is here',
    '  report-N/report.txt    what was found, in the words of whoever found it',
    '  report-N/file-…        what came with it: most often the input that shows it. Run it only in a box.',
    ...(has('report-1/record')
      ? ['  report-N/record.json   our re-run, signed (in-toto statement in a DSSE envelope); record-key.pem is our key']
      : []),
    ...(has('recipes/') ? ['  recipes/               how the package is built and run for it, with the tests a fix must not break'] : []),
    ...(has('patches/') ? ['  patches/               fixes proposed so far'] : []),
    ...(has('advisory-draft/') ? ['  advisory-draft/        what the advisory would say today; change what you like'] : []),
    '  SHA256SUMS             check with: sha256sum -c SHA256SUMS',
    '',
    ...(commands.length > 0
      ? ['See it for yourself (in a box without a network; exit 0 = as we saw it):', ...commands.map((c) => `  ${c}`)]
      : ['Nothing was re-run here yet that you could repeat.']),
    ...(verify
      ? [
          '',
          'Check a fix, ours or your own:',
          `  breakwater lab verify-patch ${recipe} --patch patches/${verified + 1}-verified.patch ${pocs.join(' ')}`,
        ]
      : []),
    ...(checks.length > 0 ? ['', 'What our own check says of the fixes:', ...checks] : []),
    ...(Object.keys(advisory).length === 0 ? ['', 'No advisory was drafted yet.'] : []),
    ...(leftOut.length > 0 ? ['', 'Too large to be in here; fetch them from the case:', ...leftOut.map((l) => `  ${l}`)] : []),
    '',
    `From ${hub}. The key counts for as much as the way it came by: ask the hub for it once more (breakwater validations record-key).`,
    '',
  ].join('\n');
}
