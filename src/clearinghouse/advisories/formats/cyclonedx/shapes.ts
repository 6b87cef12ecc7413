import { isObject } from '../../csaf/json.ts';
import { isDateTime20 } from '../../csaf/moment.ts';
import { anyText, listOf, object, pattern, type Shape, wordOf } from '../../csaf/shapes/shape.ts';
import { chars } from '../cve/forms.ts';

export const editions = ['1.4', '1.5', '1.6', '1.7'] as const;
export type Edition = (typeof editions)[number];

const closed = (members: Record<string, Shape>, required = '') => object(members, { required, closed: true });
const list = (item: Shape) => listOf(item, { least: 0 });
const instant: Shape = (value, pointer, to) => {
  if (typeof value !== 'string' || !isDateTime20(value)) to.error(pointer, 'must be a date-time of RFC 3339');
};
const number: Shape = (value, pointer, to) => {
  if (typeof value !== 'number') to.error(pointer, 'must be a number');
};
const integerFrom =
  (least: number): Shape =>
  (value, pointer, to) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least) to.error(pointer, `must be an integer from ${least}`);
  };
const count = integerFrom(1);
const anyObject = object({}, { free: true });

const states = 'resolved resolved_with_pedigree exploitable in_triage false_positive not_affected';
const justifications =
  'code_not_present code_not_reachable requires_configuration requires_dependency requires_environment protected_by_compiler protected_at_runtime protected_at_perimeter protected_by_mitigating_control';
const responses = 'can_not_fix will_not_fix update rollback workaround_available';

const source = closed({ url: anyText, name: anyText });

/** A version or a range, one of the two. */
function affectedVersion(isOld: boolean, isLatest: boolean): Shape {
  const shape = closed({
    version: chars(isLatest ? 0 : 1, 1024),
    range: chars(1, isLatest ? 4096 : 1024),
    status: wordOf('affected unaffected unknown'),
  });
  return (value, pointer, to) => {
    shape(value, pointer, to);
    if (isObject(value) && Object.hasOwn(value, 'version') === Object.hasOwn(value, 'range'))
      to.error(pointer, `must have a version or a range${isOld ? '' : ', one of the two'}`);
  };
}

/** Components and services of other members are an inventory's matter, and are not looked into here. */
const tools: Shape = (value, pointer, to) => {
  if (!Array.isArray(value) && !isObject(value)) to.error(pointer, 'must be a list or an object');
};

function vulnerabilityOf(edition: Edition): Shape {
  const isOld = edition === '1.4';
  const isLatest = edition === '1.6' || edition === '1.7';
  const ref = chars(isOld ? 0 : 1, Number.POSITIVE_INFINITY);
  const own = isOld ? {} : { 'bom-ref': ref };
  const contact = closed({ ...own, name: anyText, email: anyText, phone: anyText });
  const organization = closed({
    ...own,
    name: anyText,
    url: list(anyText),
    contact: list(contact),
    ...(isLatest ? { address: anyObject } : {}),
  });
  const method = wordOf(isOld ? 'CVSSv2 CVSSv3 CVSSv31 OWASP other' : 'CVSSv2 CVSSv3 CVSSv31 CVSSv4 OWASP SSVC other');
  const rating = closed({
    source,
    score: number,
    severity: wordOf('critical high medium low info none unknown'),
    method,
    vector: anyText,
    justification: anyText,
  });
  const property = { name: anyText, value: anyText };
  const attachment = closed({ contentType: anyText, encoding: wordOf('base64'), content: anyText }, 'content');
  const proof = { reproductionSteps: anyText, environment: anyText, supportingMaterial: list(attachment) };
  const since15 = { workaround: anyText, proofOfConcept: object(proof, { free: true }), rejected: instant };
  const analysis = {
    state: wordOf(states),
    justification: wordOf(justifications),
    response: list(wordOf(responses)),
    detail: anyText,
    ...(isOld ? {} : { firstIssued: instant, lastUpdated: instant }),
  };
  return closed({
    'bom-ref': ref,
    id: anyText,
    source,
    references: list(closed({ id: anyText, source }, 'id source')),
    ratings: list(rating),
    cwes: list(count),
    description: anyText,
    detail: anyText,
    recommendation: anyText,
    advisories: list(closed({ title: anyText, url: anyText }, 'url')),
    created: instant,
    published: instant,
    updated: instant,
    credits: closed({ organizations: list(organization), individuals: list(contact) }),
    tools: isOld ? list(anyObject) : tools,
    analysis: closed(analysis),
    affects: listOf(closed({ ref, versions: list(affectedVersion(isOld, isLatest)) }, 'ref'), { least: 0, unique: true }),
    properties: list(isLatest ? closed(property, 'name') : object(property, { free: true })),
    ...(isOld ? {} : since15),
  });
}

const later = ['annotations', 'formulation', 'properties'];
const others: Record<Edition, readonly string[]> = {
  '1.4': [],
  '1.5': later,
  '1.6': [...later, 'declarations', 'definitions'],
  '1.7': [...later, 'declarations', 'definitions', 'citations'],
};

function bomOf(edition: Edition): Shape {
  const anything: Shape = () => {};
  const lists = ['components', 'services', 'externalReferences', 'dependencies', 'compositions'];
  return closed(
    {
      $schema: edition === '1.6' || edition === '1.7' ? anyText : wordOf(`http://cyclonedx.org/schema/bom-${edition}.schema.json`),
      bomFormat: wordOf('CycloneDX'),
      specVersion: wordOf(edition),
      serialNumber: pattern(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a urn:uuid in lower case'),
      version: edition === '1.4' ? integerFrom(Number.NEGATIVE_INFINITY) : count,
      metadata: anyObject,
      ...Object.fromEntries(lists.map((name) => [name, list(anyObject)])),
      vulnerabilities: listOf(vulnerabilityOf(edition), { least: 0, unique: true }),
      ...Object.fromEntries(others[edition].map((name) => [name, anything])),
      signature: anyObject,
    },
    edition === '1.4' ? 'bomFormat specVersion version' : 'bomFormat specVersion',
  );
}

/** A CycloneDX BOM as far as it is a VEX: the envelope and the vulnerabilities (CycloneDX/specification). */
export const bomShapes: Readonly<Record<Edition, Shape>> = {
  '1.4': bomOf('1.4'),
  '1.5': bomOf('1.5'),
  '1.6': bomOf('1.6'),
  '1.7': bomOf('1.7'),
};
