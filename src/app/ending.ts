import { isRefusal, type Refusal, refusalMapping } from '../base/refusal.ts';

/** How a command ends: a value to print, or a refusal that decides the exit code. */
export type Ending = { readonly value: unknown; readonly text?: string } | Refusal;

/** Prints how a command ended, on the right stream, and sets the exit code from the one table. */
export function finish(ending: Ending, json: boolean): void {
  if (isRefusal(ending)) {
    const { code, because, at } = ending;
    process.stderr.write(
      json
        ? `${JSON.stringify({ refused: { code, because, at } })}\n`
        : `${code.replaceAll('_', ' ')}: ${because}${at ? ` (${at})` : ''}\n`,
    );
    process.exitCode = refusalMapping[code].exit;
    return;
  }
  process.stdout.write(json || ending.text === undefined ? `${JSON.stringify(ending.value, null, json ? 0 : 2)}\n` : `${ending.text}\n`);
}
