import { cvssShapes } from './cvss.ts';
import { cpe, cve, cwe, dateTime20, dateTime21, language, name, purl20, purl21, trackingId, uri, version } from './forms.ts';
import { flag, later, listOf, object, pattern, type Shape, text, wordOf } from './shape.ts';
import { ssvcShape } from './ssvc.ts';

const texts = listOf(text());
const textSet = listOf(text(), { unique: true });
const line = text();

/** CSAF Extension Content (2.1): the address of its schema ends in its semantic version. */
const extensionAddress = text({
  test: (value) =>
    /^https:\/\/[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})+\/(?:[^/\s]+\/)*[^/\s]+_\d+\.\d+\.\d+[-+.\w]*\.json$/.test(value) &&
    !/^https:\/\/docs\.oasis-open\.org\/csaf\/csaf\/v2\.1\/(?:[^/\s]+\/)*schema\/extension-content\.json/.test(value),
  is: 'the address of a versioned extension schema',
});
export const extensionShape: Shape = object(
  {
    $schema: extensionAddress,
    category: wordOf('essential significant supplementary'),
    content: object({}, { least: 1, free: true }),
    critical: flag,
  },
  { required: '$schema category critical content', closed: true },
);

type Edition = '2.0' | '2.1';

/** What both editions say in the same words; `of` picks where they differ. */
function documentShape(edition: Edition): Shape {
  const closed = edition === '2.1';
  const of = <A, B>(old: A, now: B) => (closed ? now : old);
  const dateTime = of(dateTime20, dateTime21);
  const record = (members: Record<string, Shape>, required = '', more: { least?: number; most?: number } = {}) =>
    object(members, { required, closed, ...more });
  const extensions = of({}, { x_extensions: listOf(extensionShape, { unique: true }) });
  const product = fullProductName(closed, record, extensions);
  const products = of({}, { group_ids: textSet, product_ids: textSet });
  const both = { group_ids: textSet, product_ids: textSet };
  const parts: Parts = {
    closed,
    dateTime,
    record,
    extensions,
    product,
    both,
    products,
    acknowledgments: listOf(record({ names: texts, organization: line, summary: line, urls: listOf(uri) }, '', { least: 1 })),
    notes: listOf(
      record(
        {
          audience: line,
          category: wordOf('description details faq general legal_disclaimer other summary'),
          ...products,
          text: line,
          title: line,
        },
        'category text',
      ),
    ),
    references: listOf(record({ category: wordOf('external self'), summary: line, url: uri }, 'summary url')),
  };
  return record(
    {
      // §3.2.1 of 2.0 names $schema; the schema itself does not.
      $schema: closed ? wordOf('https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json') : uri,
      document: metadata(parts),
      product_tree: productTree(parts),
      vulnerabilities: listOf(vulnerability(parts)),
      ...extensions,
    },
    closed ? '$schema document' : 'document',
  );
}

type Make = (members: Record<string, Shape>, required?: string, more?: { least?: number; most?: number }) => Shape;

interface Parts {
  readonly closed: boolean;
  readonly dateTime: Shape;
  readonly record: Make;
  readonly extensions: Record<string, Shape>;
  readonly product: Shape;
  readonly both: Record<string, Shape>;
  readonly products: Record<string, Shape>;
  readonly acknowledgments: Shape;
  readonly notes: Shape;
  readonly references: Shape;
}

function fullProductName(closed: boolean, record: Make, extensions: Record<string, Shape>): Shape {
  const unique = closed;
  const fileHash = record(
    {
      algorithm: closed ? pattern(/^[0-9a-z][0-9a-z-]*$/, 'the name of a digest') : text(),
      value: pattern(closed ? /^[0-9a-f]{32,}$/ : /^[0-9a-f]{32,}$/i, 'at least 32 hexadecimal digits'),
    },
    'algorithm value',
  );
  const helper = record(
    {
      cpe,
      hashes: listOf(record({ file_hashes: listOf(fileHash, { unique }), filename: line }, 'file_hashes filename'), { unique }),
      model_numbers: textSet,
      ...(closed ? { purls: listOf(purl21, { unique }) } : { purl: purl20 }),
      sbom_urls: listOf(uri, { unique }),
      serial_numbers: textSet,
      skus: listOf(line, { unique }),
      x_generic_uris: listOf(record({ namespace: uri, uri }, 'namespace uri'), { unique }),
    },
    '',
    { least: 1 },
  );
  return record({ name: line, product_id: line, product_identification_helper: helper, ...extensions }, 'name product_id');
}

const uuid = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})$/;

function metadata({ closed, dateTime, record, extensions, ...parts }: Parts): Shape {
  const tlp = record({ label: wordOf(closed ? 'AMBER AMBER+STRICT CLEAR GREEN RED' : 'AMBER GREEN RED WHITE'), url: uri }, 'label');
  const group = record({ id: pattern(uuid, 'a UUID of version 4, or all zeros or ones'), name: line }, 'id');
  const revision = record({ date: dateTime, legacy_version: line, number: version, summary: line }, 'date number summary');
  const engine = record({ name: line, version: line }, 'name');
  const tracking = record(
    {
      aliases: textSet,
      current_release_date: dateTime,
      generator: record({ date: dateTime, engine }, 'engine'),
      id: trackingId,
      initial_release_date: dateTime,
      revision_history: listOf(revision),
      status: wordOf('draft final interim'),
      version,
    },
    'current_release_date id initial_release_date revision_history status version',
  );
  return record(
    {
      acknowledgments: parts.acknowledgments,
      aggregate_severity: record({ namespace: uri, text: line }, 'text'),
      category: name,
      csaf_version: wordOf(closed ? '2.1' : '2.0'),
      distribution: closed ? record({ sharing_group: group, text: line, tlp }, 'tlp') : record({ text: line, tlp }, '', { least: 1 }),
      lang: language,
      ...(closed ? { license_expression: line } : {}),
      notes: parts.notes,
      publisher: record(
        {
          category: wordOf(`coordinator discoverer${closed ? ' multiplier' : ''} other translator user vendor`),
          contact_details: line,
          issuing_authority: line,
          name: line,
          namespace: uri,
        },
        'category name namespace',
      ),
      references: parts.references,
      source_lang: language,
      title: line,
      tracking,
      ...extensions,
    },
    `category csaf_version${closed ? ' distribution' : ''} publisher title tracking`,
  );
}

function productTree({ closed, record, product }: Parts): Shape {
  const categories = `architecture host_name language${closed ? '' : ' legacy'} patch_level${closed ? ' platform' : ''} product_family product_name product_version product_version_range service_pack specification vendor`;
  const branch: Shape = record({ branches: later(() => branches), category: wordOf(categories), name: line, product }, 'category name', {
    least: 3,
    most: 3,
  });
  const branches = listOf(branch);
  const relation = wordOf('default_component_of external_component_of installed_on installed_with optional_component_of');
  const links = closed
    ? {
        product_paths: listOf(
          record(
            {
              beginning_product_reference: line,
              full_product_name: product,
              subpaths: listOf(record({ category: relation, next_product_reference: line }, 'category next_product_reference')),
            },
            'beginning_product_reference full_product_name subpaths',
          ),
        ),
      }
    : {
        relationships: listOf(
          record(
            { category: relation, full_product_name: product, product_reference: line, relates_to_product_reference: line },
            'category full_product_name product_reference relates_to_product_reference',
          ),
        ),
      };
  const groups = record({ group_id: line, product_ids: listOf(line, { least: 2, unique: true }), summary: line }, 'group_id product_ids');
  return record({ branches, full_product_names: listOf(product), product_groups: listOf(groups), ...links }, '', { least: 1 });
}

function vulnerability(parts: Parts): Shape {
  const { closed, dateTime, record, both, products, extensions } = parts;
  const labels =
    'component_not_present inline_mitigations_already_exist vulnerable_code_cannot_be_controlled_by_adversary vulnerable_code_not_in_execute_path vulnerable_code_not_present';
  const statuses = `first_affected first_fixed fixed known_affected known_not_affected last_affected recommended under_investigation${closed ? ' unknown' : ''}`;
  const involvement = {
    ...(closed ? { contact: line } : {}),
    ...products,
    date: dateTime,
    party: wordOf('coordinator discoverer other user vendor'),
    status: wordOf('completed contact_attempted disputed in_progress not_contacted open'),
    summary: line,
  };
  return record(
    {
      acknowledgments: parts.acknowledgments,
      cve,
      discovery_date: dateTime,
      flags: listOf(record({ date: dateTime, ...both, label: wordOf(labels) }, 'label'), { unique: true }),
      ids: listOf(record({ ...products, system_name: line, text: line }, 'system_name text'), { unique: true }),
      involvements: listOf(record(involvement, 'party status'), { unique: true }),
      notes: parts.notes,
      product_status: record(Object.fromEntries(statuses.split(' ').map((status) => [status, textSet])), '', { least: 1 }),
      references: parts.references,
      remediations: listOf(remediation(parts)),
      threats: listOf(
        record({ category: wordOf('exploit_status impact target_set'), date: dateTime, details: line, ...both }, 'category details'),
      ),
      title: line,
      ...(closed ? vulnerability21(parts) : vulnerability20(parts)),
      ...extensions,
    },
    '',
    { least: 1 },
  );
}

function remediation({ closed, dateTime, record, both }: Parts): Shape {
  const restart = wordOf('connected dependencies machine none parent service system vulnerable_component zone');
  return record(
    {
      category: wordOf(
        closed
          ? 'fix_planned mitigation no_fix_planned none_available optional_patch vendor_fix workaround'
          : 'mitigation no_fix_planned none_available vendor_fix workaround',
      ),
      date: dateTime,
      details: line,
      entitlements: texts,
      ...both,
      restart_required: record({ category: restart, details: line }, 'category'),
      url: uri,
    },
    'category details',
  );
}

function vulnerability20({ dateTime, record }: Parts): Record<string, Shape> {
  return {
    cwe: record({ id: cwe, name: line }, 'id name'),
    release_date: dateTime,
    scores: listOf(record({ cvss_v2: cvssShapes.cvss_v2, cvss_v3: cvssShapes.cvss_v3, products: textSet }, 'products', { least: 2 })),
  };
}

function vulnerability21({ dateTime, record, both, extensions }: Parts): Record<string, Shape> {
  const share = pattern(/^(?:0\.[0-9]+|1\.0+)$/, 'a share from 0.0 to 1.0');
  const content = record(
    {
      ...cvssShapes,
      epss: record({ percentile: share, probability: share, timestamp: dateTime }, 'percentile probability timestamp'),
      qualitative_severity_rating: wordOf('critical high low medium none'),
      ssvc_v2: ssvcShape,
      ...extensions,
    },
    '',
    { least: 1 },
  );
  const release = pattern(/^[1-9]\d*\.(?:[0-9]|[1-9]\d+)(?:\.\d+)?$/, 'a release of CWE');
  return {
    cwes: listOf(record({ id: cwe, name, version: release }, 'id name version'), { unique: true }),
    disclosure_date: dateTime,
    first_known_exploitation_dates: listOf(
      record({ date: dateTime, exploitation_date: dateTime, ...both }, 'date exploitation_date', { least: 3 }),
      { unique: true },
    ),
    metrics: listOf(record({ content, products: textSet, source: uri }, 'content products'), { unique: true }),
  };
}

export const documentShapes: Readonly<Record<Edition, Shape>> = { '2.0': documentShape('2.0'), '2.1': documentShape('2.1') };
