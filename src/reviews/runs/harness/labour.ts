import type { BoxResult, TreeId } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import { type ChatReply, type ModelEndpoint, noTokens, plusTokens, type RelayedAnswer, type RelayWatch } from '../../../base/model-door.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { WorkDoors } from '../../../trust/labour.ts';
import type { Harness } from '../../plans/solver.ts';
import { digestBox, harnessBox, type Place, readBox, shellAnswer } from '../boxes.ts';
import { openingMessages } from '../briefing.ts';
import type { Conversation, End, Workbench } from '../loop.ts';
import { handInArguments, handInTool } from '../tools.ts';
import { Recorded, Requests } from './recorded.ts';

/** What the program is run on. */
interface Arm {
  readonly harness: Harness;
  readonly endpoint: ModelEndpoint;
  readonly seed: number | null;
  readonly longestMs: number;
}

const door = { at: '/door', port: 4000 } as const;
const left = '/work/hand-in';
const checkEveryMs = 250;

/** A vendor's own agent program at one task: in a box of its own from beginning to end, with the model behind the one door. */
export async function workHarness(of: Arm, bench: Workbench, place: Place, doors: WorkDoors, stop: AbortSignal): Promise<Conversation> {
  const recorded = new Recorded(bench.journal.passAll());
  const session = new Session(bench, recorded);
  const before = bench.journal.peek('end');
  if (before) return session.close(before);
  const failed = (because: string) => session.close(bench.reach.over() ?? { ended: 'infra-error', because });
  const files = await filesOf(of.harness, bench, place, doors, stop);
  if (isRefusal(files)) return failed(`the harness cannot be set up: ${files.because}`);
  const messages = openingMessages(bench.briefing, 'box');
  if (!recorded.isAny)
    await bench.journal.addAll([
      { said: 'harness', command: of.harness.command, files: files.digest },
      { said: 'to-model', messages },
    ]);
  const relay = await doors.models.relay(of.endpoint, session);
  if (isRefusal(relay)) return failed(`the endpoint cannot be relayed: ${relay.because}`);
  const prompt = messages.map((message) => message.content).join('\n\n');
  const isTold = of.harness.command.some((word) => word.includes('{prompt}'));
  const box = harnessBox(place, {
    argv: of.harness.command.map((word) => word.replaceAll('{prompt}', () => prompt)),
    env: environmentOf(of),
    tree: files.tree,
    stdin: Buffer.from(isTold ? '' : prompt),
    wallMs: of.longestMs,
    door: { ...door, open: relay },
  });
  const checking = setInterval(() => session.check(), checkEveryMs);
  const result = await bench.reach.run(box, session.signal).finally(() => clearInterval(checking));
  return session.close(await session.leave(result, place));
}

/** What the vendors' clients look for, and a name for each thing that has none there. There is no key in it. */
function environmentOf({ endpoint, seed }: Arm): Record<string, string> {
  const origin = `http://127.0.0.1:${door.port}`;
  return {
    ...{ OPENAI_BASE_URL: `${origin}/v1`, OPENAI_API_KEY: 'none', ANTHROPIC_BASE_URL: origin, ANTHROPIC_API_KEY: 'none' },
    ...{ MODEL: endpoint.model, MODEL_PROTOCOL: endpoint.protocol, TASK: '/task/TASK.md' },
    ...(seed === null ? {} : { SEED: String(seed) }),
  };
}

async function filesOf(
  { files }: Harness,
  bench: Workbench,
  place: Place,
  doors: WorkDoors,
  stop: AbortSignal,
): Promise<{ readonly tree: TreeId | null; readonly digest: string } | Refusal> {
  if (files.kind !== 'installed') {
    const fetched = await doors.sources.fetch(files, stop);
    return isRefusal(fetched) ? fetched : { tree: fetched.tree, digest: fetched.tree };
  }
  const result = await bench.reach.run(digestBox(place, files.path));
  const found = Buffer.from(result.stdout).toString('latin1').split(' ')[0];
  if (result.end !== 'exited' || result.exit !== 0) return refuse('not_found', `${files.path} is not installed where the boxes run`);
  if (found !== files.sha256) return refuse('untrusted', `${files.path} has the digest ${found}, which is not the frozen one`);
  return { tree: null, digest: files.sha256 };
}

/** The outside of the box: charges, records, and says when it is over. */
class Session implements RelayWatch {
  readonly #bench: Workbench;
  readonly #recorded: Recorded;
  readonly #requests = new Requests();
  readonly #cut = new AbortController();
  #end: End | undefined;
  #calls: number;
  #inFlight = 0;
  #handIns = 0;
  #isLive = false;
  #lastStop: ChatReply['stop'] | undefined;
  /** Of the run's own time, when the budget was used up. */
  #outMs: number | undefined;

  constructor(bench: Workbench, recorded: Recorded) {
    this.#bench = bench;
    this.#recorded = recorded;
    this.#calls = recorded.calls;
    bench.lostCalls = recorded.lost;
    bench.brokenCalls = recorded.broken.length + recorded.left.length;
    // Paid, and counted against no budget unless it is asked for again.
    bench.brokenUse = [...recorded.broken, ...recorded.left].reduce(plusTokens, noTokens);
    if (recorded.submitted) bench.handedIn.again(recorded.submitted);
    bench.beginAnew();
  }

  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  async asked({ sha256, body }: { readonly sha256: string; readonly body: string }) {
    const bench = this.#bench;
    const before = this.#isLive ? undefined : this.#recorded.take(sha256);
    const added = this.#requests.added(body);
    if (before) {
      bench.count(before.use);
      bench.brokenCalls--;
      bench.brokenUse = minus(bench.brokenUse, before.use);
      return { kept: before.kept };
    }
    const over = this.#end ?? bench.over();
    if (over) {
      this.#end ??= over;
      return refuse('too_many', `the run is over: ${over.because}`);
    }
    if (bench.turns + this.#inFlight >= bench.briefing.turns)
      return refuse('unavailable', 'the last call of the budget is not answered yet');
    const number = ++this.#calls;
    this.#inFlight++;
    await this.#tellBegunAgain();
    await bench.journal.addAll([{ said: 'asked', relayed: { number, sha256, bytes: Buffer.byteLength(body), added } }]);
    if (!bench.journal.refused) return { number };
    this.#inFlight--;
    return refuse('wrong_state', 'nobody waits for this run any more');
  }

  async answered(answer: RelayedAnswer): Promise<Refusal | undefined> {
    const bench = this.#bench;
    this.#inFlight--;
    const { number, status, sha256, kept } = answer;
    if ('broken' in answer) {
      const { because, billed, use, tookMs } = answer.broken;
      // Several at once would excuse more time than passed.
      const broken = { because, billed, use, ...(this.#inFlight === 0 && tookMs !== undefined ? { tookMs } : {}) };
      bench.countBroken(broken);
      await bench.journal.addAll([{ said: 'broken', number, ...broken }]);
    } else {
      this.#lastStop = answer.reply.stop;
      await bench.heard(answer.reply, { number, status, sha256, kept });
      // One that went over the budget came too late to be acted on.
      if (bench.tokensLeft < 0) this.#end ??= bench.over();
    }
    if (this.#end || bench.journal.refused) return refuse('too_many', 'the run is over');
    return undefined;
  }

  async handedIn(bytes: Uint8Array): Promise<string> {
    const bench = this.#bench;
    if (bench.journal.refused || this.#cut.signal.aborted) return '[not submitted] the run is over';
    const { skill, turns } = bench.briefing;
    // As often as a model with our tools could.
    const most = turns * limits.toolCallsPerReply;
    if (++this.#handIns > most) return `[not submitted] more than ${most} times`;
    const given = handInArguments(skill, bytes);
    if (isRefusal(given)) return `[not submitted] ${given.because}`;
    const answer = await bench.call(handInTool(skill), JSON.stringify(given));
    return typeof answer === 'string' ? answer : '[not submitted] the run is over';
  }

  /** What nobody here waits for is cut at once; who is out of its budget may act on what it heard, and hand in. */
  check(): void {
    const over = this.#end ?? this.#bench.over();
    if (!over) return;
    const mayGoOn = over.ended === 'out-of-turns' || over.ended === 'out-of-tokens' || over.ended === 'out-of-money';
    const nowMs = this.#bench.journal.ms();
    this.#outMs ??= nowMs;
    if (mayGoOn && (this.#inFlight > 0 || nowMs - this.#outMs < limits.harnessGraceMs)) return;
    this.#end ??= over;
    this.#cut.abort();
  }

  /** How it ended, from the box's own end; and what was left to be handed in. */
  async leave(result: BoxResult, place: Place): Promise<End> {
    const bench = this.#bench;
    const over = bench.journal.refused || bench.reach.over() ? bench.over() : this.#end;
    if (result.end === 'box-failed')
      return over ?? { ended: 'infra-error', because: `the box failed: ${result.because ?? 'no reason given'}` };
    const answer = shellAnswer(result);
    await bench.journal.addAll([{ said: 'by-tool', tool: 'harness', answer, box: bench.boxOf(result) }]);
    if (over?.ended === 'not-run' || over?.ended === 'infra-error') return over;
    const read = await bench.reach.run(readBox(place, left));
    if (read.end === 'exited' && read.exit === 0) await this.#handInLeft(read.stdout);
    if (over) return over;
    if (result.end === 'timeout') return { ended: 'infra-error', because: 'the box reached the time that our machines give' };
    if (this.#lastStop === 'refusal') return { ended: 'refused', because: 'the model declined' };
    if (this.#lastStop === 'filtered') return { ended: 'filtered', because: 'a filter cut the model off' };
    return { ended: 'done', because: `the harness left: ${answer.split('\n', 1)[0]}` };
  }

  async #handInLeft(bytes: Uint8Array): Promise<void> {
    const given = handInArguments(this.#bench.briefing.skill, bytes);
    if (bytes.length > 0 && !isRefusal(given)) await this.#bench.call(handInTool(this.#bench.briefing.skill), JSON.stringify(given));
  }

  close(end: End): Promise<Conversation> {
    return this.#bench.close(end);
  }

  /** Said once, when the program asks for the first time what it did not ask before. From there on it goes its own way. */
  async #tellBegunAgain(): Promise<void> {
    if (this.#isLive) return;
    this.#isLive = true;
    const { given, left, isAny } = this.#recorded;
    if (isAny) await this.#bench.journal.addAll([{ said: 'rebuilt', calls: given, differed: left.length }]);
  }
}

function minus(a: ChatReply['use'], b: ChatReply['use']): ChatReply['use'] {
  return plusTokens(a, {
    ...{ input: -b.input, cacheRead: -b.cacheRead, cacheWrite: -b.cacheWrite },
    ...{ output: -b.output, reasoning: -b.reasoning },
  });
}
