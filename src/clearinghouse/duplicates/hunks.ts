import { createHash } from 'node:crypto';
import { limits } from '../../base/limits.ts';

/**
 * Fingerprints of a unified diff, one per hunk: the file's name and a digest of the lines it takes away and adds, without indentation.
 * Two patches share one when they make the same change, wherever in the file it stands and whatever surrounds it.
 */
export function hunksOf(patch: string): string[] {
  const found = new Set<string>();
  let file = '';
  let changed: string[] = [];
  const close = () => {
    if (changed.length > 0 && found.size < limits.traitHunks) found.add(`${file}:${digest(changed.join('\n'))}`);
    changed = [];
  };
  for (const line of patch.slice(0, limits.patchBytes).split('\n')) {
    if (line.startsWith('+++ ') || line.startsWith('--- ')) {
      close();
      const name = line.slice(4).split('\t')[0]!.trim();
      if (name !== '/dev/null') file = name.slice(name.lastIndexOf('/') + 1).slice(0, limits.filenameBytes);
    } else if (line.startsWith('@@') || line.startsWith('diff ')) close();
    else if (/^[+-]/.test(line) && line.slice(1).trim() !== '') changed.push(line[0] + line.slice(1).trim());
  }
  close();
  return [...found];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
