import { latestWeakness } from '../../csaf/registers/cwe.ts';
import type { Credited, Note, Reference, Source, Vulnerability } from '../../source.ts';
import { advice } from './advice.ts';
import { type Block, linked, plain, type Section, section, type Words, worded } from './blocks.ts';
import { identityOf, type Names, namesOf, productTable } from './products.ts';

interface Outline {
  readonly title: string;
  /** Of what people wrote; the labels are English whatever it is. */
  readonly language: string;
  /** What must be read before everything else. */
  readonly banner: string | null;
  readonly sections: readonly Section[];
}

/** What an advisory says, for people: what it is, what to do, which versions, then everything else. */
export function outlineOf(source: Source): Outline {
  const names = namesOf(source);
  const many = source.vulnerabilities.length > 1;
  const own = source.notes.map((note) => noteSection(note, 2, names));
  return {
    title: source.title,
    language: source.language ?? 'en',
    banner: bannerOf(source),
    sections: [
      { heading: 'Overview', level: 2, blocks: [{ kind: 'fields', rows: overview(source) }] },
      ...advice(source, names),
      ...section('Affected and fixed versions', 2, productTable(source, names)),
      ...own,
      ...source.vulnerabilities.flatMap((v) => vulnerabilitySections(v, names, many)),
      ...section('Credits', 2, credits(source.credits)),
      ...section('References', 2, references(source.references)),
      ...section('Revision history', 2, [
        {
          kind: 'table',
          head: ['Version', 'When (UTC)', 'Change'],
          rows: source.tracking.revisions.map((r) => [
            plain(`${r.number}${r.legacy === null ? '' : ` (${r.legacy})`}`),
            plain(r.at),
            plain(r.summary),
          ]),
        },
      ]),
    ],
  };
}

function bannerOf({ tracking, category, translatedFrom }: Source): string | null {
  const said = [
    tracking.withdrawnAt === null
      ? []
      : `This advisory was withdrawn on ${tracking.withdrawnAt}. Do not act upon what it said; the reason is given below.`,
    category === 'csaf_superseded' ? 'This advisory was replaced by another one; see its references.' : [],
    tracking.status === 'draft' ? 'This is a draft.' : tracking.status === 'interim' ? 'This advisory may still change often.' : [],
    translatedFrom === null ? [] : `This is a translation; the original is in the language "${translatedFrom}".`,
  ].flat();
  return said.length === 0 ? null : said.join(' ');
}

type Row = readonly [string, readonly Words[]];
const row = (label: string, words: readonly Words[]): Row[] => (words.length === 0 ? [] : [[label, words]]);

function overview(source: Source): Row[] {
  const { tracking, publisher, severity } = source;
  const ids = source.vulnerabilities.flatMap((v) => [v.cve ?? [], v.ids.map((id) => id.text)].flat(2));
  const also = [...new Set([...tracking.aliases, ...ids])].filter((id) => id !== tracking.id);
  const scores = [...new Set(source.vulnerabilities.flatMap((v) => v.scores.flatMap((s) => scoreWords(s, publisher.name))))];
  const contact = [publisher.authority, publisher.contact].filter((t) => t !== null).join(' ');
  return [
    ...row('Identifier', plain(tracking.id)),
    ...row('Also known as', plain(also.join(', '))),
    ...row('Severity', plain(severity && `${severity.text}${severity.namespace ? ` (${severity.namespace})` : ''}`)),
    ...row('Scores', plain(scores.join('; '))),
    ...row('First published (UTC)', plain(tracking.initialAt)),
    ...row('This version (UTC)', plain(`${tracking.revisions.at(-1)!.number}, ${tracking.currentAt}`)),
    ...row('Publisher', [linked(publisher.namespace, publisher.name), ...plain(`(${publisher.category})`), ...plain(contact)]),
    ...row('May be shared', plain(`TLP:${source.tlp ?? 'CLEAR'}`)),
    ...row('Licence of this text', plain(source.license)),
    ...row('Language', plain(source.language)),
  ];
}

/** Each score with who said it. */
function scoreWords({ cvss, by, rating, epss }: Vulnerability['scores'][number], publisher: string): string[] {
  const who = ` by ${by ?? publisher}`;
  return [
    ...cvss.map((c) => `CVSS ${c.version} ${[c.base?.toFixed(1), c.severity].filter(Boolean).join(' ')}${who}`),
    ...(rating === null ? [] : [`${worded(rating)}${who}`]),
    ...(epss === null ? [] : [`EPSS ${epss.probability} on ${epss.at.slice(0, 10)}${who}`]),
  ];
}

function noteSection(note: Note, level: 2 | 3, names: Names): Section {
  const about = identityOf(note.productIds ?? [], note.groupIds ?? [], names);
  const rows: Row[] = [...row('Concerns', plain(about)), ...row('For', plain(note.audience))];
  return {
    heading: note.title ?? worded(note.category),
    level,
    blocks: [...(rows.length === 0 ? [] : [{ kind: 'fields' as const, rows }]), { kind: 'prose', text: note.text }],
  };
}

function vulnerabilitySections(v: Vulnerability, names: Names, many: boolean): Section[] {
  const about = (item: { readonly productIds: readonly string[]; readonly groupIds: readonly string[] }) =>
    plain(identityOf(item.productIds, item.groupIds, names));
  const fields: Row[] = [
    ...row('CVE', plain(v.cve)),
    ...row('Identifiers', plain(v.ids.map((id) => `${id.text} (${id.system})`).join(', '))),
    ...row(
      'Weaknesses',
      plain(v.weaknesses.map((w) => `${[w.id, w.name ?? latestWeakness(w.id)?.name].filter(Boolean).join(': ')}`).join('; ')),
    ),
    ...row('Found (UTC)', plain(v.discoveredAt)),
    ...row('Disclosed (UTC)', plain(v.disclosedAt)),
    ...v.exploitedAt.flatMap((e) => row('Exploited since (UTC)', [...plain(`${e.at}, as known on ${e.statedAt}`), ...about(e)])),
  ];
  const scores = v.scores.flatMap((s) => scoreRows(s, names));
  const statements = [
    ...v.threats.map((t) => [plain(worded(t.category)), plain(t.details), about(t), plain(t.at)]),
    ...v.justifications.map((j) => [plain('Not affected, because'), plain(worded(j.label)), about(j), plain(j.at)]),
    ...v.involvements.map((i) => [
      plain(`${worded(i.party)}: ${i.status.replaceAll('_', ' ')}`),
      plain([i.summary, i.contact].filter((t) => t !== null).join(' ')),
      about(i),
      plain(i.at),
    ]),
  ];
  const title = v.title ?? v.cve ?? v.ids[0]?.text ?? 'Vulnerability';
  return [
    { heading: many ? title : 'The vulnerability', level: 2, blocks: fields.length === 0 ? [] : [{ kind: 'fields', rows: fields }] },
    ...(many || v.title === null ? [] : section('Title', 3, [{ kind: 'prose', text: v.title }])),
    ...v.notes.map((note) => noteSection(note, 3, names)),
    ...section(
      'Severity',
      3,
      scores.length === 0 ? [] : [{ kind: 'table', head: ['Score', 'Vector', 'Said by', 'Products'], rows: scores }],
    ),
    ...section(
      'Statements',
      3,
      statements.length === 0 ? [] : [{ kind: 'table', head: ['What', 'Words', 'Products', 'When (UTC)'], rows: statements }],
    ),
    ...section('Credits of this vulnerability', 3, credits(v.credits)),
    ...section('References of this vulnerability', 3, references(v.references)),
  ];
}

function scoreRows(score: Vulnerability['scores'][number], names: Names): (readonly Words[])[][] {
  const tail = [plain(score.by ?? 'the publisher'), plain(identityOf(score.productIds, [], names))];
  const { cvss, ssvc, epss, rating } = score;
  return [
    ...cvss.map((c) => [
      plain(`CVSS ${c.version}: ${[c.base?.toFixed(1), c.severity].filter(Boolean).join(' ')}`),
      plain(c.vector),
      ...tail,
    ]),
    ...(ssvc?.selections.map((s) => [
      plain(`SSVC ${s.name ?? s.key}: ${s.values.map((value) => value.name ?? value.key).join(', ')}`),
      plain(`${s.namespace}:${s.key}:${s.version} ${s.values.map((value) => value.key).join(',')} on ${ssvc.at}`),
      ...tail,
    ]) ?? []),
    ...(epss === null ? [] : [[plain(`EPSS: ${epss.probability}`), plain(`percentile ${epss.percentile} on ${epss.at}`), ...tail]]),
    ...(rating === null ? [] : [[plain(worded(rating)), [], ...tail]]),
  ];
}

function credits(given: readonly Credited[]): Block[] {
  const items = given.map(({ names, organization, summary, urls, kind, at }) => {
    const who = [names.join(', '), organization].filter(Boolean).join(', ');
    const words = [who, kind === null ? '' : `(${kind.replaceAll('_', ' ')})`, at === null ? '' : `reported on ${at}`, summary ?? ''];
    return [...plain(words.filter((w) => w !== '').join(' ')), ...urls.map((url) => linked(url))];
  });
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function references(given: readonly Reference[]): Block[] {
  const items = given.map(({ kind, url, summary, isSelf }) => [
    ...plain(`${isSelf ? 'This advisory' : worded(kind)}${summary === null ? '' : `: ${summary}`}`),
    linked(url),
  ]);
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}
