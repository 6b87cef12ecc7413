/** What a person sees of the demo: one line a step, with the time since the start. */
export interface Screen {
  title(text: string): void;
  step(who: string, text: string): void;
  detail(text: string): void;
  /** Seconds since the start. */
  elapsed(): number;
}

export function terminal(out: NodeJS.WritableStream = process.stdout): Screen {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
  return {
    elapsed,
    title: (text) => void out.write(`\n${bold(text)}\n`),
    step: (who, text) => void out.write(`[${elapsed().toFixed(1).padStart(6)}s] ${who.padEnd(12)} ${text}\n`),
    detail: (text) => void out.write(`${' '.repeat(23)}${text}\n`),
  };
}
