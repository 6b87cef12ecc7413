import { sha256 } from '../../base/canonical.ts';
import type { BoxResult, BoxSpec } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type BrokenCall, type ChatMessage, type ChatReply, noTokens, plusTokens, type TokenUse } from '../../base/model-door.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { costMicros, type Prices } from '../plans/solver.ts';
import { listBox, type Place, partBox, readBox, shellAnswer, shellBox, writeBox } from './boxes.ts';
import { type Briefing, openingMessages } from './briefing.ts';
import { HandedIn, type Keeping } from './handed-in.ts';
import { type Journal, Misfit } from './journal.ts';
import { type Ending, type Spent, tokensIn, tokensOut, withCost } from './run.ts';
import { scrubbed } from './scrub.ts';
import { readCall, type ToolCall } from './tools.ts';
import type { Heard, TranscriptEntry } from './transcript.ts';

/** All that the loop may reach. */
export interface Reach {
  chat(messages: readonly ChatMessage[], maxTokens: number, broken: (call: BrokenCall) => Promise<void>): Promise<ChatReply | Refusal>;
  run(box: BoxSpec, cut?: AbortSignal): Promise<BoxResult>;
  readonly handedIn: Keeping;
  /** Set once the run has to end, whatever the model is about to do. */
  over(): End | undefined;
}

export interface End {
  readonly ended: Ending;
  readonly because: string;
}

export interface Conversation extends End {
  /** What counts: handed in last. */
  readonly handedIn: Uint8Array | null;
  readonly transcript: readonly TranscriptEntry[];
  readonly turns: number;
  readonly toolCalls: number;
  readonly spent: Omit<Spent, 'costMicros'>;
}

/** One agent, one task, one budget: model and tools in turn until somebody or something ends it. */
export async function converse(
  briefing: Briefing,
  place: Place,
  reach: Reach,
  journal: Journal,
  prices: Prices | null,
): Promise<Conversation> {
  const bench = new Workbench(briefing, place, reach, journal, prices);
  const talk = new Talk(bench);
  let end: End | undefined;
  await talk.open();
  while (!end) end = journal.peek('end') ?? bench.over() ?? (await talk.turn());
  return bench.close(end);
}

/** What a run has at hand and has used up, whoever works at it: its tools, its record, its bounds. */
export class Workbench {
  readonly briefing: Briefing;
  readonly journal: Journal;
  readonly reach: Reach;
  readonly handedIn: HandedIn;
  turns = 0;
  toolCalls = 0;
  use: TokenUse = noTokens;
  brokenUse: TokenUse = noTokens;
  brokenCalls = 0;
  lostCalls = 0;
  readonly #place: Place;
  readonly #prices: Prices | null;
  #again = 0;
  #differed = 0;
  /** Of the run's own time, what calls that broke and waits for the next ones took; and of it, the wait that came last. */
  #excusedMs = 0;
  #lastWaitMs = 0;

  constructor(briefing: Briefing, place: Place, reach: Reach, journal: Journal, prices: Prices | null) {
    this.briefing = briefing;
    this.#place = place;
    this.reach = reach;
    this.handedIn = new HandedIn(reach.handedIn);
    this.journal = journal;
    this.#prices = prices;
  }

  get spent(): Omit<Spent, 'costMicros'> {
    const { use, brokenUse, brokenCalls, lostCalls } = this;
    return { use, brokenUse, brokenCalls, lostCalls, activeMs: this.journal.ms() };
  }

  get tokensLeft(): number {
    return this.briefing.tokens - tokensIn(this.use) - tokensOut(this.use);
  }

  over(): End | undefined {
    const { refused } = this.journal;
    if (refused) return { ended: 'not-run', because: refused.because };
    if (this.handedIn.isLost && !this.journal.isReplaying) return lostHandIn;
    return this.reach.over() ?? this.#outOf();
  }

  #outOf(): End | undefined {
    const { turns, tokens, money, minutes } = this.briefing;
    if (this.turns >= turns) return { ended: 'out-of-turns', because: `${this.turns} turns were used` };
    if (this.tokensLeft <= 0) return { ended: 'out-of-tokens', because: `${tokens - this.tokensLeft} tokens were used` };
    const cost = withCost(this.spent, this.#prices).costMicros;
    if (money && cost !== null && cost >= money.micros) return this.#outOfMoney(money, cost);
    if (minutes && this.journal.ms() - this.#excusedMs >= minutes * 60_000)
      return { ended: 'out-of-time', because: `${minutes} minutes were used` };
    return this.journal.bytes > limits.transcriptBytes ? { ended: 'out-of-tokens', because: 'the transcript is full' } : undefined;
  }

  /** What calls that broke have cost is gone, but it was not the model that spent it. */
  #outOfMoney({ micros, currency }: { micros: number; currency: string }, cost: number): End {
    const said = (of: number) => `${(of / 1_000_000).toFixed(2)} ${currency}`;
    const own = this.#prices ? costMicros(this.use, this.#prices) : 0;
    if (own >= micros) return { ended: 'out-of-money', because: `${said(cost)} were used` };
    return { ended: 'infra-error', because: `no money is left: of ${said(cost)}, calls that broke took ${said(cost - own)}` };
  }

  /** Counts an answer that came. What broke counts against no budget but money, which is gone. */
  async heard(reply: ChatReply, relayed?: Heard): Promise<void> {
    this.count(reply.use);
    const { message, stop, use, reckoned } = reply;
    const said = { message, stop, use, inputTokens: tokensIn(use), outputTokens: tokensOut(use) };
    await this.journal.add({ said: 'by-model', ...said, ...(reckoned ? { reckoned } : {}), ...(relayed ? { relayed } : {}) });
  }

  count(use: TokenUse): void {
    this.turns++;
    this.#lastWaitMs = 0;
    this.use = plusTokens(this.use, use);
  }

  /** For who begins anew after a worker died: its own time does as well. */
  beginAnew(): void {
    this.#excusedMs = this.journal.ms();
  }

  countBroken(call: BrokenCall): void {
    this.brokenCalls++;
    this.brokenUse = plusTokens(this.brokenUse, call.use);
    this.#lastWaitMs = call.waitsMs ?? 0;
    this.#excusedMs += (call.tookMs ?? 0) + this.#lastWaitMs;
  }

  /** A worker died: the run's time has stood still since the last entry, so the wait after it took none. */
  countLost(): void {
    this.lostCalls++;
    this.#excusedMs -= this.#lastWaitMs;
    this.#lastWaitMs = 0;
  }

  /** Makes one call of a tool and writes down how it went; or, where it was made before, makes the workspace what it was after it. */
  async call(name: string, json: string, isTooMany = false): Promise<string | End> {
    const call = isTooMany ? undefined : readCall(this.briefing.skill, name, json);
    if (!isTooMany) this.toolCalls++;
    const ended = this.journal.peek('end');
    if (ended) return ended;
    const before = this.journal.next('by-tool');
    if (before && (call === undefined || isRefusal(call) || isQuiet(call))) return before.answer;
    if (before && call && !isRefusal(call) && call.tool === 'submit') {
      if (before.submitted) this.handedIn.again(before.submitted, 'bytes' in call ? call.bytes : undefined);
      return before.answer;
    }
    const done: Answered | End =
      call === undefined ? tooMany : isRefusal(call) ? { answer: `[not done] ${call.because}` } : await this.#do(call);
    if ('ended' in done) return done;
    if (before) return this.#madeAgain(before, done);
    await this.#tellRebuilt();
    await this.journal.add({ said: 'by-tool', tool: name.slice(0, 64), ...done });
    return done.answer;
  }

  #madeAgain(before: Extract<TranscriptEntry, { said: 'by-tool' }>, now: Answered): string {
    this.#again++;
    const same = JSON.stringify(before.box) === JSON.stringify(now.box);
    if (!same) this.#differed++;
    return before.answer;
  }

  /** Said once, when all that had happened is made again. */
  async #tellRebuilt(): Promise<void> {
    if (this.#again === 0 || this.journal.isReplaying) return;
    const [calls, differed] = [this.#again, this.#differed];
    this.#again = 0;
    await this.journal.addAll([{ said: 'rebuilt', calls, differed }]);
  }

  async #do(call: ToolCall): Promise<Answered | End> {
    const place = this.#place;
    if (call.tool === 'note') return { answer: '[noted]' };
    if (call.tool === 'shell') return this.#inBox(shellBox(place, call.command), (result) => ({ answer: shellAnswer(result) }));
    if (call.tool === 'list') return this.#inBox(listBox(place, call.path), (result) => ({ answer: shellAnswer(result) }));
    if (call.tool === 'read')
      return this.#inBox(partBox(place, call.path, call.from, limits.toolOutputChars), (result) => ({ answer: shellAnswer(result) }));
    if (call.tool === 'write') {
      const { path, bytes } = call;
      return this.#inBox(writeBox(place, path, bytes), (r) => ({
        answer: isFine(r) ? `[written] ${bytes.length} bytes` : notDone('written', r),
      }));
    }
    if ('bytes' in call) return this.#submit(call.bytes);
    return this.#inBox(readBox(place, call.path), (r) => (isFine(r) ? this.#submit(r.stdout) : { answer: notDone('submitted', r) }));
  }

  /** What the box says of itself is ours; that it failed says nothing about the model. */
  async #inBox(box: BoxSpec, read: (result: BoxResult) => Answered | Promise<Answered>): Promise<Answered | End> {
    const result = await this.reach.run(box);
    if (result.end === 'box-failed') return { ended: 'infra-error', because: `the box failed: ${result.because ?? 'no reason given'}` };
    return { ...(await read(result)), box: this.boxOf(result) };
  }

  boxOf({ end, exit, stdout, stderr }: BoxResult): NonNullable<Answered['box']> {
    return { end, exit, stdoutSha256: sha256(stdout), stderrSha256: sha256(stderr) };
  }

  /** What is handed in by whoever has no tools. */
  async handIn(by: string, bytes: Uint8Array): Promise<void> {
    const before = this.journal.next('by-tool');
    if (before?.submitted) this.handedIn.again(before.submitted, bytes);
    if (!before) await this.journal.add({ said: 'by-tool', tool: by, ...(await this.#submit(bytes)) });
  }

  async #submit(bytes: Uint8Array): Promise<Answered> {
    if (bytes.length > limits.attachmentBytes) return { answer: `[not submitted] more than ${limits.attachmentBytes} bytes` };
    await this.handedIn.put(bytes);
    return { answer: `[submitted] ${bytes.length} bytes`, submitted: { sha256: sha256(bytes), bytes: bytes.length } };
  }

  async close(end: End): Promise<Conversation> {
    const { isLost, bytes: handedIn } = this.handedIn;
    const { ended, because } = isLost ? lostHandIn : end;
    // What a worker before this one said of the end no longer holds.
    if (isLost) this.journal.next('end');
    await this.journal.add({ said: 'end', ended, because });
    const { turns, toolCalls, spent } = this;
    return { ended, because, handedIn, transcript: this.journal.entries, turns, toolCalls, spent };
  }
}

/** A chat with the model, a turn at a time. */
class Talk {
  readonly #bench: Workbench;
  readonly #messages: ChatMessage[];

  constructor(bench: Workbench) {
    this.#bench = bench;
    this.#messages = openingMessages(bench.briefing);
  }

  async open(): Promise<void> {
    await this.#bench.journal.add({ said: 'to-model', messages: [...this.#messages] });
  }

  async turn(): Promise<End | undefined> {
    const bench = this.#bench;
    const reply = await this.#ask();
    if ('ended' in reply) return { ended: reply.ended, because: reply.because };
    await bench.heard(reply);
    const { message, stop } = reply;
    if (stop === 'refusal') return { ended: 'refused', because: 'the model declined' };
    if (stop === 'filtered') return { ended: 'filtered', because: 'a filter cut the model off' };
    // A reply that went over the budget came too late to be acted on.
    if (bench.tokensLeft < 0) return bench.over();
    if (stop === 'context-full') return { ended: 'out-of-tokens', because: 'no more goes into the context of the model' };
    if (stop === 'end') return { ended: 'done', because: 'the model stopped' };
    this.#messages.push(message);
    return stop === 'length' ? this.#goOn(message) : this.#callTools(message.toolCalls ?? []);
  }

  /** The answer that stands in the journal, or a new one. Whose answer a dead worker took with it is asked once more, and no more than once. */
  async #ask(): Promise<ChatReply | End> {
    const bench = this.#bench;
    const { journal } = bench;
    const wasAsked = journal.isReplaying;
    await journal.add({ said: 'asked' });
    let lost = 0;
    while (journal.isReplaying) {
      const before = this.#replyBefore() ?? journal.peek('end');
      if (before) return before;
      // It died in the wait after a call that broke.
      if (!journal.isReplaying) break;
      if (!journal.next('lost')) throw new Misfit('the journal does not fit: a call was followed by what follows none');
      lost++;
      bench.countLost();
    }
    if (wasAsked) {
      bench.countLost();
      if (lost > 0) return { ended: 'infra-error', because: 'the answer to one call was lost twice' };
      await journal.addAll([{ said: 'lost' }]);
    }
    const reply = await bench.reach.chat(this.#messages, Math.min(limits.replyTokens, bench.tokensLeft), async (call) => {
      bench.countBroken(call);
      await journal.add({ said: 'broken', ...call });
    });
    if (!isRefusal(reply)) return reply;
    return bench.over() ?? { ended: 'infra-error', because: `${reply.code}: ${reply.because}` };
  }

  #replyBefore(): ChatReply | undefined {
    const { journal } = this.#bench;
    for (let broken = journal.next('broken'); broken; broken = journal.next('broken')) this.#bench.countBroken(broken);
    return journal.peek('by-model');
  }

  /** A reply cut off in the middle: its calls may be cut off too, so none is made. */
  async #goOn(message: ChatMessage): Promise<undefined> {
    const answer = 'Your answer was cut off because it was too long; nothing of it was done. Go on with a shorter one.';
    const calls = message.toolCalls ?? [];
    const told: ChatMessage[] = calls.length
      ? calls.map((call) => ({ role: 'tool', content: answer, toolCallId: call.id }))
      : [{ role: 'user', content: answer }];
    this.#messages.push(...told);
    await this.#bench.journal.add({ said: 'to-model', messages: told });
  }

  async #callTools(calls: NonNullable<ChatMessage['toolCalls']>): Promise<End | undefined> {
    const bench = this.#bench;
    for (const [i, call] of calls.entries()) {
      const over = bench.reach.over() ?? (bench.journal.refused && bench.over());
      if (over) return over;
      const answer = await bench.call(call.name, call.arguments, i >= limits.toolCallsPerReply);
      if (typeof answer !== 'string') return answer;
      this.#messages.push({ role: 'tool', content: answer, toolCallId: call.id });
    }
    return undefined;
  }
}

type Answered = Pick<Extract<TranscriptEntry, { said: 'by-tool' }>, 'answer' | 'box' | 'submitted'>;

const lostHandIn: End = { ended: 'infra-error', because: 'what was handed in is no longer there, or is not what the journal says' };
const tooMany: Answered = { answer: `[not done] at most ${limits.toolCallsPerReply} calls at once` };
const isFine = (result: BoxResult) => result.end === 'exited' && result.exit === 0;
const notDone = (what: string, result: BoxResult) => `[not ${what}] ${scrubbed(result.stderr, 500).trim() || result.end}`;
/** Whether the workspace is the same after it. */
const isQuiet = (call: ToolCall) => call.tool === 'note' || call.tool === 'list' || call.tool === 'read';
