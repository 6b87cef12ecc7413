import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText, wireVerbatim } from '../../../base/wire.ts';
import { hardwares, isUsable, type Passkey } from './passkey.ts';

const encoded = z
  .string()
  .max(limits.passkeyAnswerChars)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding');
const answerOf = <R extends z.ZodRawShape>(response: R) =>
  z.object({ id: encoded, rawId: encoded, type: z.literal('public-key'), response: z.object({ clientDataJSON: encoded, ...response }) });

export const made = answerOf({ attestationObject: encoded, transports: z.array(wireVerbatim(32)).max(16).optional() });
/** What a browser's `navigator.credentials.get()` answers, as JSON (WebAuthn level 3 §5.1). */
export const answered = answerOf({ authenticatorData: encoded, signature: encoded, userHandle: encoded.optional() });

export const nothing = z.object({});
export const addInput = z.object({ name: wireName, answer: made });
export const listInput = z.object({ personId: wireId('psn').optional() });
export const revokeInput = z.object({ id: wireId('pky'), because: wireText(limits.becauseChars).optional() });
export const enterInput = z.object({ answer: answered });

const known = z.array(z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()) }));
const asked = z.object({ challenge: z.string(), timeout: z.number() });
/** PublicKeyCredentialCreationOptionsJSON. */
export const creationOut = asked.extend({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number() })),
  excludeCredentials: known,
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.boolean(),
    userVerification: z.literal('required'),
  }),
  attestation: z.enum(['none', 'direct']),
});
/** PublicKeyCredentialRequestOptionsJSON. */
export const requestOut = asked.extend({ rpId: z.string(), userVerification: z.literal('required'), allowCredentials: known });

export const passkeyOut = z.object({
  id: wireId('pky'),
  name: z.string(),
  state: z.enum(['usable', 'suspended', 'revoked']),
  hardware: z.enum(hardwares),
  hardwareBecause: z.string(),
  createdAt: wireInstant,
  usedAt: wireInstant.nullable(),
});
export const listOut = z.object({ items: z.array(passkeyOut) });
/** Without a secret: the passkey was answered for by two devices, and is suspended. */
export const enteredOut = z.union([
  z.object({ id: z.string(), secret: z.string(), expiresAt: wireInstant }),
  z.object({ suspended: z.literal(true), because: z.string() }),
]);

export function present(of: Passkey): z.input<typeof passkeyOut> {
  const { id, name, hardware, hardwareBecause, createdAt, usedAt } = of;
  const state = isUsable(of) ? 'usable' : of.revokedAt !== null ? 'revoked' : 'suspended';
  return { id, name, state, hardware, hardwareBecause, createdAt, usedAt };
}
