import { z } from 'zod';
import { isPublic, tlps } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { wireBase64, wireId, wireInstant, wireName, wirePage, wireSha256, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { writers } from '../../cases/patches/patch.ts';
import { tierIn } from '../../cases/wire.ts';
import { targetFilePath } from '../repository/repository.ts';
import { type Artefact, artefactKinds, statementSuffix, targetPathOf } from './artefact.ts';

const fileName = z
  .string()
  .max(limits.filenameBytes - statementSuffix.length)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'a plain file name: letters, digits, dot, underscore, plus and hyphen')
  .refine((name) => !name.endsWith(statementSuffix), `names ending in ${statementSuffix} are for statements`);
const appliesTo = z
  .object({
    /** Git object name of the commit it applies to. */
    commit: z
      .string()
      .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a whole Git commit id')
      .nullable()
      .default(null),
    version: wireName.nullable().default(null),
  })
  .refine((to) => to.commit !== null || to.version !== null, 'name the commit or the version it applies to');

export const attachInput = z.object({
  advisoryId: wireId('adv'),
  kind: z.enum(artefactKinds),
  name: fileName,
  /** A patch of the case that the lab has judged; or else `data`. */
  patchId: wireId('pat').optional(),
  /** The file, in standard base64. */
  data: wireBase64(limits.artefactBytes).min(1).optional(),
  appliesTo,
  /** Under which it may be passed on; only CLEAR leaves the house. */
  marking: z.enum(tlps).default('CLEAR'),
  /** Of the case's patch it is known. */
  writtenBy: z.enum(writers).default('person'),
  /** Of a build: who built it, and on what. */
  builtBy: wireName.nullable().default(null),
  /** Why a patch goes out although our own re-run did not verify it: published with it. */
  reason: wireText(limits.becauseChars).nullable().default(null),
});
export const byId = z.object({ id: wireId('art') });
export const byAdvisory = z.object({ advisoryId: wireId('adv') });
export const approveInput = byId.extend({ sha256: wireSha256.optional() });
export const withdrawInput = byId.extend({ because: wireText(limits.becauseChars) });
export const signInput = byAdvisory.extend({
  /** SHA-256 of the text that was signed. */
  sha256: wireSha256,
  /** Ed25519, hexadecimal. */
  sig: z.string().regex(/^[0-9a-f]{128}$/, 'must be an Ed25519 signature in hexadecimal'),
});
export const page = wirePage;

const state = z.enum(['draft', 'approved', 'dropped', 'live', 'withdrawn']);
export const artefactOut = z.object({
  id: wireId('art'),
  kind: z.enum(artefactKinds),
  state,
  package: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  advisoryId: wireId('adv').optional(),
  name: z.string().optional(),
  appliesTo: z.object({ commit: z.string().nullable(), version: z.string().nullable() }).optional(),
  marking: z.enum(tlps).optional(),
  writtenBy: z.enum(writers).optional(),
  builtBy: z.string().nullish(),
  reason: z.string().nullish(),
  patchId: z.string().nullish(),
  attachedBy: z.string().optional(),
  answerableId: z.string().optional(),
  attachedAt: wireInstant.optional(),
  approvedBy: z.string().nullish(),
  approvedAt: wireInstant.nullish(),
  releaseId: wireId('rel').nullish(),
  liveAt: wireInstant.nullish(),
  /** Below the public root. */
  path: z.string().optional(),
  /** The DSSE envelope, as it is published. */
  statement: z.string().nullish(),
  /** Opens what was staged. */
  identity: z.string().nullish(),
  withdrawnAt: wireInstant.nullish(),
  withdrawnBecause: z.string().nullish(),
});
export const listOut = z.object({ items: z.array(artefactOut) });
export const contentOut = z.object({ id: wireId('art'), name: z.string(), sha256: z.string(), data: z.string() });
export const stagedOut = z.object({
  id: wireId('art'),
  name: z.string(),
  /** Of the encrypted file. */
  sha256: z.string(),
  /** An age file, in standard base64. */
  data: z.string(),
  goLiveAt: wireInstant,
});
export const stagingOut = z.object({ id: wireId('art'), sha256: z.string(), bytes: z.number() });
export const downloadsOut = z.object({
  items: z.array(z.object({ sha256: z.string(), personId: z.string(), orgId: z.string().nullable(), at: wireInstant })),
});
export const draftOut = z.object({
  /** What is to be signed, byte for byte: canonical JSON of the role's next metadata. */
  text: z.string(),
  sha256: z.string(),
  /** The public key that must sign it, hexadecimal. */
  key: z.string(),
});
export const signedOut = z.object({ ok: z.literal(true) });

export function present(artefact: Artefact, viewer: Actor): z.input<typeof artefactOut> {
  const { id, kind, state: at, package: of, sha256, bytes } = artefact;
  const least = { id, kind, state: at, package: of, sha256, bytes };
  if (isPublic(artefact.label)) return { ...least, ...published(artefact) };
  // DESIGN §7: tiers 2 and 3 know that there is an artefact, not where it came from.
  if (tierIn({ id: artefact.caseId }, viewer) > 1) return least;
  const { advisoryId, name, appliesTo: to, marking, writtenBy, builtBy, reason, patchId } = artefact;
  const { attachedBy, answerableId, attachedAt, approvedBy, approvedAt, withdrawnAt, withdrawnBecause } = artefact;
  return {
    ...{ ...least, advisoryId, name, appliesTo: to, marking, writtenBy, builtBy, reason, patchId },
    ...{ attachedBy, answerableId, attachedAt, approvedBy, approvedAt, withdrawnAt, withdrawnBecause },
  };
}

function published(artefact: Artefact): Partial<z.input<typeof artefactOut>> {
  const { advisoryId, name, appliesTo: to, writtenBy, builtBy, reason, releaseId, liveAt, statement, opened } = artefact;
  const { withdrawnAt, withdrawnBecause } = artefact;
  const path = targetFilePath(targetPathOf(artefact), artefact.sha256);
  const said = { advisoryId, name, appliesTo: to, writtenBy, builtBy, reason, releaseId, liveAt, path, statement };
  return { ...said, identity: opened, withdrawnAt, withdrawnBecause };
}
