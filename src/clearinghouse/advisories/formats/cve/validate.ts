import { epochMs, parseInstant } from '../../../../base/instant.ts';
import { isRefusal, type Refusal } from '../../../../base/refusal.ts';
import { parsePurl } from '../../../inventories/purl.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import { isObject, listOf, type Obj, objectOf, objectsIn, type Placed } from '../../csaf/json.ts';
import { latestWeakness } from '../../csaf/registers/cwe.ts';
import { faultOfDocument, judge, type Report, type Verdict } from '../verdict.ts';
import { isEnglish } from './forms.ts';
import { cveShape } from './shapes.ts';

/** Validates a record of the CVE Record Format 5.0 to 5.2, or a container of one. Too large or too deep is refused; all else gets a verdict. */
export function validateCve(document: unknown): Verdict | Refusal {
  return faultOfDocument(document) ?? judge(document as Obj, cveShape(document as Obj), (_, warn) => advise(document as Obj, warn));
}

/** What the format asks for in words, or what contradicts itself. */
function advise(document: Obj, warn: Report): void {
  const containers = containersIn(document);
  datesOf(document, containers, warn);
  for (const { pointer, value } of containers) {
    repeated(value, pointer, warn);
    scoresOf(value, pointer, warn);
    weaknessesOf(value, pointer, warn);
    productsOf(value, pointer, warn);
    for (const key of ['descriptions', 'rejectedReasons']) {
      const english = listOf(value[key]).filter((item) => isObject(item) && isEnglish(item.lang) && item.lang === 'en');
      if (english.length > 1) warn('english', `${pointer}/${key}`, 'CVE Services takes one text in en only');
    }
  }
}

function containersIn(document: Obj): Placed<Obj>[] {
  for (const name of ['cnaContainer', 'adpContainer'])
    if (Object.hasOwn(document, name)) return [{ pointer: `/${name}`, value: objectOf(document[name]) }];
  if (!Object.hasOwn(document, 'containers')) return [{ pointer: '', value: document }];
  const containers = objectOf(document.containers);
  return [{ pointer: '/containers/cna', value: objectOf(containers.cna) }, ...objectsIn(containers, 'adp', '/containers')];
}

function repeated(container: Obj, pointer: string, warn: Report): void {
  const seen = new Set<unknown>();
  for (const { pointer: at, value } of objectsIn(container, 'references', pointer)) {
    if (seen.has(value.url)) warn('references', `${at}/url`, 'is given before');
    seen.add(value.url);
  }
}

function scoresOf(container: Obj, pointer: string, warn: Report): void {
  for (const { pointer: at, value } of objectsIn(container, 'metrics', pointer))
    for (const name of ['cvssV4_0', 'cvssV3_1', 'cvssV3_0', 'cvssV2_0']) {
      const { vectorString, baseScore } = objectOf(value[name]);
      if (typeof vectorString !== 'string' || typeof baseScore !== 'number') continue;
      const score = scoreCvss(vectorString);
      if (isRefusal(score)) warn('cvss', `${at}/${name}/vectorString`, score.because);
      else if (score.base !== baseScore) warn('cvss', `${at}/${name}/baseScore`, `the vector gives ${score.base}`);
    }
}

function weaknessesOf(container: Obj, pointer: string, warn: Report): void {
  for (const problem of objectsIn(container, 'problemTypes', pointer))
    for (const { pointer: at, value } of objectsIn(problem.value, 'descriptions', problem.pointer)) {
      if (typeof value.cweId !== 'string') continue;
      const weakness = latestWeakness(value.cweId);
      if (weakness === undefined) warn('cwe', `${at}/cweId`, 'is no weakness of CWE');
      else if (weakness.state === 'prohibited' || weakness.state === 'deprecated')
        warn('cwe', `${at}/cweId`, `is ${weakness.state} for mapping`);
    }
}

function productsOf(container: Obj, pointer: string, warn: Report): void {
  for (const product of objectsIn(container, 'affected', pointer)) {
    const { packageURL } = product.value;
    if (typeof packageURL === 'string') {
      const purl = parsePurl(packageURL);
      if (isRefusal(purl)) warn('purl', `${product.pointer}/packageURL`, purl.because);
      else if (purl.version !== null) warn('purl', `${product.pointer}/packageURL`, 'must not have a version');
    }
    for (const { pointer: at, value } of objectsIn(product.value, 'versions', product.pointer))
      if (value.lessThan !== undefined && value.lessThan === value.version) warn('versions', at, 'no version is in this range');
  }
}

/** A time without an offset is UTC. */
function momentOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const at = parseInstant(/(?:Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`);
  return at === undefined ? undefined : epochMs(at);
}

function datesOf(document: Obj, containers: readonly Placed<Obj>[], warn: Report): void {
  const { dateReserved, datePublished, dateUpdated, dateRejected } = objectOf(document.cveMetadata);
  const inOrder = (earlier: unknown, later: unknown, pointer: string, message: string) => {
    const [first, second] = [momentOf(earlier), momentOf(later)];
    if (first !== undefined && second !== undefined && second < first) warn('dates', pointer, message);
  };
  inOrder(dateReserved, datePublished, '/cveMetadata/datePublished', 'was before it was reserved');
  inOrder(datePublished, dateUpdated, '/cveMetadata/dateUpdated', 'was before it was published');
  inOrder(dateReserved, dateRejected, '/cveMetadata/dateRejected', 'was before it was reserved');
  for (const { pointer, value } of containers)
    inOrder(value.dateAssigned, value.datePublic, `${pointer}/datePublic`, 'was before the CVE id was assigned');
}
