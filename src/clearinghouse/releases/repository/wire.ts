import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireInstant, wireVerbatim } from '../../../base/wire.ts';

export const nothing = z.object({});
/** The text of a signed root.json. */
export const rootInput = z.object({ root: wireVerbatim(limits.tufRootBytes) });
export const wireKey = z.string().regex(/^[0-9a-f]{64}$/, 'must be 32 bytes of an Ed25519 public key in hexadecimal');
export const keyInput = z.object({
  /** Package URL without version. */
  package: wireVerbatim(limits.purlBytes),
  /** The project's own Ed25519 key; null: the hub signs for it again. */
  publicKey: wireKey.nullable(),
});

const tufKey = z.object({ keytype: z.string(), scheme: z.string(), keyval: z.object({ public: z.string() }) });
export const onlineKeysOut = z.object({ generation: z.number(), timestamp: tufKey, snapshot: tufKey, targets: tufKey });
export const rootOut = z.object({ version: z.number(), expires: z.string(), signedBy: z.array(z.string()) });
export const roleOut = z.object({
  name: z.string(),
  package: z.string().nullable(),
  key: z.string().nullable(),
  nextKey: z.string().nullable(),
});
export const refreshOut = z.object({ published: z.boolean(), warned: z.boolean() });
export const statusOut = z.object({
  /** Null: no root was signed for this hub yet, and nothing of the repository is public. */
  root: rootOut.nullable(),
  roles: z.array(
    z.object({
      name: z.string(),
      package: z.string().nullable(),
      version: z.number(),
      expiresAt: wireInstant.nullable(),
      signedBy: z.enum(['hub', 'project']),
      state: z.enum(['current', 'waits-for-project', 'suspended', 'expiring']),
    }),
  ),
});
