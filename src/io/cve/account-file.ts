import { z } from 'zod';
import { readPrivate } from '../models/key-file.ts';
import type { CveAccount } from './program.ts';

const printable = z.string().regex(/^[\x21-\x7e]{1,256}$/, 'printable ASCII without blanks');
const account = z.strictObject({ org: printable, user: printable, key: printable });

/** `{ "org": …, "user": …, "key": … }` in a file of mode 0600. No message holds what stands in it. */
export function readCveAccount(path: string): CveAccount {
  let said: unknown;
  try {
    said = JSON.parse(readPrivate(path, 'account with CVE Services'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`the file of the account with CVE Services ${path} is not JSON`);
    throw error;
  }
  const parsed = account.safeParse(said);
  if (!parsed.success) throw new Error(`the file of the account with CVE Services ${path} must hold org, user and key`);
  return parsed.data;
}
