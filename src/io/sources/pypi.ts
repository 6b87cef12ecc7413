import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fetched, Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import type { Trees } from '../boxes/trees.ts';
import { download } from './download.ts';
import type { Files } from './files.ts';
import type { CompareVersions } from './history.ts';
import { chooseFile, type Listed, normalName, readIndex } from './pypi-index.ts';
import { layOut } from './site-packages.ts';
import { unpack } from './unpack/unpack.ts';

type PypiSource = Extract<Source, { kind: 'pypi' }>;
type Asked = Omit<NonNullable<PypiSource['requires']>[number], never>;

export interface Index {
  readonly dir: string;
  /** The address of a simple index (PEP 503), chosen by whoever runs this hub. */
  readonly url: string;
  readonly files: Files;
  readonly compare: CompareVersions;
}

/** A package and what the recipe says it imports, in `site-packages`. Nothing of theirs is run for it, and no resolver. */
export async function fetchPypi(index: Index, trees: Trees, source: PypiSource): Promise<Fetched | Refusal> {
  return withFresh(index.dir, async (fresh) => {
    const at = join(fresh, 'tree');
    const archives: Fetched['archives'][number][] = [];
    const used = { files: 0, bytes: 0 };
    for (const [i, asked] of [source, ...(source.requires ?? [])].entries()) {
      const got = await archiveOf(index, asked);
      if (isRefusal(got)) return refuse(got.code, `${asked.package} ${asked.version}: ${got.because}`, got.at);
      const unpacked = join(fresh, String(i));
      const strip = got.kind === 'wheel' ? 0 : 1;
      const failure =
        (await unpack(got.path, unpacked, { strip, links: 'skipped', used })) ?? (await layOut(unpacked, join(at, 'site-packages'), got));
      if (failure) return refuse(failure.code, `${asked.package} ${asked.version}: ${failure.because}`, failure.at);
      archives.push({ name: got.filename, sha256: got.sha256, checkedBy: 'pypi-sha256' });
    }
    const tree = await trees.add(at);
    return isRefusal(tree) ? tree : { tree, archives };
  });
}

/** With the hash of what the index offers today written down. */
export async function pinPypi(index: Index, source: PypiSource): Promise<PypiSource | Refusal> {
  const pinned: Asked[] = [];
  for (const asked of [source, ...(source.requires ?? [])]) {
    const { package: name, version } = asked;
    const found = await listed(index, asked);
    if (isRefusal(found)) return found;
    if (!found.sha256) return refuse('untrusted', `the index has no hash of ${found.filename}`);
    pinned.push({ package: name, version, sha256: found.sha256 });
  }
  const [main, ...requires] = pinned;
  return { kind: 'pypi', ...main!, ...(requires.length > 0 ? { requires } : {}) };
}

/** The versions that the index has today, in no order, each once. */
export async function pypiVersions(index: Index, source: PypiSource): Promise<PypiSource[] | Refusal> {
  const files = await filesOf(index, source.package);
  if (isRefusal(files)) return files;
  const usable = files.filter(({ isPure }) => isPure).map(({ version }) => version);
  return [...new Set(usable)].map((version) => ({
    kind: 'pypi',
    package: source.package,
    version,
    ...(source.requires ? { requires: source.requires } : {}),
  }));
}

type Got = Pick<Listed, 'filename' | 'kind' | 'version'> & { readonly path: string; readonly sha256: string; readonly package: string };

/** A pinned file that is kept here already is asked for nowhere: only what it is called would be news. */
async function archiveOf(index: Index, asked: Asked): Promise<Got | Refusal> {
  const kept = asked.sha256 === undefined ? undefined : await index.files.named(asked.sha256);
  const found = kept
    ? readIndex(JSON.stringify({ files: [{ filename: kept, url: kept }] }), asked.package, index.url)
    : await listed(index, asked);
  if (isRefusal(found)) return found;
  const file = Array.isArray(found) ? (found as readonly Listed[])[0] : (found as Listed);
  const sha256 = asked.sha256 ?? file?.sha256;
  if (!file || !sha256) return refuse('untrusted', 'the index announces no hash of the file, and the recipe has none');
  const path = await index.files.have(
    sha256,
    (to) => download(file.url, to, { reach: { chosenBy: 'operator' }, maxBytes: limits.archiveBytes }),
    file.filename,
  );
  return isRefusal(path) ? path : { path, sha256, filename: file.filename, kind: file.kind, version: file.version, package: asked.package };
}

async function listed(index: Index, asked: Asked): Promise<Listed | Refusal> {
  const files = await filesOf(index, asked.package);
  return isRefusal(files) ? files : chooseFile(files, asked, index.compare);
}

async function filesOf(index: Index, project: string): Promise<readonly Listed[] | Refusal> {
  const url = `${index.url.replace(/\/$/, '')}/${normalName(project)}/`;
  return withFresh(index.dir, async (fresh) => {
    const page = join(fresh, 'index');
    const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.5';
    const got = await download(url, page, { reach: { chosenBy: 'operator' }, maxBytes: limits.indexBytes, accept });
    if (isRefusal(got)) return got.code === 'not_found' ? refuse('not_found', `the index has no project ${project}`, 'package') : got;
    return readIndex(await readFile(page, 'utf8'), project, got.url);
  });
}
