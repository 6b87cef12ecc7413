import { sha256 } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import { limits } from '../../base/limits.ts';
import type { ModelEndpoint } from '../../base/model-door.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Watch, WorkDoors } from '../../trust/labour.ts';
import type { Harness, Prices, SolverName } from '../plans/solver.ts';
import type { attendedBy } from './attended.ts';
import { type Rehearsal, rehearsed } from './baselines/labour.ts';
import type { Place } from './boxes.ts';
import { type Briefing, taskText } from './briefing.ts';
import { workHarness } from './harness/labour.ts';
import { Journal, type Keep } from './journal.ts';
import { type Conversation, converse, type End, type Reach, Workbench } from './loop.ts';
import { type Account, unspent } from './run.ts';
import { type StageSpec, setStage } from './stage/labour.ts';
import { toolsFor } from './tools.ts';
import { type TranscriptEntry, writeTranscript } from './transcript.ts';

/** Everything a worker gets to know of a run. */
export interface RunSpec {
  readonly id: Id<'run'>;
  readonly attempt: number;
  readonly solver: SolverName;
  readonly briefing: Briefing;
  /** Null where no model is asked. */
  readonly endpoint: ModelEndpoint | null;
  readonly prices: Prices | null;
  readonly seed: number | null;
  /** A vendor's own program, where one works on the task. */
  readonly harness: Harness | null;
  /** What the place is made of; a refusal when this hub does not have the task's recipe. */
  readonly stage: StageSpec | Refusal;
  /** Of a baseline. */
  readonly rehearsal: Rehearsal | null;
  /** What workers before this one wrote down. */
  readonly journal: readonly TranscriptEntry[];
  readonly transcriptId: Id<'blb'>;
  readonly handedInId: Id<'blb'>;
  /** How long the access window is still open. */
  readonly windowMs: number;
}

export type RunEvidence = Account & { readonly because: string; readonly toolCalls: number };

const longestTimerMs = 2 ** 31 - 1;
const unwatched: Watch = { say() {}, tell: async () => ({}), signal: new AbortController().signal };

/** An agent from outside, in place of a model. */
type Attend = ReturnType<typeof attendedBy>;

/** The only files of this station, beside store and actions, that touch doors: model, boxes, sources, and the blobs the record goes into. */
export async function workRun(
  spec: RunSpec,
  doors: WorkDoors,
  watch: Watch = unwatched,
  longestMs: number = limits.runMs,
  attend?: Attend,
): Promise<RunEvidence> {
  const workspaceOf = (attempt: number) => `${spec.id} ${attempt}`;
  // A worker that was killed left its own behind; what was in it is made again by the same calls.
  if (spec.attempt > 1) await doors.box.discard(workspaceOf(spec.attempt - 1));
  const workspace = workspaceOf(spec.attempt);
  const keep: Keep = async (from, entries) => {
    const texts = entries.map((entry) => JSON.stringify(entry));
    const told = await watch.tell({ attempt: spec.attempt, from, entries: texts });
    return isRefusal(told) ? told : undefined;
  };
  const journal = new Journal(spec.journal, keep, () => performance.now());
  let conversation: Conversation;
  try {
    conversation = await solveIn(spec, workspace, doors, watch, longestMs, journal, attend);
  } catch (error) {
    conversation = unbegun(journal, failure(`the run broke off: ${(error as Error).message}`));
  } finally {
    await doors.box.discard(workspace);
  }
  return accountOf(spec, conversation, doors);
}

async function accountOf(spec: RunSpec, conversation: Conversation, doors: WorkDoors): Promise<RunEvidence> {
  const { ended, because, turns, toolCalls, handedIn, spent } = conversation;
  const transcript = writeTranscript(conversation.transcript);
  await doors.blobs.put(spec.transcriptId, transcript);
  if (handedIn) await doors.blobs.put(spec.handedInId, handedIn);
  const kept = { transcript: { sha256: sha256(transcript) }, handedIn: handedIn && { sha256: sha256(handedIn) } };
  const said = { attempt: spec.attempt, ended, because: because.slice(0, limits.becauseChars) };
  return { ...said, turns, toolCalls, spent, ...kept };
}

async function solveIn(
  spec: RunSpec,
  workspace: string,
  doors: WorkDoors,
  watch: Watch,
  longestMs: number,
  journal: Journal,
  attend: Attend | undefined,
): Promise<Conversation> {
  const [window, time] = [spec.windowMs, longestMs].map((ms) => AbortSignal.timeout(Math.min(ms, longestTimerMs)));
  const stop = AbortSignal.any([window!, time!, watch.signal]);
  const over = (): End | undefined => {
    if (watch.signal.aborted) return { ended: 'not-run', because: 'the run was stopped' };
    if (window!.aborted) return { ended: 'not-run', because: 'the access window ended while it ran' };
    // What the plan sets no bound to, our machines do: running out of their time is our failure.
    if (time!.aborted) return { ended: 'infra-error', because: `not finished after ${longestMs / 60_000} minutes` };
    return undefined;
  };
  const stage = isRefusal(spec.stage) ? spec.stage : await setStage(spec.stage, doors, stop);
  // What was stopped while it was set up was not run: that its place is not there is no failure.
  if (isRefusal(stage)) return unbegun(journal, over() ?? failure(`the task cannot be set up: ${stage.because}`));
  const briefing: Briefing = { ...spec.briefing, shown: stage.shown.map((file) => file.at) };
  const files = [{ at: '/task/TASK.md', bytes: Buffer.from(taskText(briefing)) }, ...stage.shown];
  const place: Place = { tree: stage.tree, needsNode: stage.needsNode, workspace, files };
  // A model that is still thinking when the run has to end is not waited for.
  const stopped = new Promise<Refusal>((resolve) => {
    stop.addEventListener('abort', () => resolve(refuse('unavailable', 'the run had to end')), { once: true });
  });
  const tools = toolsFor(briefing.skill);
  const kept = spec.attempt > 1 ? await doors.blobs.get(spec.handedInId) : null;
  const reach: Reach = {
    chat(messages, maxTokens, broken) {
      if (!spec.endpoint) return Promise.resolve(refuse('unavailable', 'this run has no model'));
      return Promise.race([
        doors.models.chat(spec.endpoint, messages, tools, maxTokens, { signal: stop, broken, seed: spec.seed ?? undefined }),
        stopped,
      ]);
    },
    run: (box, cut) => doors.box.run(box, cut ? AbortSignal.any([stop, cut]) : stop),
    handedIn: { keep: (bytes) => doors.blobs.put(spec.handedInId, bytes), kept: isRefusal(kept) ? null : kept },
    over,
  };
  if (spec.rehearsal) return rehearse(spec.rehearsal, briefing, place, reach, journal, doors, stop);
  if (spec.harness && spec.endpoint) {
    const arm = { harness: spec.harness, endpoint: spec.endpoint, seed: spec.seed, longestMs };
    return workHarness(arm, new Workbench(briefing, place, reach, journal, spec.prices), place, doors, stop);
  }
  return attend ? attend(briefing, place, reach, journal) : converse(briefing, place, reach, journal, spec.prices);
}

/** A baseline hands in what it hands in, at once; there is no model, and nobody is asked. */
async function rehearse(
  of: Rehearsal,
  briefing: Briefing,
  place: Place,
  reach: Reach,
  journal: Journal,
  doors: WorkDoors,
  signal: AbortSignal,
): Promise<Conversation> {
  const bytes = await rehearsed(of, place, doors, signal);
  if (isRefusal(bytes)) return unbegun(journal, reach.over() ?? failure(`the baseline cannot be made: ${bytes.because}`));
  const bench = new Workbench(briefing, place, reach, journal, null);
  if (bytes) await bench.handIn(of.name, bytes);
  return bench.close(bench.over() ?? { ended: 'done', because: `${of.name}: no model was asked` });
}

const failure = (because: string): End => ({ ended: 'infra-error', because });

function unbegun(journal: Journal, { ended, because }: End): Conversation {
  const { costMicros: _none, ...spent } = unspent;
  const transcript: TranscriptEntry[] = [...journal.entries, { said: 'end', ended, because, ms: journal.ms() }];
  return { ended, because, handedIn: null, transcript, turns: 0, toolCalls: 0, spent };
}
