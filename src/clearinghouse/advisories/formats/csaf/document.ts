import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import type { Source } from '../../source.ts';
import { inOrder, members } from './members.ts';
import { acknowledgmentsOf, notesOf, referencesOf } from './said.ts';
import { treeOf } from './tree.ts';
import { vulnerabilityOf } from './vulnerability.ts';

export const tlpUrl = 'https://www.first.org/tlp/';

/** The whole document, of a source that says nothing the edition has no member for; no rule is looked at here. */
export function documentOf(source: Source, edition: Edition): Obj {
  const beyond = source.beyond[`csaf${edition}`] as { readonly root?: Obj; readonly document?: Obj } | undefined;
  const { publisher, severity } = source;
  const whole = members({
    ...(edition === '2.1' ? { $schema: 'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json' } : {}),
    document: members({
      acknowledgments: acknowledgmentsOf(source.credits),
      aggregate_severity: severity && members({ text: severity.text, namespace: severity.namespace }),
      category: source.category,
      csaf_version: edition,
      distribution: distributionOf(source, edition),
      lang: source.language,
      ...(edition === '2.1' ? { license_expression: source.license } : {}),
      notes: notesOf(source.notes, edition === '2.1'),
      publisher: members({
        category: publisher.category,
        name: publisher.name,
        namespace: publisher.namespace,
        contact_details: publisher.contact,
        issuing_authority: publisher.authority,
      }),
      references: referencesOf(source.references),
      source_lang: source.translatedFrom,
      title: source.title,
      tracking: trackingOf(source),
      ...beyond?.document,
    }),
    product_tree: treeOf(source, edition),
    vulnerabilities: source.vulnerabilities.map((v) => vulnerabilityOf(v, edition)),
    ...beyond?.root,
  });
  return inOrder(whole) as Obj;
}

const old = { CLEAR: 'WHITE', GREEN: 'GREEN', AMBER: 'AMBER', 'AMBER+STRICT': 'RED', RED: 'RED' } as const;

function distributionOf({ tlp, beyond }: Source, edition: Edition): Obj | undefined {
  const { text, url, sharing } = (beyond.csaf ?? {}) as { readonly text?: string; readonly url?: string | null; readonly sharing?: Obj };
  const link = url === undefined ? tlpUrl : url;
  // What names no label is for everybody (CSAF 2.1 §9.1.18).
  if (edition === '2.1') return members({ tlp: members({ label: tlp ?? 'CLEAR', url: link }), text, sharing_group: sharing });
  return members({ tlp: tlp && members({ label: old[tlp], url: link }), text });
}

function trackingOf({ tracking, beyond }: Source): Obj {
  const { generator, revisions } = tracking;
  return members({
    aliases: tracking.aliases,
    current_release_date: tracking.currentAt,
    generator: generator && members({ date: generator.at, engine: members({ name: generator.name, version: generator.version }) }),
    id: tracking.id,
    initial_release_date: tracking.initialAt,
    revision_history: revisions.map((r) => members({ date: r.at, legacy_version: r.legacy, number: r.number, summary: r.summary })),
    status: tracking.status,
    version: (beyond.csaf as { version?: string } | undefined)?.version ?? revisions.at(-1)!.number,
  })!;
}
