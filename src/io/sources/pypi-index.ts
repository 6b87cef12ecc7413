import { z } from 'zod';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { CompareVersions } from './history.ts';

/** One file of a project, as a simple index lists it. */
export interface Listed {
  readonly filename: string;
  readonly version: string;
  readonly kind: 'wheel' | 'sdist';
  /** Runs on any machine with a Python 3. */
  readonly isPure: boolean;
  readonly url: string;
  readonly sha256: string | undefined;
}

/** PEP 503: the name under which an index lists a project. */
export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

const jsonIndex = z.object({
  files: z.array(z.object({ filename: z.string(), url: z.string(), hashes: z.record(z.string(), z.string()).default({}) })),
});

/** A project's page in either form: JSON (PEP 691) or HTML (PEP 503). Files that are neither wheel nor sdist of it are left out. */
export function readIndex(text: string, project: string, base: string): readonly Listed[] | Refusal {
  const rows = text.trimStart().startsWith('{') ? jsonRows(text) : htmlRows(text);
  if (isRefusal(rows)) return rows;
  return rows.flatMap(({ filename, href, sha256 }) => {
    const named = readFilename(filename, project);
    const url = URL.parse(href, base);
    if (!named || !url) return [];
    url.hash = '';
    return [{ filename, url: url.href, sha256, ...named }];
  });
}

interface Row {
  readonly filename: string;
  readonly href: string;
  readonly sha256: string | undefined;
}

function jsonRows(text: string): Row[] | Refusal {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refuse('unavailable', 'the index answered with broken JSON');
  }
  const index = jsonIndex.safeParse(document);
  if (!index.success) return refuse('unavailable', 'the index answered with what is no list of files (PEP 691)');
  return index.data.files.map(({ filename, url, hashes }) => ({ filename, href: url, sha256: digestIn(`sha256=${hashes.sha256}`) }));
}

/** Anchors only, from one to the next: a page of some megabytes is read once, whatever is in it. */
function htmlRows(text: string): Row[] {
  return text
    .split(/<a\s/i)
    .slice(1)
    .flatMap((rest) => {
      const close = rest.indexOf('>');
      const end = rest.indexOf('<', close);
      const [, href] = /href\s*=\s*["']([^"']*)["']/i.exec(rest.slice(0, Math.max(close, 0))) ?? [];
      if (href === undefined || end < 0) return [];
      const plain = href.replaceAll('&amp;', '&');
      return [{ filename: rest.slice(close + 1, end).trim(), href: plain, sha256: digestIn(plain.split('#')[1] ?? '') }];
    });
}

function digestIn(fragment: string): string | undefined {
  return /(?:^|&)sha256=([0-9a-f]{64})(?:$|&)/.exec(fragment)?.[1];
}

/** Wheels by the binary distribution format (PEP 427), sdists by PEP 625 and what was usual before it. */
function readFilename(filename: string, project: string): Pick<Listed, 'version' | 'kind' | 'isPure'> | undefined {
  if (filename.endsWith('.whl')) {
    const parts = filename.slice(0, -4).split('-');
    if ((parts.length !== 5 && parts.length !== 6) || normalName(parts[0]!) !== normalName(project)) return undefined;
    const [python, abi, platform] = parts.slice(-3);
    const isPure = abi === 'none' && platform === 'any' && python!.split('.').includes('py3');
    return { version: parts[1]!, kind: 'wheel', isPure };
  }
  const stem = /^(.{1,250})\.(?:tar\.gz|tgz|zip|tar)$/.exec(filename)?.[1];
  if (stem === undefined) return undefined;
  // The name may hold dashes and so may an old version: the project's own name decides where it ends.
  for (let at = stem.indexOf('-'); at >= 0; at = stem.indexOf('-', at + 1))
    if (normalName(stem.slice(0, at)) === normalName(project)) return { version: stem.slice(at + 1), kind: 'sdist', isPure: true };
  return undefined;
}

/** The file that is asked for: by its hash, or else the pure wheel, or else the sdist. */
export function chooseFile(
  files: readonly Listed[],
  asked: { readonly package: string; readonly version: string; readonly sha256?: string },
  compare: CompareVersions,
): Listed | Refusal {
  const ofVersion = files.filter(({ version }) => compare('pypi', version, asked.version) === 0);
  if (ofVersion.length === 0) {
    const has = [...new Set(files.map(({ version }) => version))].slice(-20).join(', ') || 'none';
    return refuse('not_found', `the index no longer has ${asked.package} ${asked.version}; it has ${has}`, 'version');
  }
  if (asked.sha256 !== undefined) {
    const found = ofVersion.find(({ sha256 }) => sha256 === asked.sha256);
    return (
      found ??
      refuse('untrusted', `none of the ${ofVersion.length} files of ${asked.package} ${asked.version} has the hash asked for`, 'sha256')
    );
  }
  const found = ofVersion.find(({ kind, isPure }) => kind === 'wheel' && isPure) ?? ofVersion.find(({ kind }) => kind === 'sdist');
  return found ?? refuse('not_found', `${asked.package} ${asked.version} comes for other machines only, without its source`, 'version');
}
