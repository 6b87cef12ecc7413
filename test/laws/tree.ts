import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Text without comments: what the program says. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** Path from the root for our own files; package name (`zod`, `@scope/name`, `node:fs`) for others. */
  readonly to: string;
  readonly ours: boolean;
}

export function filesUnder(dir: string, pattern: RegExp): string[] {
  return readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'))
    .sort();
}

export function sourceFiles(...dirs: string[]): SourceFile[] {
  return dirs.flatMap((dir) => filesUnder(dir, /\.tsx?$/)).map(sourceFile);
}

function sourceFile(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const code = withoutComments(text);
  return { path, text, code, imports: importsOf(path, code) };
}

/** Strips comments but not what stands in strings: a URL in a string is no comment. */
export function withoutComments(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (found) => (found.startsWith('/*') || found.startsWith('//') ? '' : found));
}

function importsOf(path: string, code: string): Import[] {
  const found = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((m) => {
    const to = (m[1] ?? m[2] ?? m[3])!;
    if (to.startsWith('.')) return { to: normalize(join(dirname(path), to)), ours: true };
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.startsWith('node:') ? to : to.split('/')[0]!;
    return { to: name, ours: false };
  });
}
