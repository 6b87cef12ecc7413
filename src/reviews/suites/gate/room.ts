import type { Task } from '../suite.ts';
import type { Told } from './gate.ts';

/** A token is four bytes of a text at most where models count them; of base64 and code it is fewer. */
const bytesPerToken = 3;
/** To read the source, to try something and to hand it in. */
const leastTurns = 4;

/** Whether the budget a task was made for holds the task and its reference at all. Whether a model is good enough is for the model to show. */
export function decideRoom({ limits, prompt }: Task, referenceBytes: number, gradedMs: number): Told {
  // Base64 of the solution, written once and read again with every turn that follows it.
  const tokens = Math.ceil((leastTurns * Buffer.byteLength(prompt) + 2 * referenceBytes * (4 / 3)) / bytesPerToken);
  if (limits.turns < leastTurns) return { held: false, because: `${limits.turns} turns; no task is done in fewer than ${leastTurns}` };
  if (tokens > limits.tokens) return { held: false, because: `prompt and reference alone take some ${tokens} tokens of ${limits.tokens}` };
  if (gradedMs > limits.minutes * 60_000) return { held: false, because: `one grading took ${Math.round(gradedMs / 1000)} s` };
  return { held: true, because: `prompt and reference take some ${tokens} tokens of ${limits.tokens}` };
}
