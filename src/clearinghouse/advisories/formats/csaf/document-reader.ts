import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import type { Edition } from '../../csaf/csaf.ts';
import { isObject, type Obj, objectOf, sizeOf } from '../../csaf/json.ts';
import { documentShapes } from '../../csaf/shapes/document.ts';
import { firstErrors } from '../../csaf/shapes/shape.ts';
import { compareNumbers } from '../../csaf/tests/revisions.ts';
import type { Source, Tracking } from '../../source.ts';
import { tlpUrl } from './document.ts';
import { instantIn, members, objectIn, objectsIn, rest, textIn, textsIn } from './members.ts';
import { creditsIn, notesIn, referencesIn } from './said.ts';
import { treeIn } from './tree-reader.ts';
import { vulnerabilityIn } from './vulnerability-reader.ts';

interface Parsed {
  readonly edition: Edition;
  readonly source: Source;
}

/** What a document says, member by member. One that has not the form of its schema is refused, with the place. */
export function documentIn(value: unknown): Parsed | Refusal {
  const { csaf_version: edition } = objectIn(objectOf(value), 'document');
  if (edition !== '2.0' && edition !== '2.1') return refuse('unsupported', 'CSAF 2.0 and 2.1 are read', '/document/csaf_version');
  const size = sizeOf(value, limits.csafDepth);
  if (size.tooDeep) return refuse('too_large', `a document has at most ${limits.csafDepth} levels`);
  if (size.values > limits.csafValues) return refuse('too_large', `a document has at most ${limits.csafValues} values`);
  const [wrong] = firstErrors(documentShapes[edition], value, '', 1);
  if (wrong) return refuse('malformed', wrong.message, wrong.pointer);
  return { edition, source: sourceIn(value as Obj, edition) };
}

function sourceIn(whole: Obj, edition: Edition): Source {
  const document = objectIn(whole, 'document');
  const publisher = objectIn(document, 'publisher');
  const tracking = trackingIn(objectIn(document, 'tracking'));
  const severity = objectIn(document, 'aggregate_severity');
  const day = tracking.currentAt.slice(0, 10);
  return {
    category: textIn(document, 'category')!,
    title: textIn(document, 'title')!,
    language: textIn(document, 'lang'),
    translatedFrom: textIn(document, 'source_lang'),
    tlp: labelIn(document),
    publisher: {
      category: publisher.category as Source['publisher']['category'],
      name: textIn(publisher, 'name')!,
      namespace: textIn(publisher, 'namespace')!,
      contact: textIn(publisher, 'contact_details'),
      authority: textIn(publisher, 'issuing_authority'),
    },
    tracking,
    severity:
      document.aggregate_severity === undefined ? null : { text: textIn(severity, 'text')!, namespace: textIn(severity, 'namespace') },
    license: edition === '2.1' ? textIn(document, 'license_expression') : null,
    notes: notesIn(document),
    references: referencesIn(document),
    credits: creditsIn(document),
    ...treeIn(objectIn(whole, 'product_tree'), edition),
    vulnerabilities: objectsIn(whole, 'vulnerabilities').map((v) => vulnerabilityIn(v, edition, day)),
    beyond: beyondIn(whole, edition),
  };
}

function labelIn(document: Obj): Source['tlp'] {
  const label = textIn(objectIn(objectIn(document, 'distribution'), 'tlp'), 'label');
  return label === 'WHITE' ? 'CLEAR' : (label as Source['tlp']);
}

function trackingIn(tracking: Obj): Tracking {
  const revisions = objectsIn(tracking, 'revision_history').map((revision) => ({
    number: textIn(revision, 'number')!,
    legacy: textIn(revision, 'legacy_version'),
    at: instantIn(revision, 'date')!,
    summary: textIn(revision, 'summary')!,
  }));
  const generator = objectIn(tracking, 'generator');
  const engine = objectIn(generator, 'engine');
  return {
    id: textIn(tracking, 'id')!,
    aliases: textsIn(tracking, 'aliases'),
    status: tracking.status as Tracking['status'],
    initialAt: instantIn(tracking, 'initial_release_date')!,
    currentAt: instantIn(tracking, 'current_release_date')!,
    revisions: revisions.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)) || compareNumbers(a.number, b.number)),
    withdrawnAt: null,
    generator: isObject(generator.engine)
      ? { name: textIn(engine, 'name')!, version: textIn(engine, 'version'), at: instantIn(generator, 'date') }
      : null,
  };
}

const documentMembers =
  'acknowledgments aggregate_severity category csaf_version distribution lang license_expression notes publisher references source_lang title tracking';

function beyondIn(whole: Obj, edition: Edition): Source['beyond'] {
  const document = objectIn(whole, 'document');
  const distribution = objectIn(document, 'distribution');
  const tracking = objectIn(document, 'tracking');
  const last = trackingIn(tracking).revisions.at(-1)!.number;
  const tlp = objectIn(distribution, 'tlp');
  const csaf = {
    ...(distribution.text === undefined ? {} : { text: distribution.text }),
    ...(distribution.tlp === undefined || tlp.url === tlpUrl ? {} : { url: tlp.url ?? null }),
    ...(distribution.sharing_group === undefined ? {} : { sharing: distribution.sharing_group }),
    ...(tracking.version === last ? {} : { version: tracking.version }),
  };
  const own = members({
    root: rest(whole, edition === '2.1' ? '$schema document product_tree vulnerabilities' : 'document product_tree vulnerabilities'),
    document: rest(document, documentMembers),
  });
  return {
    ...(Object.keys(csaf).length === 0 ? {} : { csaf }),
    ...(own ? { [`csaf${edition}`]: own } : {}),
  };
}
