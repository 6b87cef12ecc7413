import { z } from 'zod';
import type { Id } from '../../../base/id.ts';
import { plusMs } from '../../../base/instant.ts';
import { label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { refuse } from '../../../base/refusal.ts';
import { action, type Ctx, deskOf, done, type Happening, originOf, presentItems } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { actorById } from '../../../trust/orgs/store.ts';
import { noticesAfter, recipientById } from '../../cases/notices/store.ts';
import { toldOf } from '../../cases/notices/telling.ts';
import { entriesAfter, headOf } from '../store.ts';
import { tell } from './labour.ts';
import * as store from './store.ts';
import { afterRound, leaseMs, messageOf, noticeMessageOf, secretOf, secretsOf, type TellSpec, type Webhook } from './webhook.ts';
import * as wire from './wire.ts';

export const add = action({
  name: 'webhooks.add',
  at: 'POST /api/webhooks',
  summary:
    'Have an address of your organisation told of every release, or of what you are told of cases, signed as Standard Webhooks has it. The secret is shown once.',
  by: 'signed-in',
  secret: true,
  input: wire.addInput,
  output: wire.secretOut,
  async run(ctx, input) {
    const orgId = ctx.actor.orgId as Id<'org'> | null;
    if (orgId === null) return refuse('not_permitted', 'only who belongs to an organisation');
    if ((await store.countOf(ctx.tx, orgId)) >= limits.webhooksPerOrg)
      return refuse('too_many', `an organisation has at most ${limits.webhooksPerOrg} webhooks`);
    if (input.about === 'cases' && ctx.actor.kind !== 'person') return refuse('not_permitted', 'notices are for people', '/about');
    const size = await sizeFor(ctx, input.about, ctx.actor.id);
    const of: Webhook = {
      id: ctx.id('whk'),
      orgId,
      url: input.url,
      about: input.about,
      state: 'active',
      toldSeq: Math.min(input.after ?? size, size),
      failures: 0,
      dueAt: ctx.now,
      leasedUntil: null,
      secretVersion: 1,
      rotatedAt: null,
      addedBy: ctx.actor.id,
      addedAt: ctx.now,
      lastAt: null,
      lastStatus: null,
      because: null,
      label: label('AMBER', orgId),
    };
    await store.insertWebhook(ctx.tx, of);
    return done({ ...of, secret: secretOf(ctx.doors.keys.secret('webhooks'), of.id, 1) }, happened('webhook.added', of, { url: of.url }));
  },
  present: wire.presentSecret,
});

export const list = action({
  name: 'webhooks.list',
  at: 'GET /api/webhooks',
  summary: "Your organisation's webhooks, and what became of the last attempt.",
  by: 'signed-in',
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: (await store.listWebhooks(ctx.tx, input.after, input.limit)).filter((of) => isFor(ctx, of)) });
  },
  present: presentItems(wire.present),
});

export const end = action({
  name: 'webhooks.end',
  at: 'POST /api/webhooks/:id/end',
  summary: 'Tell an address nothing more.',
  by: 'signed-in',
  input: wire.byId,
  output: wire.webhookOut,
  on: (ctx, input) => ownOf(ctx, input.id),
  async run(ctx, _input, of: Webhook) {
    if (of.state === 'ended') return refuse('wrong_state', 'this webhook has ended');
    const ended: Webhook = { ...of, state: 'ended', because: 'ended by a person' };
    await store.saveWebhook(ctx.tx, ended);
    return done(ended, happened('webhook.ended', ended, { because: ended.because }));
  },
  present: wire.present,
});

export const rotate = action({
  name: 'webhooks.rotate',
  at: 'POST /api/webhooks/:id/rotate',
  summary: 'Change the secret: shown once; for a day, messages are signed with the one before, too.',
  by: 'signed-in',
  secret: true,
  input: wire.byId,
  output: wire.secretOut,
  on: (ctx, input) => ownOf(ctx, input.id),
  async run(ctx, _input, of: Webhook) {
    // Coordinators see whose webhooks fail; the secret is its owner's alone.
    if (of.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only its own organisation changes the secret');
    const rotated: Webhook = { ...of, secretVersion: of.secretVersion + 1, rotatedAt: ctx.now };
    await store.saveWebhook(ctx.tx, rotated);
    const secret = secretOf(ctx.doors.keys.secret('webhooks'), of.id, rotated.secretVersion);
    return done({ ...rotated, secret }, happened('webhook.rotated', rotated, null));
  },
  present: wire.presentSecret,
});

export const redeliver = action({
  name: 'webhooks.redeliver',
  at: 'POST /api/webhooks/:id/redeliver',
  summary: 'Tell an address again, from an entry of the feed on or from where it stopped; a parked one is active again.',
  by: 'signed-in',
  input: wire.redeliverInput,
  output: wire.webhookOut,
  on: (ctx, input) => ownOf(ctx, input.id),
  async run(ctx, input, of: Webhook) {
    if (of.state === 'ended') return refuse('wrong_state', 'this webhook has ended; add another');
    const toldSeq = Math.min(input.after ?? of.toldSeq, await sizeFor(ctx, of.about, of.addedBy));
    // A round under way is of the past: what it comes back with is refused as stale.
    const again: Webhook = { ...of, state: 'active', toldSeq, failures: 0, dueAt: ctx.now, leasedUntil: null, because: null };
    await store.saveWebhook(ctx.tx, again);
    return done(again, happened('webhook.redelivered', again, { after: toldSeq }));
  },
  present: wire.present,
});

export const wakeDue = action({
  name: 'webhooks.wakeDue',
  at: 'POST /api/webhooks/wake-due',
  summary: 'Have every webhook told that has not taken all of the feed and whose hour has come.',
  by: ['coordinator'],
  internal: true,
  input: wire.nothing,
  output: wire.wokenOut,
  async run(ctx) {
    const { size } = await headOf(ctx.tx);
    const due = await store.dueWebhooks(ctx.tx, size, ctx.now, limits.followBatchRows);
    const events: Happening[] = [];
    for (const of of due) {
      // Suspended, or gone: what is told the person no more, their address is told no more.
      const isOver = of.about === 'cases' && !(await actorById(ctx.tx, of.addedBy, ['*'], ctx.now));
      const because = 'whose it was may no longer act here';
      await store.saveWebhook(ctx.tx, isOver ? { ...of, state: 'ended', because } : { ...of, leasedUntil: plusMs(ctx.now, leaseMs) });
      events.push(isOver ? happened('webhook.ended', of, { because }) : happened('webhook.due', of, { after: of.toldSeq }));
    }
    return done({ woken: due.length }, ...events);
  },
});

export const begin = action({
  name: 'webhooks.begin',
  at: 'POST /api/webhooks/:id/begin',
  summary: 'What one address is to be told.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: z.custom<TellSpec>(),
  on: (ctx, input) => store.webhookById(ctx.tx, input.id),
  async run(ctx, _input, of: Webhook) {
    if (of.state !== 'active' || of.leasedUntil === null) return refuse('wrong_state', 'nobody asked for it');
    const secrets = secretsOf(ctx.doors.keys.secret('webhooks'), of, ctx.now);
    const spec: TellSpec = { url: of.url, secrets, messages: await messagesFor(ctx, of) };
    return done(spec);
  },
});

export const conclude = action({
  name: 'webhooks.conclude',
  at: 'POST /api/webhooks/:id/conclude',
  summary: 'Take down what became of a round.',
  by: ['coordinator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.webhookOut,
  on: (ctx, input) => store.webhookById(ctx.tx, input.id),
  async run(ctx, { evidence }, of: Webhook) {
    // Told from elsewhere meanwhile, ended, or set back: that round counts for nothing.
    const isOwn = evidence.every((told, i) => told.seq === of.toldSeq + 1 + i);
    if (of.state !== 'active' || of.leasedUntil === null || !isOwn)
      return refuse('wrong_state', 'this round is not the one that was asked for');
    const next = afterRound(of, evidence, ctx.now, ctx.doors.chance(1)[0]! / 255);
    await store.saveWebhook(ctx.tx, next);
    const { because, lastStatus } = next;
    return next.state === 'active' ? done(next) : done(next, happened(`webhook.${next.state}`, next, { because, lastStatus }));
  },
  present: wire.present,
});

/** That somebody is told of cases, and how often, is for themself and the clearinghouse, not for colleagues. */
function isFor(ctx: Ctx, of: Webhook): boolean {
  return of.about !== 'cases' || of.addedBy === ctx.actor.id || ctx.actor.roles.includes('coordinator');
}

async function ownOf(ctx: Ctx, id: string): Promise<Webhook | undefined> {
  const of = await store.webhookById(ctx.tx, id);
  return of && isFor(ctx, of) ? of : undefined;
}

/** How many entries there are to tell: of the feed, or of one person's notices. */
async function sizeFor(ctx: Ctx, about: Webhook['about'], personId: string): Promise<number> {
  if (about === 'releases') return (await headOf(ctx.tx)).size;
  return (await ctx.acrossCompartments((tx) => recipientById(tx, personId as Id<'psn'>))).lastSeq;
}

async function messagesFor(ctx: Ctx, of: Webhook) {
  if (of.about === 'releases') {
    const origin = originOf(ctx);
    const entries = await entriesAfter(ctx.tx, of.toldSeq, (await headOf(ctx.tx)).size, limits.webhookBatch);
    return entries.map((entry) => messageOf(of.id, origin, entry));
  }
  const notices = await noticesAfter(ctx.tx, of.addedBy, of.toldSeq, limits.webhookBatch);
  const who = await actorById(ctx.tx, of.addedBy, ['*'], ctx.now);
  const messages: ReturnType<typeof messageOf>[] = [];
  for (const notice of notices) {
    const still = who && (await toldOf(ctx.tx, notice, who));
    messages.push(noticeMessageOf(of.id, deskOf(ctx), notice, still !== undefined));
  }
  return messages;
}

function happened(event: `webhook.${string}`, of: Webhook, payload: unknown): Happening {
  return { event, thing: of.id, label: of.label, payload };
}

export const tellLabour: Labour<TellSpec, Awaited<ReturnType<typeof tell>>> = { name: 'tell', begin, work: tell, conclude };

export const webhookActions = [add, list, end, rotate, redeliver, wakeDue, begin, conclude];
