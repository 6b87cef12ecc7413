import type { Form, Line } from './list.ts';
import { changedAt, documentIn, type Shown } from './shown.ts';

/**
 * The layout of the public bucket that OSV's clients read: `<ecosystem>/<id>.json`, `<ecosystem>/all.zip`, `all.zip`, `modified_id.csv`
 * at both levels with the newest first, and `ecosystems.txt` (https://google.github.io/osv.dev/data/#data-dumps).
 */
const root = 'osv/';

/** The ecosystems in which this advisory's record lies. */
export function ecosystemsOf(shown: Shown): string[] {
  const paths = documentIn(shown, 'osv')?.paths ?? [];
  return paths.map((path) => path.slice(root.length, path.lastIndexOf('/')));
}

export function osvLines(shown: Shown): Line[] {
  const record = documentIn(shown, 'osv');
  if (!record) return [];
  const at = changedAt(shown);
  const ids = record.paths.map((path) => path.slice(root.length, -'.json'.length));
  return [
    // A record may lie in several ecosystems, each a line here; all of them change at once.
    ...ids.map((id) => ({ path: `${root}modified_id.csv`, form: modified, text: `${at},${id}` })),
    ...ids.map((id) => {
      const slash = id.lastIndexOf('/');
      return { path: `${root}${id.slice(0, slash)}/modified_id.csv`, form: modified, text: `${at},${id.slice(slash + 1)}` };
    }),
  ];
}

const modified: Form = { keyOf: (line) => line.slice(line.indexOf(',') + 1) || undefined };

/** Archives that hold this advisory's record, and under which name. */
export function archivesOf(shown: Shown): string[] {
  const found = ecosystemsOf(shown).map((name) => `${root}${name}/all.zip`);
  return found.length === 0 ? [] : [`${root}all.zip`, ...found];
}

export function recordIn(shown: Shown): { readonly name: string; readonly text: string } | undefined {
  const record = documentIn(shown, 'osv');
  const path = record?.paths[0];
  return record && path !== undefined ? { name: path.slice(path.lastIndexOf('/') + 1), text: record.text } : undefined;
}

export function osvSummary(ecosystems: readonly string[]): [string, string][] {
  return ecosystems.length === 0 ? [] : [[`${root}ecosystems.txt`, `${ecosystems.join('\n')}\n`]];
}
