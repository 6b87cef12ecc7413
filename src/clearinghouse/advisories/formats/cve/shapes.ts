import { isObject, listOf as listIn } from '../../csaf/json.ts';
import { flag, listOf, object, type Shape, text, wordOf } from '../../csaf/shapes/shape.ts';
import { cvssMembers } from './cvss.ts';
import {
  chars,
  cpe,
  cpe23,
  cveId,
  dataVersion,
  isEnglish,
  language,
  shortName,
  status,
  tagOf,
  timestamp,
  uri,
  uuid,
  version,
} from './forms.ts';

const closed = (members: Record<string, Shape>, required = '') => object(members, { required, closed: true });
/** At least one, none twice. */
const set = (item: Shape, least = 1) => listOf(item, { least, unique: true });

const texts = chars(1, 4096);
const description = closed(
  {
    lang: language,
    value: texts,
    supportingMedia: set(closed({ type: chars(1, 256), base64: flag, value: chars(1, 16384) }, 'type value')),
  },
  'lang value',
);
const plain = set(description);
const descriptions: Shape = (value, pointer, to) => {
  plain(value, pointer, to);
  if (!listIn(value).some((item) => isObject(item) && isEnglish(item.lang))) to.error(pointer, 'one of them must be in English');
};

const referenceTags =
  'broken-link customer-entitlement exploit government-resource issue-tracking mailing-list mitigation not-applicable patch permissions-required media-coverage product related release-notes signature technical-description third-party-advisory vendor-advisory vdb-entry';
const someReferences = set(closed({ url: uri, name: chars(1, 512), tags: set(tagOf(referenceTags)) }, 'url'));
const references: Shape = (value, pointer, to) => {
  if (Array.isArray(value) && value.length > 512) to.error(pointer, 'must have at most 512 items');
  else someReferences(value, pointer, to);
};

const change = closed({ at: version, status }, 'at status');
const someVersion = closed(
  { version, status, versionType: chars(1, 128), lessThan: version, lessThanOrEqual: version, changes: set(change) },
  'version status',
);
/** One version, or a range with its type and one upper end. */
const versionOrRange: Shape = (value, pointer, to) => {
  someVersion(value, pointer, to);
  if (!isObject(value)) return;
  const has = (name: string) => Object.hasOwn(value, name);
  if (has('lessThan') && has('lessThanOrEqual')) to.error(pointer, 'has two upper ends');
  else if (has('lessThan') || has('lessThanOrEqual')) {
    if (!has('versionType')) to.error(pointer, 'versionType is missing');
  } else if (has('changes')) to.error(`${pointer}/changes`, 'only a range has changes');
};

const productMembers = {
  vendor: chars(1, 512),
  product: chars(1, 2048),
  collectionURL: uri,
  packageName: chars(1, 2048),
  packageURL: uri,
  cpes: set(cpe, 0),
  modules: set(texts, 0),
  programFiles: set(chars(1, 1024), 0),
  programRoutines: set(closed({ name: texts }, 'name'), 0),
  platforms: set(chars(0, 1024)),
  repo: uri,
  defaultStatus: status,
  versions: set(versionOrRange),
};

/** Until 5.1 anything could stand beside the members that are defined; since 5.2 nothing may. */
function affectedOf(isClosed: boolean): Shape {
  const members = object(productMembers, { closed: isClosed });
  const product: Shape = (value, pointer, to) => {
    members(value, pointer, to);
    if (!isObject(value)) return;
    const has = (...names: string[]) => names.every((name) => Object.hasOwn(value, name));
    if (!has('vendor', 'product') && !has('collectionURL', 'packageName'))
      to.error(pointer, 'vendor and product, or collectionURL and packageName, are missing');
    if (!has('versions') && !has('defaultStatus')) to.error(pointer, 'versions or defaultStatus is missing');
  };
  return listOf(product);
}

const cpeMatch = closed(
  {
    vulnerable: flag,
    criteria: cpe23,
    matchCriteriaId: uuid,
    versionStartExcluding: version,
    versionStartIncluding: version,
    versionEndExcluding: version,
    versionEndIncluding: version,
  },
  'vulnerable criteria',
);
const operator = wordOf('AND OR');
const cpeNode = object({ operator, negate: flag, cpeMatch: listOf(cpeMatch, { least: 0 }) }, { required: 'operator cpeMatch', free: true });
const cpeApplicability = listOf(
  object({ operator, negate: flag, nodes: listOf(cpeNode, { least: 0 }) }, { required: 'nodes', free: true }),
  { least: 0 },
);

const problemType = closed(
  {
    lang: language,
    description: texts,
    cweId: chars(5, 9, { test: (value) => /^CWE-[1-9][0-9]*$/.test(value), is: 'a CWE id' }),
    type: chars(1, 128),
    references,
  },
  'lang description',
);
const capecId = chars(7, 11, { test: (value) => /^CAPEC-[1-9][0-9]{0,4}$/.test(value), is: 'a CAPEC id' });

const someMetric = closed({
  format: chars(1, 64),
  scenarios: set(closed({ lang: language, value: texts }, 'lang value')),
  ...cvssMembers,
  other: closed({ type: chars(1, 128), content: object({}, { least: 1, free: true }) }, 'type content'),
});
const metric: Shape = (value, pointer, to) => {
  someMetric(value, pointer, to);
  if (isObject(value) && ![...Object.keys(cvssMembers), 'other'].some((name) => Object.hasOwn(value, name)))
    to.error(pointer, 'a score is missing');
};

const creditTypes = [
  'finder',
  'reporter',
  'analyst',
  'coordinator',
  'remediation developer',
  'remediation reviewer',
  'remediation verifier',
  'tool',
  'sponsor',
  'other',
];
const creditType = text({ test: (value) => creditTypes.includes(value), is: `one of ${creditTypes.join(', ')}` });
const relation = closed(
  { taxonomyId: chars(1, 2048), relationshipName: chars(1, 128), relationshipValue: chars(1, 2048) },
  'taxonomyId relationshipName relationshipValue',
);

/** What a CNA and an ADP say in the same words. */
function contents(isClosed: boolean): Record<string, Shape> {
  return {
    providerMetadata: closed({ orgId: uuid, shortName, dateUpdated: timestamp }, 'orgId'),
    datePublic: timestamp,
    title: chars(1, 256),
    descriptions,
    affected: affectedOf(isClosed),
    cpeApplicability,
    problemTypes: set(closed({ descriptions: set(problemType) }, 'descriptions')),
    references,
    impacts: set(closed({ capecId, descriptions }, 'descriptions')),
    metrics: set(metric),
    configurations: plain,
    workarounds: plain,
    solutions: plain,
    exploits: plain,
    timeline: set(closed({ time: timestamp, lang: language, value: texts }, 'time lang value')),
    credits: set(closed({ lang: language, value: texts, user: uuid, type: creditType }, 'lang value')),
    source: object({}, { least: 1, free: true }),
    taxonomyMappings: set(
      closed(
        { taxonomyName: chars(1, 128), taxonomyVersion: chars(1, 128), taxonomyRelations: set(relation) },
        'taxonomyName taxonomyRelations',
      ),
    ),
  };
}

const cnaTags = tagOf(
  'unsupported-when-assigned exclusively-hosted-service disputed hardware-root-cause software-root-cause specification-root-cause',
);
const own = { closed: true, free: /^x_[^.]*$/ };

function containers(isClosed: boolean) {
  const both = contents(isClosed);
  const cna = { ...both, dateAssigned: timestamp, tags: set(cnaTags) };
  const rejected = { providerMetadata: both.providerMetadata!, rejectedReasons: descriptions, replacedBy: set(cveId) };
  const adp = { ...both, tags: set(tagOf('disputed')) };
  return {
    published: object(cna, { required: 'providerMetadata descriptions affected references', ...own }),
    rejected: object(rejected, { required: 'providerMetadata rejectedReasons', ...own }),
    adp: object(adp, { required: 'providerMetadata', least: 2, ...own }),
    /** As sent to CVE Services, which knows who sends it. */
    sentPublished: object(cna, { required: 'descriptions affected references', ...own }),
    sentRejected: object(rejected, { required: 'rejectedReasons', ...own }),
    sentAdp: object(adp, { least: 1, ...own }),
  };
}

const serial: Shape = (value, pointer, to) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) to.error(pointer, 'must be an integer from 1');
};
const metadata = {
  cveId,
  assignerOrgId: uuid,
  assignerShortName: shortName,
  serial,
  dateUpdated: timestamp,
  dateReserved: timestamp,
  datePublished: timestamp,
};

function recordOf(cveMetadata: Record<string, Shape>, contained: Record<string, Shape>): Shape {
  return closed(
    {
      dataType: wordOf('CVE_RECORD'),
      dataVersion,
      cveMetadata: closed(cveMetadata, 'cveId assignerOrgId state'),
      containers: closed(contained, 'cna'),
    },
    'dataType dataVersion cveMetadata containers',
  );
}

function shapesOf(isClosed: boolean) {
  const parts = containers(isClosed);
  return {
    ...parts,
    publishedRecord: recordOf(
      { ...metadata, requesterUserId: uuid, state: wordOf('PUBLISHED') },
      { cna: parts.published, adp: set(parts.adp) },
    ),
    rejectedRecord: recordOf({ ...metadata, dateRejected: timestamp, state: wordOf('REJECTED') }, { cna: parts.rejected }),
  };
}

const [now, until51] = [shapesOf(true), shapesOf(false)];

/**
 * The CVE Record Format 5.0 to 5.2 (CVEProject/cve-schema), in our words: the shape that a document must have.
 * A document is a record, or a container as it is sent to CVE Services, wrapped or alone.
 */
export function cveShape(document: Readonly<Record<string, unknown>>): Shape {
  const rejects = (container: unknown) => isObject(container) && Object.hasOwn(container, 'rejectedReasons');
  const sent = rejects(document.cnaContainer) ? now.sentRejected : now.sentPublished;
  if (Object.hasOwn(document, 'cnaContainer')) return closed({ cnaContainer: sent }, 'cnaContainer');
  if (Object.hasOwn(document, 'adpContainer')) return closed({ adpContainer: now.sentAdp }, 'adpContainer');
  const alone = ['cveMetadata', 'containers', 'dataType', 'dataVersion'].every((name) => !Object.hasOwn(document, name));
  if (alone && (rejects(document) || Object.hasOwn(document, 'affected'))) return rejects(document) ? now.sentRejected : now.sentPublished;
  const { dataVersion: edition, cveMetadata } = document;
  const shapes = typeof edition === 'string' && /^5\.[01](?:\.|$)/.test(edition) ? until51 : now;
  return isObject(cveMetadata) && cveMetadata.state === 'REJECTED' ? shapes.rejectedRecord : shapes.publishedRecord;
}
