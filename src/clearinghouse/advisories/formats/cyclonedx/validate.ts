import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { isObject, type Obj, objectOf, objectsIn, type Placed } from '../../csaf/json.ts';
import { momentOf } from '../../csaf/moment.ts';
import { judge, type Report, type Verdict } from '../verdict.ts';
import { bomShapes, type Edition, editions } from './shapes.ts';

/** Validates a CycloneDX document of 1.4 to 1.7 as a VEX; one that says nothing of any vulnerability is none, and refused. */
export function validateCycloneDxVex(document: Obj): Verdict | Refusal {
  const edition = editions.find((known) => known === document.specVersion);
  if (edition === undefined)
    return refuse('unsupported', `CycloneDX says of vulnerabilities since 1.4: ${editions.join(', ')}`, '/specVersion');
  if (!Object.hasOwn(document, 'vulnerabilities')) return refuse('unsupported', 'a CycloneDX document without vulnerabilities is no VEX');
  return judge(document, bomShapes[edition], (_, warn) => {
    const refs = refsIn(document);
    for (const vulnerability of objectsIn(document, 'vulnerabilities', '')) rules(vulnerability, refs, edition, warn);
  });
}

function rules({ pointer, value }: Placed<Obj>, refs: ReadonlySet<unknown>, edition: Edition, warn: Report): void {
  const analysis = objectOf(value.analysis);
  const { state, justification, response } = analysis;
  if (!isObject(value.analysis)) warn('analysis', pointer, 'there is no analysis: it discloses a vulnerability, it does not judge one');
  else if (state === undefined) warn('analysis', `${pointer}/analysis`, 'has no state');
  if (state === 'not_affected' && justification === undefined && analysis.detail === undefined)
    warn('justification', `${pointer}/analysis`, 'not_affected should have a justification');
  if (justification !== undefined && state !== 'not_affected')
    warn('justification', `${pointer}/analysis/justification`, 'belongs to not_affected');
  if (state === 'exploitable' && response === undefined && value.recommendation === undefined)
    warn('response', pointer, 'exploitable should have a response or a recommendation');
  if (!Array.isArray(value.affects) || value.affects.length === 0) warn('affects', pointer, 'no component is named');
  for (const { pointer: at, value: affected } of objectsIn(value, 'affects', pointer))
    if (typeof affected.ref === 'string' && !affected.ref.startsWith('urn:cdx:') && !refs.has(affected.ref))
      warn('affects', `${at}/ref`, 'names nothing in this document and is no BOM-Link');
  inOrder(value, ['created', 'published', 'updated'], pointer, warn);
  if (edition !== '1.4') inOrder(analysis, ['firstIssued', 'lastUpdated'], `${pointer}/analysis`, warn);
}

function inOrder(value: Obj, names: readonly string[], pointer: string, warn: Report): void {
  let last: number | undefined;
  for (const name of names) {
    const at = momentOf(value[name]);
    if (at !== undefined && last !== undefined && at < last) warn('dates', `${pointer}/${name}`, 'is before what came first');
    last = at ?? last;
  }
}

/** What a local reference may name: every `bom-ref` in the document, wherever it stands. */
function refsIn(document: Obj): ReadonlySet<unknown> {
  const refs = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isObject(value)) for (const [key, inner] of Object.entries(value)) key === 'bom-ref' ? refs.add(inner) : visit(inner);
  };
  visit(document);
  return refs;
}
