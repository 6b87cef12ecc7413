import type { Form, Line } from './list.ts';
import { changedAt, documentsIn, type Shown } from './shown.ts';

/**
 * The layout of the public bucket that OSV's clients read: `<ecosystem>/<id>.json`, `<ecosystem>/all.zip`, `all.zip`, `modified_id.csv`
 * at both levels with the newest first, and `ecosystems.txt` (https://google.github.io/osv.dev/data/#data-dumps).
 */
const root = 'osv/';

/** The ecosystems in which this advisory's records lie. */
export function ecosystemsOf(shown: Shown): string[] {
  const paths = documentsIn(shown, 'osv').flatMap((record) => record.paths);
  return [...new Set(paths.map(ecosystemAt))];
}

const ecosystemAt = (path: string) => path.slice(root.length, path.lastIndexOf('/'));

export function osvLines(shown: Shown): Line[] {
  const at = changedAt(shown);
  const ids = documentsIn(shown, 'osv').flatMap((record) => record.paths.map((path) => path.slice(root.length, -'.json'.length)));
  return [
    // Each flaw has a record, which may lie in several ecosystems, each a line here; all of them change at once.
    ...ids.map((id) => ({ path: `${root}modified_id.csv`, form: modified, text: `${at},${id}` })),
    ...ids.map((id) => {
      const slash = id.lastIndexOf('/');
      return { path: `${root}${id.slice(0, slash)}/modified_id.csv`, form: modified, text: `${at},${id.slice(slash + 1)}` };
    }),
  ];
}

const modified: Form = { keyOf: (line) => line.slice(line.indexOf(',') + 1) || undefined };

/** Archives that hold a record of this advisory. */
export function archivesOf(shown: Shown): string[] {
  const found = ecosystemsOf(shown).map((name) => `${root}${name}/all.zip`);
  return found.length === 0 ? [] : [`${root}all.zip`, ...found];
}

/** Each record, its name in an archive, and the archives that hold it. */
export function recordsIn(shown: Shown): { readonly name: string; readonly text: string; readonly archives: readonly string[] }[] {
  return documentsIn(shown, 'osv').flatMap(({ paths, text }) => {
    const [path] = paths;
    if (path === undefined) return [];
    const archives = [`${root}all.zip`, ...paths.map((p) => `${root}${ecosystemAt(p)}/all.zip`)];
    return [{ name: path.slice(path.lastIndexOf('/') + 1), text, archives }];
  });
}

export function osvSummary(ecosystems: readonly string[]): [string, string][] {
  return ecosystems.length === 0 ? [] : [[`${root}ecosystems.txt`, `${ecosystems.join('\n')}\n`]];
}
