import type { Instant } from '../../../../base/instant.ts';
import { readMetadata } from './metadata.ts';
import { readSecurityMd } from './security-md.ts';
import { readSecurityTxt } from './security-txt.ts';
import { type FileKind, type Found, type GivenFile, type Hint, type Reading, ranked } from './suggestion.ts';

interface LookedUp extends Reading {
  /** Files that could not be read as what they are called: nothing can be told from them, which is not that they name nobody. */
  readonly unread: readonly string[];
}

/** Every place where these files say the project may be reached, best first. */
export function lookUp(files: readonly GivenFile[], now: Instant): LookedUp {
  const found: { kind: FileKind; suggestion: Found & { file: string } }[] = [];
  const hints: Hint[] = [];
  const unread: string[] = [];
  for (const file of files) {
    const read = readFile(file, now);
    if (!read) unread.push(file.name);
    for (const suggestion of read?.found ?? []) found.push({ kind: file.kind, suggestion: { ...suggestion, file: file.name } });
    for (const hint of read?.hints ?? []) hints.push({ ...hint, file: file.name });
  }
  return { suggestions: ranked(found), hints: hints.slice(0, 100), unread };
}

function readFile(file: GivenFile, now: Instant): { found: Found[]; hints: Omit<Hint, 'file'>[] } | undefined {
  if (file.kind === 'security-txt') return readSecurityTxt(file, now);
  if (file.kind === 'security-md') return readSecurityMd(file);
  const found = readMetadata(file);
  return found && { found, hints: [] };
}

/** What a file is by its name, where its name says so. */
export function kindOf(name: string): FileKind | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  if (base === 'security.txt') return 'security-txt';
  if (/^security(-policy)?\.(md|markdown|rst|adoc)$/.test(base)) return 'security-md';
  if (base === 'package.json') return 'npm';
  if (base === 'cargo.toml') return 'cargo';
  if (base === 'control' || base === 'copyright' || base === 'metadata') return 'debian';
  return /^private-vulnerability-reporting(\.json)?$/.test(base) ? 'github-reporting' : undefined;
}
