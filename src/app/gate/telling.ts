import type { Gated } from '../../reviews/suites/gate/gate.ts';
import type { Spent } from './boxes.ts';

interface Watcher {
  /** A whole line, to stay. */
  readonly line: (text: string) => void;
  /** One line that the next takes the place of; undefined where nobody looks. */
  readonly live?: ((text: string) => void) | undefined;
  /** Milliseconds, of a clock that only goes on. */
  readonly elapsed: () => number;
}

const time = (ms: number) =>
  ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s` : `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
const words = { passed: 'passed', quarantined: 'quarantined', 'could-not-tell': 'could not tell' } as const;

/** What a person sees while tasks are checked: which, by whom, for how long; and each as it is done. */
export class Telling {
  readonly #under = new Map<string, { readonly of: string; readonly since: number }>();
  readonly #watcher: Watcher;
  readonly #of: number;
  #done = 0;

  constructor(tasks: number, watcher: Watcher) {
    this.#of = tasks;
    this.#watcher = watcher;
  }

  begin(taskId: string, of: string): void {
    this.#under.set(taskId, { of, since: this.#watcher.elapsed() });
    this.tick();
  }

  end(gated: Gated): void {
    this.#under.delete(gated.taskId);
    this.#done++;
    this.#watcher.line(`${String(this.#done).padStart(String(this.#of).length)}/${this.#of}  ${lineOf(gated)}`);
    this.tick();
  }

  tick(): void {
    const now = this.#watcher.elapsed();
    const each = [...this.#under].map(([id, { of, since }]) => `${id}: ${of} ${time(now - since)}`);
    this.#watcher.live?.([`${this.#done}/${this.#of}`, ...each].join('  '));
  }
}

function lineOf({ taskId, state, because, checks }: Gated): string {
  const attacks = checks.filter(({ name }) => name.startsWith('attack '));
  const [held, idle] = ([true, 'inapplicable'] as const).map((how) => attacks.filter(({ held }) => held === how).length);
  const wallMs = checks.reduce((sum, check) => sum + check.wallMs, 0);
  const said = `${words[state].padEnd(14)}  ${taskId}: ${held} attackers held, ${idle} had nothing to take hold of, ${time(wallMs)}`;
  return [said, ...because.map((b) => `    ${b}`)].join('\n');
}

/** The last word of a whole check, for people. */
export function summaryOf(gated: readonly Gated[], wallMs: number, spent: Spent, isStopped: boolean): string {
  const of = (state: Gated['state']) => gated.filter((task) => task.state === state);
  const unsure = of('could-not-tell');
  // Of those nobody came to there is nothing to say one by one.
  const unreached = isStopped ? unsure.filter(({ checks }) => checks.length === 1) : [];
  const list = (state: Gated['state'], tasks: readonly Gated[]) =>
    tasks.length === 0
      ? []
      : [`${words[state]}:`, ...tasks.flatMap(({ taskId, because }) => [`  ${taskId}`, ...because.map((b) => `    ${b}`)])];
  return [
    ...list('quarantined', of('quarantined')),
    ...list(
      'could-not-tell',
      unsure.filter((task) => !unreached.includes(task)),
    ),
    ...(isStopped ? [`stopped; ${unreached.length} tasks were not come to. What was built is kept: the next check goes on from it.`] : []),
    `${of('passed').length} of ${gated.length} tasks passed, ${of('quarantined').length} quarantined, ${unsure.length} could not be told`,
    `${time(wallMs)}; ${spent.boxes} boxes, ${Math.round(spent.cpuMs / 1000)} s of CPU time in them`,
  ].join('\n');
}
