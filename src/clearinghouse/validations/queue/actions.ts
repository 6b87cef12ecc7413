import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Finding } from '../../findings/finding.ts';
import { labPriorityOf } from '../../findings/queue/store.ts';
import { findingById } from '../../findings/store.ts';
import * as store from '../store.ts';
import { type Validation, validationMoves } from '../validation.ts';
import * as wire from './wire.ts';

export const queue = action({
  name: 'validations.queue',
  at: 'GET /api/validations/queue',
  summary: 'What waits for the lab, runs in it or is parked, in the order in which it is taken up.',
  by: ['coordinator'],
  input: wire.nothing,
  output: wire.queueOut,
  async run(ctx) {
    return done(await store.openValidations(ctx.tx, limits.pageRows));
  },
  present: wire.presentQueue,
});

export const park = action({
  name: 'validations.park',
  at: 'POST /api/validations/:id/park',
  summary: 'Say of a validation that the hub gave up on it after so many tries.',
  by: ['coordinator'],
  internal: true,
  input: wire.parkInput,
  output: wire.stateOut,
  on: (ctx, input) => store.validationForChange(ctx.tx, input.id),
  run: (ctx, { tries }, validation: Validation) =>
    changed(ctx, validation, 'park', {
      because: `it broke the hub's worker ${tries} times in a row: this says nothing of the finding`,
      mends: ['Whoever runs the hub finds the cause in its own log, under this validation\u2019s id. Then try again.'],
    }),
  present: ({ id, state }) => ({ id, state }),
});

export const retry = action({
  name: 'validations.retry',
  at: 'POST /api/validations/:id/retry',
  summary: 'Take up a parked validation again.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.stateOut,
  on: (ctx, input) => store.validationForChange(ctx.tx, input.id),
  run: (ctx, _input, validation: Validation) => changed(ctx, validation, 'retry', { because: null, mends: [] }),
  present: ({ id, state }) => ({ id, state }),
});

export const cancel = action({
  name: 'validations.cancel',
  at: 'POST /api/validations/:id/cancel',
  summary: 'End a validation that nobody waits for, with the reason: what runs is stopped.',
  by: ['coordinator'],
  input: wire.cancelInput,
  output: wire.stateOut,
  on: (ctx, input) => store.validationForChange(ctx.tx, input.id),
  run: (ctx, { because }, validation: Validation) => changed(ctx, validation, 'cancel', { because, mends: [] }),
  present: ({ id, state }) => ({ id, state }),
});

export const cancelOfFinding = action({
  name: 'validations.cancelOfFinding',
  at: 'POST /api/findings/:id/validations/cancel',
  summary: 'End the validations of a finding that nobody waits for any more.',
  by: ['coordinator'],
  internal: true,
  input: wire.cancelOfInput,
  output: wire.statesOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, { id, because }) {
    const [items, events]: [Validation[], Happening[]] = [[], []];
    for (const open of await store.openOfFinding(ctx.tx, id)) {
      const outcome = await changed(ctx, open, 'cancel', { because, mends: [] });
      if (isRefusal(outcome)) return outcome;
      items.push(outcome.result);
      events.push(...outcome.events);
    }
    return done({ items }, ...events);
  },
  present: ({ items }) => ({ items: items.map(({ id, state }) => ({ id, state })) }),
});

/** A finding that was put into another band waits where that band waits. */
export const reprioritise = action({
  name: 'validations.reprioritise',
  at: 'POST /api/findings/:id/validations/reprioritise',
  summary: 'Let the validations of a finding wait where its band waits.',
  by: ['coordinator'],
  internal: true,
  input: wire.byFinding,
  output: wire.statesOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, { id }, _finding: Finding) {
    const priority = await labPriorityOf(ctx.tx, id);
    const moved = (await store.openOfFinding(ctx.tx, id)).filter((v) => v.state === 'requested' && v.priority !== priority);
    for (const v of moved) await store.saveValidation(ctx.tx, { ...v, priority });
    const events = moved.map((v): Happening => ({ event: 'validation.moved', thing: v.id, label: v.label, payload: { findingId: id } }));
    return done({ items: moved }, ...events);
  },
  present: ({ items }) => ({ items: items.map(({ id, state }) => ({ id, state })) }),
});

const happened = { park: 'validation.parked', retry: 'validation.requested', cancel: 'validation.cancelled' } as const;

async function changed(
  ctx: Ctx,
  validation: Validation,
  by: keyof typeof happened,
  said: Pick<Validation, 'because' | 'mends'>,
): Promise<{ result: Validation; events: Happening[] } | Refusal> {
  const state = move(validationMoves, validation.state, by);
  if (isRefusal(state)) return state;
  const after: Validation = { ...validation, ...said, state };
  await store.saveValidation(ctx.tx, after);
  const payload = { findingId: after.findingId, ...(said.because === null ? {} : { because: said.because }) };
  return { result: after, events: [{ event: happened[by], thing: after.id, label: after.label, payload }] };
}

export const queueActions = [queue, park, retry, cancel, cancelOfFinding, reprioritise];
