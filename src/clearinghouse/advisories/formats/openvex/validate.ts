import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { canonicalPurl } from '../../../inventories/purl.ts';
import { type Obj, objectOf, objectsIn, type Placed } from '../../csaf/json.ts';
import { momentOf } from '../../csaf/moment.ts';
import { judge, type Report, type Verdict } from '../verdict.ts';
import { hashDigits, openVexShape } from './shapes.ts';

const namespace = 'https://openvex.dev/ns';
export const openVexContext = `${namespace}/v0.2.0`;

/**
 * Validates a document of OpenVEX 0.2.0: its MUSTs and the members its schema defines are errors, what it advises is a warning.
 * A context without a version stands for 0.0.1, which named things otherwise; it and any other version is refused, not guessed at.
 */
export function validateOpenVex(document: Obj): Verdict | Refusal {
  const context = document['@context'];
  if (typeof context === 'string' && context !== openVexContext && (context === namespace || context.startsWith(`${namespace}/`)))
    return refuse('unsupported', 'only OpenVEX 0.2.0 is read', '/@context');
  return judge(document, openVexShape, (error, warn) => {
    if (typeof context === 'string' && context !== openVexContext) error('context', '/@context', `must be ${openVexContext}`);
    if (document.author === '') error('author', '/author', 'must name a person or an organization');
    inOrder(document, '', warn);
    for (const statement of objectsIn(document, 'statements', '')) statementRules(statement, document, error, warn);
  });
}

function statementRules({ pointer, value }: Placed<Obj>, document: Obj, error: Report, warn: Report): void {
  const { status } = value;
  const has = (name: string) => value[name] !== undefined && value[name] !== '';
  // Data Inheritance: products may come from what a document is encapsulated in; one that stands alone must name them itself.
  if (!Array.isArray(value.products) || value.products.length === 0) error('products', pointer, 'no product is named');
  if (objectOf(value.vulnerability).name === '') error('vulnerability', `${pointer}/vulnerability/name`, 'must not be empty');
  if (status === 'not_affected' && !has('justification') && !has('impact_statement'))
    error('justification', pointer, 'not_affected needs a justification or an impact_statement');
  if (status === 'affected' && !has('action_statement')) error('action', pointer, 'affected needs an action_statement');
  if (status === 'not_affected' && !has('justification') && has('impact_statement'))
    warn('justification', pointer, 'a justification can be read by machines, an impact_statement alone cannot');
  if (status !== 'not_affected' && (has('justification') || has('impact_statement')))
    warn('justification', pointer, 'a justification or impact_statement belongs to not_affected');
  if (status !== 'affected' && has('action_statement')) warn('action', `${pointer}/action_statement`, 'belongs to affected');
  if (has('action_statement_timestamp') && !has('action_statement'))
    warn('action', `${pointer}/action_statement_timestamp`, 'there is no action_statement');
  inOrder(value, pointer, warn);
  const [stated, issued] = [momentOf(value.timestamp), momentOf(document.last_updated ?? document.timestamp)];
  if (stated !== undefined && issued !== undefined && stated > issued) warn('dates', `${pointer}/timestamp`, 'is after the document');
  for (const product of objectsIn(value, 'products', pointer)) {
    identified(product, warn);
    for (const part of objectsIn(product.value, 'subcomponents', product.pointer)) identified(part, warn);
  }
}

function inOrder(value: Obj, pointer: string, warn: Report): void {
  const [first, last] = [momentOf(value.timestamp), momentOf(value.last_updated)];
  if (first !== undefined && last !== undefined && last < first) warn('dates', `${pointer}/last_updated`, 'is before the timestamp');
}

function identified({ pointer, value }: Placed<Obj>, warn: Report): void {
  const { purl } = objectOf(value.identifiers);
  const id = value['@id'];
  for (const [at, text] of [
    ['@id', typeof id === 'string' && /^pkg:/i.test(id) ? id : undefined],
    ['identifiers/purl', purl],
  ] as const) {
    const read = typeof text === 'string' ? canonicalPurl(text) : undefined;
    if (isRefusal(read)) warn('purl', `${pointer}/${at}`, read.because);
  }
  for (const [name, digest] of Object.entries(objectOf(value.hashes)).slice(0, 64))
    if (
      Object.hasOwn(hashDigits, name) &&
      typeof digest === 'string' &&
      !(/^[0-9a-f]+$/i.test(digest) && digest.length === hashDigits[name])
    )
      warn('hashes', `${pointer}/hashes/${name}`, `has ${hashDigits[name]} hexadecimal digits`);
}
