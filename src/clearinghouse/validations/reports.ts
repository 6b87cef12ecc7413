import { limits } from '../../base/limits.ts';
import type { Evidence } from '../../lab/evidence.ts';
import { nonceOf } from '../../lab/experiment.ts';
import type { KeptReport } from './validation.ts';

type Found = Omit<KeptReport, 'id'> & { readonly text: string };

/**
 * The reports worth a person's time: of each build and input the first run that left some, and the symbolised ones. All of them are named
 * in the record by their digests.
 */
export function reportsOf(trials: readonly (Evidence | undefined)[]): Found[] {
  const found = trials.flatMap((evidence, trial) => {
    const seen = new Set<string>();
    return (evidence?.runs ?? []).flatMap((run) => {
      const { variant, input, index, symbolized } = run;
      const of = `${variant} ${input} ${symbolized}`;
      if (run.reports.length === 0 || seen.has(of)) return [];
      seen.add(of);
      const nonce = nonceOf(evidence!.specDigest, { variant, input, index });
      return run.reports.map(({ name, sha256, text }): Found => {
        const scrubbed = scrub(text, nonce);
        return {
          trial,
          variant,
          input,
          index,
          symbolized,
          name: scrub(name, nonce),
          sha256,
          bytes: Buffer.byteLength(scrubbed),
          text: scrubbed,
        };
      });
    });
  });
  return found.slice(0, limits.keptReports);
}

/** A target writes what it likes: nothing of it may move a cursor, hide a line or turn one around. */
function scrub(text: string, nonce: string): string {
  const cut = text.slice(0, limits.keptReportChars);
  const plain = cut
    .replaceAll(/\u001b\[[0-9;?]{0,32}[ -/]{0,4}[@-~]/g, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '\ufffd')
    .replaceAll(/[\u2028\u2029]/g, '\ufffd')
    .replaceAll(nonce, '(nonce)')
    .toWellFormed();
  return cut.length < text.length ? `${plain}\n(cut here: ${text.length} characters in all)\n` : plain;
}
