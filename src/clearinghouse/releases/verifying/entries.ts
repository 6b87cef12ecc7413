import { doubt, isPlainPath } from './reading.ts';

/** What the log of releases says of one release, as far as a verifier needs it. */
export interface LoggedEntry {
  readonly id: string;
  readonly version: number;
  readonly documents: readonly { readonly path: string; readonly sha256: string }[];
  /** Where patches that came with the release lie in the repository; it vouches for them itself. */
  readonly targets: readonly string[];
}

/** `index` is the entry's place, from 0. A doubt where the log holds what nobody could check. */
export function parseEntry(text: string, index: number): LoggedEntry {
  const at = `entry ${index}`;
  let parsed: { id?: unknown; version?: unknown; documents?: unknown; seq?: unknown; artefacts?: unknown };
  try {
    parsed = Object(JSON.parse(text));
  } catch {
    return doubt('is not JSON', at);
  }
  const { id, version, documents, seq, artefacts } = parsed;
  if (seq !== index + 1) doubt('does not stand at the place that it names', at);
  if (typeof id !== 'string' || typeof version !== 'number' || !Array.isArray(documents))
    return doubt('is no entry of a log of releases', at);
  const named = documents.map((given) => {
    const { path, sha256 } = Object(given) as { path?: unknown; sha256?: unknown };
    if (typeof path !== 'string' || !isPlainPath(path)) return doubt('names a path that leads elsewhere', at);
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return doubt('names no digest', at);
    return { path, sha256 };
  });
  const carried = Array.isArray(artefacts) ? artefacts.map(Object) : [];
  const targets = carried.flatMap(({ path, statement }) => [path, Object(statement).path]).filter((path) => typeof path === 'string');
  return { id, version, documents: named, targets };
}
