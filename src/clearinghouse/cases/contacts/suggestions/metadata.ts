import { doubtsOf, emailsIn, isAddress } from './address.ts';
import type { Channel, FileKind, Found, GivenFile } from './suggestion.ts';

type Said = Pick<Found, 'channel' | 'value' | 'attempt' | 'because'> & { readonly line?: number; readonly doubts?: readonly string[] };

/** What package registries keep of a project, as they answer it; undefined when the file is not of its kind. */
export function readMetadata(file: GivenFile): Found[] | undefined {
  const said = readers[file.kind]?.(file);
  return said
    ?.filter(({ value }) => isAddress(value))
    .map((s) => ({ ...s, line: s.line ?? null, doubts: [...(s.doubts ?? []), ...doubtsOf(s.value)] }));
}

const readers: Partial<Record<FileKind, (file: GivenFile) => Said[] | undefined>> = {
  npm: ({ text }) => withObject(text, npm),
  pypi: ({ text }) => withObject(text, (whole) => pypi(objectOf(whole.info) ?? whole)),
  'github-reporting': ({ text, url }) => withObject(text, (whole) => github(whole, url)),
  debian,
  cargo,
};

type Json = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 100) : []);
const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, 4000) : '');

function withObject(text: string, read: (whole: Json) => Said[] | undefined): Said[] | undefined {
  try {
    const whole = objectOf(JSON.parse(text));
    return whole && read(whole);
  } catch {
    return undefined;
  }
}

/** Whoever publishes a package is not thereby who answers for its security. */
const publishes = (registry: string) => `publishes it on ${registry}`;
const mails = (text: string, attempt: 2 | 3, because: string, line?: number): Said[] =>
  emailsIn(text).map((value) => ({ channel: 'email' as const, value, attempt, because, ...(line === undefined ? {} : { line }) }));

/** package.json, or a registry's document of a package. */
function npm(whole: Json): Said[] {
  const bugs = objectOf(whole.bugs);
  const people = [whole.author, ...listOf(whole.maintainers), ...listOf(whole.contributors)];
  const said = people.flatMap((person) => mails(textOf(objectOf(person)?.email ?? person), 2, publishes('npm')));
  const tracker = textOf(bugs?.url ?? whole.bugs);
  const mail = textOf(bugs?.email);
  return [...mails(mail, 2, 'package.json takes bugs there'), ...said, ...trackers(tracker, 'package.json takes bugs there')];
}

/** `info` of PyPI's JSON. */
function pypi(info: Json): Said[] {
  const links = Object.entries(objectOf(info.project_urls) ?? {}).slice(0, 100);
  const security = links.filter(([name]) => /securit|vulnerab/i.test(name)).map(([, url]) => textOf(url));
  const said: Said[] = security.map((value) => ({ channel: channelOf(value), value, attempt: 1, because: 'PyPI names it for security' }));
  const people = `${textOf(info.maintainer_email)} ${textOf(info.author_email)}`;
  const tracker = links
    .filter(([name]) => /bug|issue|track/i.test(name))
    .flatMap(([, url]) => trackers(textOf(url), 'PyPI names it for bugs'));
  return [...said, ...mails(people, 2, publishes('PyPI')), ...tracker];
}

function channelOf(value: string): Channel {
  return value.includes('@') && !value.includes('://') ? 'email' : 'form';
}

function trackers(url: string, because: string): Said[] {
  if (!/^https?:\/\//i.test(url)) return [];
  return [{ channel: 'tracker', value: url, attempt: 3, because, doubts: ['public: not for what is under embargo'] }];
}

/** GitHub's answer to whether private reporting is on for a repository; its address is that of the answer. */
function github(whole: Json, url: string | null): Said[] | undefined {
  if (typeof whole.enabled !== 'boolean') return undefined;
  const repository = /\/repos\/([\w.-]{1,100}\/[\w.-]{1,100})\/private-vulnerability-reporting\/?$/.exec(url ?? '')?.[1];
  if (!whole.enabled || !repository) return [];
  const value = `https://github.com/${repository}/security/advisories/new`;
  return [{ channel: 'private-report', value, attempt: 1, because: 'private reporting is on for the repository' }];
}

/** Lines `Name: value` of debian/control, debian/copyright and debian/upstream/metadata (DEP-5, DEP-12). */
function debian({ text }: GivenFile): Said[] {
  return text.split(/\r?\n/).flatMap((raw, i): Said[] => {
    const found = /^([A-Za-z-]{1,40}):[ \t]{0,8}(.{1,2000})$/.exec(raw);
    if (!found) return [];
    const name = found[1]!.toLowerCase();
    const value = found[2]!.trim().replace(/^["']|["']$/g, '');
    const line = i + 1;
    if (name === 'security-contact') {
      const [mail] = emailsIn(value);
      const security = { attempt: 1, because: 'Debian’s upstream metadata names it for security', line } as const;
      if (mail) return [{ channel: 'email', value: mail, ...security }];
      return /^https?:\/\//i.test(value) ? [{ channel: 'form', value, ...security }] : [];
    }
    if (name === 'upstream-contact' || name === 'contact') return mails(value, 2, 'Debian knows it as upstream’s contact', line);
    if (name === 'maintainer' || name === 'uploaders') return mails(value, 3, 'packages it for Debian', line);
    if (name === 'bug-submit' || name === 'bug-database') return trackers(value, 'Debian knows it as upstream’s tracker');
    return [];
  });
}

/** Cargo.toml: `authors`, which may go over several lines. */
function cargo({ text }: GivenFile): Said[] {
  let isOfAuthors = false;
  return text.split(/\r?\n/).flatMap((raw, i): Said[] => {
    const line = raw.slice(0, 4000);
    if (/^\s{0,8}authors\s{0,8}=\s{0,8}\[/.test(line)) isOfAuthors = true;
    if (!isOfAuthors) return [];
    isOfAuthors = !line.includes(']');
    return mails(line, 2, 'Cargo.toml names its author', i + 1);
  });
}
