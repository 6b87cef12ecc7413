import { sha256 } from '../../base/canonical.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Recipe } from '../../lab/recipe.ts';
import { howItEnded, type LabDoors } from '../../lab/run.ts';
import { type Place, readBox, shellBox } from '../../reviews/runs/boxes.ts';
import { stageOn } from '../../reviews/runs/pinning.ts';
import { type Stage, setStage } from '../../reviews/runs/stage/labour.ts';
import { misfits } from '../../reviews/suites/fits.ts';
import type { Attacker, Known } from '../../reviews/suites/gate/attacker.ts';
import { attackers } from '../../reviews/suites/gate/attackers.ts';
import {
  type Check,
  type CheckName,
  decideGate,
  type Gated,
  type Given,
  heldAgainst,
  heldByReference,
  type Told,
} from '../../reviews/suites/gate/gate.ts';
import { decideRoom } from '../../reviews/suites/gate/room.ts';
import type { Task } from '../../reviews/suites/suite.ts';
import { meteredBox } from './boxes.ts';
import { type Graders, gradeAttack, gradeWhole } from './grade.ts';
import type { Subject } from './subject.ts';

export interface GateOptions {
  /** One attacker, by name, instead of all of them. */
  readonly only?: string | undefined;
  readonly others: readonly { readonly recipe: Recipe; readonly poc: Uint8Array }[];
  /** Milliseconds, of a clock that only goes on. */
  readonly elapsed: () => number;
  /** Before each check. */
  readonly say: (taskId: string, name: CheckName) => void;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** Every check of one task, one after the other; boxes of several tasks share their number. */
export async function checkTask(
  task: Task,
  given: () => Promise<Subject | Refusal>,
  { sources, box }: LabDoors,
  options: GateOptions,
): Promise<Gated> {
  const checks: Check[] = [];
  const spent = { boxes: 0, cpuMs: 0 };
  const { signal, elapsed } = options;
  const check = async (name: CheckName, make: () => Promise<Told> | Told) => {
    if (signal.aborted) return;
    options.say(task.id, name);
    const [from, cpuFrom] = [elapsed(), spent.cpuMs];
    const told = await make();
    // What was killed half-way says nothing.
    if (!signal.aborted) checks.push({ name, ...told, wallMs: Math.round(elapsed() - from), cpuMs: Math.round(spent.cpuMs - cpuFrom) });
  };
  let subject: Subject | Refusal | undefined;
  await check('build', async () => {
    subject = await given();
    return toldOfBuild(subject);
  });
  if (subject !== undefined && !isRefusal(subject)) {
    const one = new OneTask(task, subject, { sources, box: meteredBox(box, spent) }, options);
    await check('fits', () => one.fits());
    if (options.only === undefined) {
      await check('place', () => one.place());
      await check('reference', () => one.reference());
      await check('limits', () => one.room());
    }
    const wanted = attackers.filter(({ name }) => options.only === undefined || name === options.only);
    for (const attacker of wanted) {
      const attempt = one.attemptOf(attacker);
      if (attempt || !wanted.some((other) => other.name === attacker.name && other !== attacker && one.attemptOf(other)))
        await check(`attack ${attacker.name}`, () => one.attack(attacker));
    }
  }
  const stopped: Check = { name: 'build', held: 'could-not-tell', because: 'it was stopped', wallMs: 0, cpuMs: 0 };
  return decideGate(task, signal.aborted ? [...checks, stopped] : checks);
}

/** A source that is not to be had now, a box that failed, a build that the clock ended: it may go otherwise the next time. */
const isOfOurs = ({ code, at }: Refusal) => code === 'unavailable' && (at === 'fetch' || at === 'box' || at === 'clock');

function toldOfBuild(subject: Subject | Refusal): Told {
  if (isRefusal(subject)) {
    return { held: isOfOurs(subject) ? 'could-not-tell' : false, because: subject.because };
  }
  return subject.unlike.length === 0
    ? { held: true, because: 'built twice from nothing, the same by digest' }
    : { held: false, because: `two builds differ in ${subject.unlike.join(', ')}` };
}

class OneTask {
  readonly #task: Task;
  readonly #subject: Subject;
  readonly #doors: LabDoors;
  readonly #options: GateOptions;
  /** The same bytes are graded once: a grade hangs on task and bytes, not on whoever handed them in. */
  readonly #grades = new Map<string, Promise<Given | Refusal>>();
  #gradedMs = 0;
  #staged: Promise<Stage | Refusal> | undefined;

  constructor(task: Task, subject: Subject, doors: LabDoors, options: GateOptions) {
    this.#task = task;
    this.#subject = subject;
    this.#doors = doors;
    this.#options = options;
  }

  fits() {
    const faults = misfits(this.#task, this.#subject.found.recipe);
    return { held: faults.length === 0, because: faults.join('; ') };
  }

  /** It can be set up as a hub sets it up, and what is hidden lies nowhere that the agent can read. */
  async place(): Promise<Told> {
    const { hidden, canary } = this.#task;
    const digests = hidden.pocs.map((name) => sha256(this.#subject.files[name] ?? new Uint8Array()));
    const look = [
      `find / -xdev \\( -path /proc -o -path /usr -o -path /sys \\) -prune -o -type f -print0 2>/dev/null | xargs -0 -r sha256sum 2>/dev/null | grep -E '^(${digests.join('|')})'`,
      `grep -rlF '${canary.slice(0, 8)}''${canary.slice(8)}' /src /task /work 2>/dev/null`,
      'ls -d /src/debian /src/.pc /harness /input 2>/dev/null',
      'echo looked',
    ].join('\n');
    const place = await this.#placeOf('place');
    if (isRefusal(place)) return { held: isOfOurs(place) ? 'could-not-tell' : false, because: `it cannot be set up: ${place.because}` };
    const { stdout, ...result } = await this.#doors.box.run(shellBox(place, look), this.#options.signal);
    await this.#doors.box.discard(place.workspace);
    const found = Buffer.from(stdout).toString('utf8').trim().split('\n');
    if (found.at(-1) !== 'looked')
      return { held: 'could-not-tell', because: `the agent’s box could not be looked at: ${howItEnded({ stdout, ...result })}` };
    return found.length === 1
      ? { held: true, because: 'nothing hidden is in it' }
      : { held: false, because: `an agent finds ${found.slice(0, -1).join(', ')}` };
  }

  async reference() {
    const given = [];
    for (const { of, bytes } of this.#references()) {
      const from = this.#options.elapsed();
      given.push({ of, grade: await gradeWhole(this.#task, this.#subject.found, bytes, this.#graders()) });
      this.#gradedMs = Math.max(this.#gradedMs, this.#options.elapsed() - from);
    }
    return heldByReference(given);
  }

  room() {
    const [first] = this.#references();
    return decideRoom(this.#task, first?.bytes.length ?? 0, this.#gradedMs);
  }

  attemptOf(attacker: Attacker) {
    return attacker.attempt(this.#known());
  }

  async attack(attacker: Attacker): Promise<Told> {
    const attempt = this.attemptOf(attacker);
    if (attempt === undefined) return { held: 'inapplicable', because: 'nothing to take hold of' };
    if ('each' in attempt) return this.#attackEach(attempt.each);
    if ('bytes' in attempt) return heldAgainst(await this.#gradeAttack(attempt.bytes), false);
    const acted = await this.#act(attacker.name, attempt.shell);
    return isRefusal(acted) ? heldAgainst(acted, false) : heldAgainst(await this.#gradeAttack(acted.handedIn), acted.hasReached);
  }

  async #attackEach(each: readonly { readonly of: string; readonly bytes: Uint8Array }[]): Promise<Told> {
    const told: Told[] = [];
    for (const { of, bytes } of each) {
      const { held, because } = heldAgainst(await this.#gradeAttack(bytes), false);
      told.push({ held, because: `${of}: ${because}` });
      if (held === false) break;
    }
    const lacking = told.find(({ held }) => held === false) ?? told.find(({ held }) => held !== true);
    return lacking ?? { held: true, because: told.map(({ because }) => because).join('; ') };
  }

  /** In the agent's own box, by the agent's own tools. */
  async #act(name: string, shell: string) {
    const place = await this.#placeOf(name);
    if (isRefusal(place)) return place;
    const { box } = this.#doors;
    try {
      const done = await box.run(shellBox(place, shell), this.#options.signal);
      if (done.end === 'box-failed' || done.end === 'killed') return refuse('unavailable', howItEnded(done));
      const read = await box.run(readBox(place, '/work/handed-in'), this.#options.signal);
      if (read.end === 'box-failed' || read.end === 'killed') return refuse('unavailable', howItEnded(read));
      const handedIn = read.end === 'exited' && read.exit === 0 ? read.stdout : null;
      return { handedIn, hasReached: /^REACHED$/m.test(Buffer.from(done.stdout).toString('utf8')) };
    } finally {
      await box.discard(place.workspace);
    }
  }

  #gradeAttack(bytes: Uint8Array | null): Promise<Given | Refusal> {
    const key = bytes === null ? '' : sha256(bytes);
    const known = this.#grades.get(key) ?? gradeAttack(this.#task, this.#subject.found, bytes, this.#graders());
    this.#grades.set(key, known);
    return known;
  }

  #graders(): Graders {
    const { secret, signal } = this.#options;
    return { doors: this.#doors, secret, signal };
  }

  /** By what a hub sets it up by; once for all who come into it. */
  async #placeOf(name: string): Promise<Place | Refusal> {
    this.#staged ??= this.#stage();
    const stage = await this.#staged;
    if (isRefusal(stage)) return stage;
    const { shown, ...place } = stage;
    const files = [{ at: '/task/TASK.md', bytes: Buffer.from(this.#task.prompt) }, ...shown];
    return { ...place, workspace: `gate ${this.#task.id} ${name}`, files };
  }

  async #stage(): Promise<Stage | Refusal> {
    const { text, beside } = this.#subject.found;
    const spec = stageOn({ id: this.#task.recipeId, text, ...beside }, this.#task);
    return isRefusal(spec) ? spec : setStage(spec, this.#doors, this.#options.signal);
  }

  /** Of an input every hidden PoC; of a patch the package's own; of a triage the answers. */
  #references(): readonly { readonly of: string; readonly bytes: Uint8Array }[] {
    const { skill, hidden } = this.#task;
    const { fix, files } = this.#subject;
    if (skill === 'triage') return [{ of: 'the answers', bytes: Buffer.from(JSON.stringify(hidden.answer)) }];
    if (skill === 'patch') return fix === null ? [] : [{ of: 'the package’s own fix', bytes: fix }];
    return hidden.pocs.flatMap((name) => (files[name] ? [{ of: name, bytes: files[name] }] : []));
  }

  #known(): Known {
    const { found, files, touched } = this.#subject;
    const reference = this.#references()[0]?.bytes ?? new Uint8Array();
    return {
      task: this.#task,
      recipe: found.recipe,
      reference,
      control: files[found.recipe.control]!,
      touched,
      others: this.#options.others,
    };
  }
}
