import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const keysByOrigin = z.record(
  z.string().refine((text) => URL.parse(text)?.origin === text, 'not an origin such as https://models.example'),
  z
    .string()
    .min(1)
    .regex(/^[\x21-\x7e]+$/, 'not a key: printable ASCII without blanks'),
);

/**
 * The keys of model endpoints, by origin, from a JSON file of mode 0600. A file that others may read is refused, not
 * warned about: whoever read a key spends the developer's trust. No message holds what stands in the file.
 */
export function readModelKeys(path: string): Readonly<Record<string, string>> {
  const text = readPrivate(path, 'model keys');
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    // What JSON.parse complains of, it quotes.
    throw new Error(`the file of model keys ${path} is not JSON`);
  }
  const parsed = keysByOrigin.safeParse(said);
  if (!parsed.success) throw new Error(`the file of model keys ${path} must hold a JSON object, origin → key: ${problemOf(parsed.error)}`);
  return parsed.data;
}

/** Asks the open file, not the path, for its mode: between two looks at a path it may become another file. */
export function readPrivate(path: string, what: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Error(`the file of ${what} ${path} cannot be read`, { cause: error });
  }
  try {
    const { mode } = fstatSync(file);
    if ((mode & 0o7777) !== 0o600)
      throw new Error(`the file of ${what} ${path} has mode ${(mode & 0o7777).toString(8)}; make it 600: chmod 600 ${path}`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue?.code === 'invalid_key' ? 'a name in it is not an origin such as https://models.example' : (issue?.message ?? '');
}
