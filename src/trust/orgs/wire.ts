import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText, wireVerbatim } from '../../base/wire.ts';
import type { Actor } from '../access.ts';
import { type Org, roles } from './org.ts';

const email = z.email().max(limits.nameChars);
const scopes = z
  .array(z.string().regex(/^(\*|[a-z]+\.(\*|[a-zA-Z]+))$/, 'must be *, station.* or station.verb'))
  .min(1)
  .max(limits.scopesPerCredential);
const roleList = z.array(z.enum(roles)).min(1).max(roles.length);

export const foundInput = z.object({ secret: z.string().max(limits.secretChars), org: wireName, name: wireName, email });
export const createInput = z.object({ name: wireName, roles: roleList });
export const disableInput = z.object({ id: wireId('org'), disabled: z.boolean().default(true), because: wireText(limits.becauseChars) });
export const inviteInput = z.object({ orgId: wireId('org'), name: wireName, email });
export const reinstateInput = z.object({ personId: wireId('psn'), because: wireText(limits.becauseChars) });
export const addAgentInput = z.object({ orgId: wireId('org'), name: wireName, answerableId: wireId('psn') });
export const issueTokenInput = z.object({
  holderId: z.union([wireId('psn'), wireId('agt')]),
  scopes: scopes.default(['*']),
  days: z.coerce.number().int().min(1).max(limits.tokenDays).default(90),
});
export const credentialId = z.object({ id: wireVerbatim(64) });
export const issueLinkInput = z.object({ personId: wireId('psn') });
export const enterInput = z.object({ secret: z.string().max(limits.secretChars) });
export const nothing = z.object({});

export const orgOut = z.object({ id: wireId('org'), name: z.string(), roles: roleList });
export const orgList = z.object({ items: z.array(orgOut) });
export const personOut = z.object({ id: wireId('psn'), orgId: wireId('org'), name: z.string() });
export const agentOut = z.object({ id: wireId('agt'), orgId: wireId('org'), name: z.string(), answerableId: wireId('psn') });
export const secretOut = z.object({ id: z.string(), secret: z.string(), expiresAt: wireInstant });
export const orgById = z.object({ id: wireId('org') });
export const peopleInput = wirePage.extend({ orgId: wireId('org').optional() });
export const peopleOut = z.object({ items: z.array(personOut.extend({ email: z.string() })) });
export const colleaguesOut = z.object({ items: z.array(personOut) });
export const foundOut = z.object({ org: orgOut, person: personOut, session: secretOut });
export const whoOut = z.object({
  kind: z.enum(['house', 'person', 'agent', 'anonymous']),
  id: z.string(),
  orgId: z.string().nullable(),
  name: z.string(),
  roles: z.array(z.enum(roles)),
  scopes: z.array(z.string()),
});

export function present(org: Org, _viewer: Actor): z.input<typeof orgOut> {
  return { id: org.id, name: org.name, roles: [...org.roles] };
}
