/** What the time of a run went into. */
export interface Step {
  readonly lane: Lane;
  /** Of the run's own time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Its place in the transcript, from 0. */
  readonly entry: number;
  /** From 1; 0 before the first. */
  readonly turn: number;
  readonly text: string;
}

export const lanes = ['model', 'tools', 'mishaps', 'end'] as const;
export type Lane = (typeof lanes)[number];

type Json = Readonly<Record<string, unknown>>;
const object = (given: unknown): Json => (typeof given === 'object' && given !== null ? (given as Json) : {});
const word = (given: unknown) =>
  String(given ?? '')
    .replace(/[^\x20-\x7e]/g, '\ufffd')
    .slice(0, 64);

/**
 * From the entries of a transcript: a turn lasts from its call to its answer, a tool's work from there to its answer. Entries without a time
 * (older records) give no steps: nothing is guessed.
 */
export function stepsOf(entries: readonly unknown[]): Step[] {
  const steps: Step[] = [];
  let [lastMs, turn] = [0, 0];
  for (const [entry, given] of entries.entries()) {
    const { said, ms, ...rest } = object(given);
    if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) continue;
    const [fromMs, toMs] = [Math.min(lastMs, ms), Math.max(lastMs, ms)];
    if (said === 'by-model') turn++;
    const told = toldOf(said, rest, turn);
    if (told) steps.push({ ...told, fromMs, toMs, entry, turn });
    lastMs = toMs;
  }
  return steps;
}

function toldOf(said: unknown, of: Json, turn: number): Pick<Step, 'lane' | 'text'> | undefined {
  switch (said) {
    case 'by-model':
      return { lane: 'model', text: `turn ${turn}, ended ${word(of.stop)}` };
    case 'by-tool':
      return { lane: 'tools', text: `${word(of.tool)}${of.submitted ? ', handed in' : ''}` };
    case 'broken':
      return { lane: 'mishaps', text: 'an answer that did not come whole' };
    case 'lost':
      return { lane: 'mishaps', text: 'a worker died between a call and its answer' };
    case 'rebuilt':
      return { lane: 'mishaps', text: 'another worker made the workspace again' };
    case 'end':
      return { lane: 'end', text: word(of.ended) };
    default:
      return undefined;
  }
}

export interface Total {
  readonly lane: Lane;
  readonly count: number;
  readonly ms: number;
}

export function totalsOf(steps: readonly Step[]): Total[] {
  return lanes.flatMap((lane) => {
    const own = steps.filter((step) => step.lane === lane);
    return own.length === 0 || lane === 'end'
      ? []
      : [{ lane, count: own.length, ms: own.reduce((all, { fromMs, toMs }) => all + toMs - fromMs, 0) }];
  });
}
