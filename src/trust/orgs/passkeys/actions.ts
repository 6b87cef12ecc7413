import type { z } from 'zod';
import { hour, minute, plusMs } from '../../../base/instant.ts';
import { label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { wireOk } from '../../../base/wire.ts';
import { action, type Ctx, type Done, done, type Happening, presentItems } from '../../action.ts';
import { actorById, issueCredential, personById } from '../store.ts';
import { decideHardware, isCloned, isUsable, makeChallenge, type Passkey, readChallenge } from './passkey.ts';
import * as store from './store.ts';
import { type Answered, challengeOf, creationOptions, requestOptions, verifyAnswered, verifyMade } from './webauthn.ts';
import * as wire from './wire.ts';

type Entered = z.input<typeof wire.enteredOut>;

const challengeMs = limits.challengeMinutes * minute;
const entering = 'enter this desk';
const registering = (personId: string) => `register a passkey of ${personId}`;

export const offerPasskey = action({
  name: 'orgs.offerPasskey',
  at: 'POST /api/passkeys/offer',
  summary: 'What a browser needs to make a passkey of yours for this hub (WebAuthn); the next step is orgs.addPasskey.',
  by: 'signed-in',
  secret: true,
  input: wire.nothing,
  output: wire.creationOut,
  async run(ctx) {
    const person = await personById(ctx.tx, ctx.actor.id);
    if (!person) return refuse('not_permitted', 'passkeys are of people');
    const known = await store.passkeysOf(ctx.tx, person.id);
    const refused = mayAdd(ctx, known);
    if (refused) return refused;
    return done(creationOptions(ctx.doors.passkeys, person, ask(ctx, registering(person.id)), known.filter(isUsable), challengeMs));
  },
});

export const addPasskey = action({
  name: 'orgs.addPasskey',
  at: 'POST /api/passkeys',
  summary: 'Keep the passkey that your browser has made.',
  by: 'signed-in',
  secret: true,
  input: wire.addInput,
  output: wire.passkeyOut,
  async run(ctx, input) {
    const person = await personById(ctx.tx, ctx.actor.id);
    if (!person) return refuse('not_permitted', 'passkeys are of people');
    const refused = mayAdd(ctx, await store.passkeysOf(ctx.tx, person.id));
    if (refused) return refused;
    const challenge = await spend(ctx, input.answer.response.clientDataJSON, registering(person.id));
    if (isRefusal(challenge)) return challenge;
    const made = await verifyMade(ctx.doors.passkeys, input.answer, challenge, ctx.now);
    if (isRefusal(made)) return made;
    const { credentialId, publicKey, counter, aaguid, transports, isSynced, attestation } = made;
    const passkey: Passkey = {
      ...{ id: ctx.id('pky'), personId: person.id, credentialId, publicKey, counter, aaguid, transports, name: input.name },
      ...decideHardware(isSynced, attestation),
      ...{ createdAt: ctx.now, usedAt: null, suspendedAt: null, revokedAt: null },
    };
    await store.insertPasskey(ctx.tx, passkey);
    const { id, hardware } = passkey;
    return done(passkey, event(person, 'org.passkey-added', { passkeyId: id, hardware, aaguid }));
  },
  present: wire.present,
});

export const passkeys = action({
  name: 'orgs.passkeys',
  at: 'GET /api/passkeys',
  summary: 'Your passkeys, the revoked too; coordinators see those of anybody.',
  by: 'signed-in',
  input: wire.listInput,
  output: wire.listOut,
  async run(ctx, { personId = ctx.actor.id }) {
    if (personId !== ctx.actor.id && !ctx.actor.roles.includes('coordinator')) return refuse('not_found', 'no such person', 'personId');
    return done({ items: await store.passkeysOf(ctx.tx, personId) });
  },
  present: presentItems(wire.present),
});

export const revokePasskey = action({
  name: 'orgs.revokePasskey',
  at: 'POST /api/passkeys/:id/revoke',
  summary:
    'Revoke a passkey of your own, in a session that a passkey opened, with every session it opened; a coordinator, that of anybody else.',
  by: 'signed-in',
  input: wire.revokeInput,
  output: wireOk,
  async run(ctx, input) {
    const passkey = await store.passkeyById(ctx.tx, input.id);
    const isOwn = passkey?.personId === ctx.actor.id;
    if (!passkey || passkey.revokedAt !== null || !(isOwn || ctx.actor.roles.includes('coordinator')))
      return refuse('not_found', 'no such passkey');
    if (isOwn && !isByPasskey(ctx)) return refuse('not_permitted', 'sign in with a passkey to revoke one, or have a coordinator revoke it');
    const person = await personById(ctx.tx, passkey.personId);
    await store.endPasskey(ctx.tx, passkey.id, 'revoked_at', ctx.now);
    const payload = { passkeyId: passkey.id, because: input.because ?? null };
    return done({ ok: true as const }, event(person!, 'org.passkey-revoked', payload));
  },
});

export const askPasskey = action({
  name: 'orgs.askPasskey',
  at: 'POST /api/sessions/passkey/ask',
  summary: 'What a browser needs to sign in with a passkey; the next step is orgs.enterByPasskey.',
  by: 'anyone',
  secret: true,
  input: wire.nothing,
  output: wire.requestOut,
  async run(ctx) {
    // No passkey is named: whoever asks is nobody yet, and learns of nobody's.
    return done(requestOptions(ctx.doors.passkeys, ask(ctx, entering), [], challengeMs));
  },
});

export const enterByPasskey = action({
  name: 'orgs.enterByPasskey',
  at: 'POST /api/sessions/passkey',
  summary: 'Exchange the answer of a passkey for a session.',
  by: 'anyone',
  secret: true,
  input: wire.enterInput,
  output: wire.enteredOut,
  async run(ctx, input): Promise<Done<Entered> | Refusal> {
    const signed = await signWith(ctx, input.answer, entering);
    if (isRefusal(signed)) return signed;
    const { personId } = signed.passkey;
    const holder = await actorById(ctx.tx, personId, ['*'], ctx.now);
    if (!holder?.orgId) return unknown();
    if (signed.cloned) return done({ suspended: true, because: signed.cloned.because }, signed.cloned.event);
    const expiresAt = plusMs(ctx.now, limits.sessionHours * hour);
    const session = await issueCredential(ctx, 'ses', personId, ['*'], expiresAt, signed.passkey.id);
    return done(session, event({ id: personId, orgId: holder.orgId }, 'org.signed-in', { passkeyId: signed.passkey.id }));
  },
});

/** What a browser needs to sign `subject` with one of the actor's own passkeys. */
export async function askToSign(ctx: Ctx, subject: string) {
  const known = (await store.passkeysOf(ctx.tx, ctx.actor.id)).filter(isUsable);
  return requestOptions(ctx.doors.passkeys, ask(ctx, subject), known, challengeMs);
}

interface Signed {
  readonly passkey: Passkey;
  readonly challenge: string;
  /** Its counter went back. The passkey is suspended already; the caller does nothing else, and says so. */
  readonly cloned?: { readonly because: string; readonly event: Happening };
}

/** The answer of a passkey to what this hub asked about `subject`: each is taken once. `by`: whose passkey it must be. */
export async function signWith(ctx: Ctx, answer: Answered, subject: string, by?: string): Promise<Signed | Refusal> {
  const challenge = await spend(ctx, answer.response.clientDataJSON, subject);
  if (isRefusal(challenge)) return challenge;
  const passkey = await store.passkeyByCredential(ctx.tx, answer.id);
  if (!passkey || !isUsable(passkey) || (by !== undefined && passkey.personId !== by)) return unknown();
  const counter = await verifyAnswered(ctx.doors.passkeys, answer, challenge, passkey);
  if (isRefusal(counter)) return counter;
  if (!isCloned(passkey.counter, counter)) {
    await store.countUse(ctx.tx, passkey.id, counter, ctx.now);
    return { passkey, challenge };
  }
  await store.endPasskey(ctx.tx, passkey.id, 'suspended_at', ctx.now);
  const because = 'this passkey was used by two devices: it is suspended, and its sessions have ended; see a coordinator';
  const person = await personById(ctx.tx, passkey.personId);
  const told = event(person!, 'org.passkey-suspended', { passkeyId: passkey.id, kept: passkey.counter, told: counter });
  return { passkey, challenge, cloned: { because, event: told } };
}

/** Unknown, revoked and suspended read the same: a stranger may try any. */
function unknown(): Refusal {
  return refuse('not_permitted', 'this passkey is not known here, or is not taken any more', '/answer');
}

/**
 * What somebody stole must not make itself a key: no token, and no session where there is or was a key, except by a key, or by a link that
 * came after the last one ended. Whoever lost theirs has it revoked by a coordinator, and enters by a link. docs/decisions/0032
 */
function mayAdd(ctx: Ctx, ever: readonly Passkey[]): Refusal | undefined {
  const usable = ever.filter(isUsable);
  if (usable.length >= limits.passkeysPerPerson) return refuse('too_many', `at most ${limits.passkeysPerPerson} passkeys`);
  const { credential, scopes } = ctx.actor;
  if (!credential?.id.startsWith('ses_') || !scopes.includes('*')) return refuse('not_permitted', 'passkeys are made at the desk only');
  if (isByPasskey(ctx)) return undefined;
  if (usable.length > 0)
    return refuse('not_permitted', 'you have a passkey: sign in with it to add another, or have a coordinator revoke it');
  const isOlder = ever.some((key) => credential.createdAt < (key.revokedAt ?? key.suspendedAt)!);
  return isOlder ? refuse('not_permitted', 'your passkey has ended since you signed in: ask a coordinator for a new link') : undefined;
}

function isByPasskey({ actor: { credential } }: Ctx): boolean {
  return typeof credential?.passkeyId === 'string' && credential.id.startsWith('ses_');
}

function ask(ctx: Ctx, subject: string): string {
  return makeChallenge(ctx.doors.keys.secret('challenges'), subject, plusMs(ctx.now, challengeMs), ctx.doors.chance(16));
}

async function spend(ctx: Ctx, clientDataJSON: string, subject: string): Promise<string | Refusal> {
  const challenge = challengeOf(clientDataJSON);
  if (isRefusal(challenge)) return challenge;
  const expiresAt = readChallenge(ctx.doors.keys.secret('challenges'), subject, challenge, ctx.now);
  if (isRefusal(expiresAt)) return expiresAt;
  if (!(await store.spendChallenge(ctx.tx, challenge, expiresAt, ctx.now)))
    return refuse('expired', 'this was answered already; ask again');
  return challenge;
}

function event(of: { readonly id: string; readonly orgId: string }, name: `org.${string}`, payload: unknown): Happening {
  return { event: name, thing: of.id, label: label('AMBER', of.orgId), payload };
}

export const passkeyActions = [offerPasskey, addPasskey, passkeys, revokePasskey, askPasskey, enterByPasskey];
