import type { Remedy, Source } from '../../source.ts';
import { type Block, linked, plain, type Section, section, type Words, worded } from './blocks.ts';
import { identityOf, type Names } from './products.ts';

/** What helps most comes first. */
const order: readonly Remedy['category'][] = [
  'vendor_fix',
  'workaround',
  'mitigation',
  'optional_patch',
  'fix_planned',
  'none_available',
  'no_fix_planned',
];
const headings: Readonly<Record<Remedy['category'], string>> = {
  vendor_fix: 'Fix',
  workaround: 'Workaround',
  mitigation: 'Mitigation',
  optional_patch: 'Optional patch',
  fix_planned: 'Fix planned',
  none_available: 'No fix yet',
  no_fix_planned: 'No fix planned',
};

/** Remedies of every vulnerability; nothing, where there is nothing to do for what was withdrawn. */
export function advice(source: Source, names: Names): Section[] {
  const many = source.vulnerabilities.length > 1;
  const parts = source.vulnerabilities.flatMap((v, i) => {
    const remedies = v.remedies.toSorted((a, b) => order.indexOf(a.category) - order.indexOf(b.category));
    const label = many ? (v.cve ?? v.title ?? `vulnerability ${i + 1}`) : null;
    return remedies.map((remedy) => remedyBlocks(remedy, label, names));
  });
  return section('What to do', 2, parts.flat());
}

function remedyBlocks(remedy: Remedy, of: string | null, names: Names): Block[] {
  const { category, details, url, at, entitlements, restart } = remedy;
  const row = (label: string, words: readonly Words[]): (readonly [string, readonly Words[]])[] =>
    words.length === 0 ? [] : [[label, words]];
  return [
    {
      kind: 'fields',
      rows: [
        ...row(headings[category], plain(identityOf(remedy.productIds, remedy.groupIds, names) || 'every product named here')),
        ...row('Of', plain(of)),
        ...row('Available since (UTC)', plain(at)),
        ...row('Get it from', url === null ? [] : [linked(url)]),
        ...row('Needed for it', plain(entitlements.join('; '))),
        ...row('Restart', plain(restart && [worded(restart.category), restart.details].filter((t) => t !== null).join(': '))),
      ],
    },
    { kind: 'prose', text: details },
  ];
}
