import { publicLabel } from '../../../base/label.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import { type Finding, findingMoves } from '../finding.ts';
import { submitters as finders, happened, receive } from '../intake/actions.ts';
import { leaveQueue } from '../queue/store.ts';
import * as store from '../store.ts';
import * as wire from '../wire.ts';

/** An evaluator has findings too: what runs tripped by the way, and a person handed on. */
const submitters = [...finders, 'evaluator'] as const;

export const withdraw = action({
  name: 'findings.withdraw',
  at: 'POST /api/findings/:id/withdraw',
  summary: 'Take back a finding of your own, with the reason. What was committed to stays in the log.',
  by: submitters,
  input: wire.withdrawInput,
  output: wire.closedOut,
  on: (ctx, input) => ownForChange(ctx, input.id),
  async run(ctx, input, finding: Finding) {
    const state = move(findingMoves, finding.state, 'withdraw');
    if (isRefusal(state)) return state;
    const after: Finding = { ...finding, state, stateBecause: input.because, stateAt: ctx.now };
    await store.saveFinding(ctx.tx, after);
    await leaveQueue(ctx.tx, after.id, ctx.now);
    return done(after, ended(after, 'finding.withdrawn', { because: input.because }));
  },
  present: ({ id, state }) => ({ id, state }),
});

export const correct = action({
  name: 'findings.correct',
  at: 'POST /api/findings/:id/correct',
  summary: 'Hand in a finding of your own anew, corrected: it is replayed as a new one, and the old one says which it is.',
  by: submitters,
  input: wire.correctInput,
  output: wire.submitOut,
  on: (ctx, input) => ownForChange(ctx, input.id),
  async run(ctx, { id: _, because, ...input }, finding: Finding) {
    const state = move(findingMoves, finding.state, 'correct');
    if (isRefusal(state)) return state;
    const draft = wire.draftOf(input);
    if (isRefusal(draft)) return draft;
    const [received] = await receive(ctx, [draft], { correctsId: finding.id });
    const correctedById = received!.finding.id;
    const after: Finding = { ...finding, state, stateBecause: because, stateAt: ctx.now, correctedById };
    await store.saveFinding(ctx.tx, after);
    await leaveQueue(ctx.tx, after.id, ctx.now);
    return done(received!, happened(received!), ended(after, 'finding.corrected', { because, correctedById }));
  },
  present: ({ finding, missing }) => wire.presentReceived(finding, missing),
});

export const reveal = action({
  name: 'findings.reveal',
  at: 'POST /api/findings/:id/reveal',
  summary: 'Show everybody what opens the commitment of a finding whose flaw is public: who has its content can prove since when.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: wire.closedOut,
  on: (ctx, input) => store.findingForChange(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    if (finding.revealedAt !== null) return refuse('wrong_state', 'this was revealed before');
    if (finding.contentDigest === '') return refuse('wrong_state', 'this came in before content had a digest of its own');
    await store.saveFinding(ctx.tx, { ...finding, revealedAt: ctx.now });
    const { commitment, commitmentSalt: salt, contentDigest, receivedAt } = finding;
    // Of the thing only its commitment is named: whose finding it is, the advisory's credits say, if its finder wants to be named.
    const shown = {
      event: 'finding.revealed',
      thing: commitment,
      label: publicLabel,
      payload: { salt, contentDigest, receivedAt },
    } as const;
    return done(finding, shown);
  },
  present: ({ id, state }) => ({ id, state }),
});

/** Staff reads every finding; only its own organisation takes it back. */
async function ownForChange(ctx: Ctx, id: string): Promise<Finding | undefined> {
  const finding = await store.findingForChange(ctx.tx, id);
  return finding?.orgId === ctx.actor.orgId ? finding : undefined;
}

function ended(finding: Finding, event: 'finding.withdrawn' | 'finding.corrected', payload: object): Happening {
  return { event, thing: finding.id, label: finding.label, payload: { ...payload, package: finding.package } };
}

export const amendmentActions = [withdraw, correct, reveal];
