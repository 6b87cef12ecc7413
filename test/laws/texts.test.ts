import { expect, test } from 'vitest';
import type { z } from 'zod';
import { actions } from '../../src/app/actions.ts';

/** Read by something of its own, which refuses or mends it, or told from what it is compared with. */
const readApart = [
  'advisories.approve.digest',
  'advisories.draft.affected[].package',
  'advisories.draft.further[].affected[].package',
  'claims.declare.purl',
  'findings.import.document',
  'findings.submitSarif.sarif',
  'findings.submitSealed.purl',
  'findings.submitTap.',
  'findings.submitVince.',
  'inventories.keep.document',
  'orgs.enter.secret',
  'orgs.found.secret',
  'priorities.assess.cvssVector',
];

interface Schema {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly options?: readonly Schema[];
    readonly items?: readonly Schema[];
    readonly element?: Schema;
    readonly innerType?: Schema;
    readonly keyType?: Schema;
    readonly valueType?: Schema;
    readonly in?: Schema;
    readonly out?: Schema;
  };
}

/** Every text in a schema, with its place. */
function* texts(schema: Schema, at: string): Generator<readonly [at: string, schema: z.ZodType]> {
  const { type, shape = {}, options = [], items = [], element, innerType, keyType, valueType, in: before, out } = schema.def;
  if (type === 'string' || before?.def.type === 'string') return yield [at, schema as unknown as z.ZodType];
  for (const [name, of] of Object.entries(shape)) yield* texts(of, `${at}.${name}`);
  if (element) yield* texts(element, `${at}[]`);
  for (const of of [innerType, keyType, valueType, before, out, ...options, ...items]) if (of) yield* texts(of, at);
}

test('a text that the database cannot hold is refused before it gets there', () => {
  const all = actions.filter((verb) => !verb.internal).flatMap((verb) => [...texts(verb.input as unknown as Schema, verb.name)]);
  expect(all.length).toBeGreaterThan(200);
  const taken = all.filter(([, schema]) => ['a\u0000b', '\ud800'].some((text) => schema.safeParse(text).success)).map(([at]) => at);
  expect([...new Set(taken)].filter((at) => !readApart.some((known) => at.startsWith(known)))).toEqual([]);
});
