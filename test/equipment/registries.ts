import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { tarOf } from './tar.ts';

/** `here`: as it should be · `gone`: everything is 404 · `lying`: other bytes under the same names · `broken`: ends in the middle · `down`: no answer. */
type Mood = 'here' | 'gone' | 'lying' | 'broken' | 'down';

export interface Registries {
  readonly origin: string;
  readonly files: Map<string, Buffer>;
  /** Paths that were asked for, in turn. */
  readonly asked: string[];
  mood: Mood;
  close(): Promise<void>;
}

/** Registries of one's own on 127.0.0.1: static files by their paths, and git repositories (git http-backend) under /git/. */
export async function serveRegistries(repositories: string): Promise<Registries> {
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => answer(registries, repositories, request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const registries: Registries = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    asked: [],
    mood: 'here',
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return registries;
}

function answer(registries: Registries, repositories: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url!, registries.origin);
  registries.asked.push(pathname);
  if (registries.mood === 'down') return void request.socket.destroy();
  if (registries.mood === 'here' && pathname.startsWith('/git/'))
    return void backend(repositories, pathname.slice(4), search.slice(1), request, response);
  // npm asks for @scope%2fname.
  const found = registries.files.get(decodeURIComponent(pathname));
  if (registries.mood === 'gone' || !found) return void response.writeHead(404).end('no');
  const [lies, breaks] = [registries.mood === 'lying', registries.mood === 'broken'];
  const isArchive = /\.(tgz|tar\.gz|whl|zip|xz)$/.test(pathname);
  const body = lies && isArchive ? Buffer.concat([found, Buffer.from('!')]) : found;
  const type = pathname.startsWith('/npm/') && !isArchive ? 'application/json' : isArchive ? 'application/octet-stream' : 'text/html';
  response.writeHead(200, { 'content-type': type, 'content-length': body.length });
  if (breaks && isArchive) response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
  else response.end(body);
}

/** RFC 3875, as much of it as git needs. */
function backend(root: string, path: string, query: string, request: IncomingMessage, response: ServerResponse): void {
  const { headers, method } = request;
  const env = {
    PATH: process.env.PATH,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: method,
    CONTENT_TYPE: headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
  };
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.once('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    const lines = all.subarray(0, end).toString().split('\r\n');
    const status = Number(/^Status: (\d+)/m.exec(lines.join('\n'))?.[1] ?? 200);
    response.writeHead(
      status,
      Object.fromEntries(lines.filter((l) => !l.startsWith('Status')).map((l) => l.split(': ', 2) as [string, string])),
    );
    response.end(all.subarray(end + 4));
  });
}

/** A package as npm's registry serves it: its document and its archive. */
export function publishNpm(
  registries: Registries,
  name: string,
  versions: Readonly<Record<string, { readonly needs?: Record<string, string>; readonly text: string }>>,
): void {
  const listed = Object.entries(versions).map(([version, { needs = {}, text }]) => {
    const manifest = { name, version, dependencies: needs };
    const bytes = gzipSync(
      tarOf([
        { name: 'package/package.json', bytes: Buffer.from(JSON.stringify(manifest)) },
        { name: 'package/index.js', bytes: Buffer.from(text) },
      ]),
    );
    const path = `/npm/${name}/-/${name}-${version}.tgz`;
    registries.files.set(path, bytes);
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    return [version, { ...manifest, dist: { tarball: registries.origin + path, integrity } }];
  });
  const last = Object.keys(versions).at(-1);
  registries.files.set(
    `/npm/${name}`,
    Buffer.from(JSON.stringify({ name, 'dist-tags': { latest: last }, versions: Object.fromEntries(listed) })),
  );
}

/** A project as a simple index serves it (PEP 503), with the files it is given by their names. Their digests, in turn. */
export function publishPypi(registries: Registries, project: string, files: Readonly<Record<string, Buffer>>): string[] {
  const digests = Object.values(files).map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  const anchors = Object.entries(files).map(([name, bytes], i) => {
    registries.files.set(`/files/${name}`, bytes);
    return `<a href="../../files/${name}#sha256=${digests[i]}">${name}</a>`;
  });
  registries.files.set(`/simple/${project}/`, Buffer.from(`<!DOCTYPE html><html><body>${anchors.join('<br/>\n')}</body></html>`));
  return digests;
}

export const digestOf = (algorithm: 'md5' | 'sha256', bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');

/** Signs what apt asks for first (Debian's repository format), with a key made for it. Where the public half lies. */
export function signRelease(registries: Registries, home: string): string {
  const gpg = (args: readonly string[], input?: string) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  const keyring = `${home}/archive.gpg`;
  gpg(['--quick-generate-key', 'archive@test.example', 'ed25519', 'sign', 'never']);
  gpg(['--output', keyring, '--export', 'archive@test.example']);
  const sources = registries.files.get('/debian/dists/stable/main/source/Sources')!;
  const release = [
    'Suite: stable',
    'Codename: stable',
    'Components: main',
    'Architectures: source',
    'Date: Sat, 01 Aug 2026 00:00:00 UTC',
    'SHA256:',
    ` ${digestOf('sha256', sources)} ${sources.length} main/source/Sources`,
    '',
  ].join('\n');
  registries.files.set('/debian/dists/stable/InRelease', gpg(['--clearsign', '--local-user', 'archive@test.example'], release));
  return keyring;
}
