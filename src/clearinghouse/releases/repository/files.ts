import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { keyIdOf, type Signed, signedBytes, type TufKey } from './metadata.ts';
import { isSignedWith, roleKeys, signatures, tufKeyShape } from './root.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const roleName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/);
const common = {
  spec_version: z.string().regex(/^1\.0(\.\d{1,3})?$/),
  version: z.int().min(1),
  expires: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
};
const length = z.int().min(0).max(limits.publicFileBytes);
export const fileMeta = z.strictObject({ version: z.int().min(1), length, hashes: z.strictObject({ sha256: digest }) });
const delegated = roleKeys.extend({
  name: roleName,
  terminating: z.boolean(),
  paths: z.array(z.string().max(limits.publicPathChars)).max(limits.tufTargetsPerProject).optional(),
  path_hash_prefixes: z
    .array(z.string().regex(/^[0-9a-f]{1,64}$/))
    .max(256)
    .optional(),
});
const fileOf = <S extends z.ZodType>(signed: S) => z.strictObject({ signatures, signed });

/** The files of a repository but its roots, as we write them (TUF §4.4–4.6); hostile until they come through here. */
export const roleFiles = {
  timestamp: fileOf(z.strictObject({ _type: z.literal('timestamp'), ...common, meta: z.strictObject({ 'snapshot.json': fileMeta }) })),
  snapshot: fileOf(z.strictObject({ _type: z.literal('snapshot'), ...common, meta: z.record(z.string().max(120), fileMeta) })),
  targets: fileOf(
    z.strictObject({
      _type: z.literal('targets'),
      ...common,
      targets: z.record(
        z.string().max(limits.publicPathChars),
        z.strictObject({ length, hashes: z.strictObject({ sha256: digest }), custom: z.looseObject({}) }),
      ),
      delegations: z
        .strictObject({
          keys: z
            .record(digest, tufKeyShape)
            .refine((keys) => Object.entries(keys).every(([id, key]) => keyIdOf(key) === id), 'a keyid is the SHA-256 of its key'),
          roles: z.array(delegated),
        })
        .optional(),
    }),
  ),
};

export type SignedFile<R extends keyof typeof roleFiles> = z.infer<(typeof roleFiles)[R]>;

/** How many of these keys have signed, each counted once. */
export function signersAmong(
  file: SignedFile<keyof typeof roleFiles>,
  keys: Readonly<Record<string, TufKey>>,
  keyids: readonly string[],
): number {
  const bytes = signedBytes(file.signed as Signed);
  return [...new Set(keyids)].filter((id) => {
    const [key, given] = [keys[id], file.signatures.find((s) => s.keyid === id)];
    return key && given && isSignedWith(key, bytes, given.sig);
  }).length;
}
