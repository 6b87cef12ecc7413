// @ts-expect-error: JavaScript without types
import * as informative from '@secvisogram/csaf-validator-lib/informativeTests.js';
// @ts-expect-error: JavaScript without types
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js';
// @ts-expect-error: JavaScript without types
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js';
// @ts-expect-error: JavaScript without types
import * as schemas from '@secvisogram/csaf-validator-lib/schemaTests.js';
import { validateCsaf } from '../../src/clearinghouse/advisories/csaf/validate.ts';
import { referenceText } from '../reference-data.ts';
import { compare, line } from './measure.ts';

type Test = (document: unknown) => unknown;
/** Those that ask the network or a dictionary. */
const beyond = /6_3_[678]$/;

/** CISA's advisories (CSAF 2.0) through every offline test, beside `@secvisogram/csaf-validator-lib` with its strict schema and the same tests. */
export async function benchCsaf(): Promise<string> {
  const manifest = referenceText('csaf-advisories/manifest.json');
  if (manifest === undefined) return 'CSAF: no advisories beside this checkout';
  const documents = (JSON.parse(manifest) as { file: string }[]).map(({ file }): unknown =>
    JSON.parse(referenceText(`csaf-advisories/${file}`)!),
  );
  const tests = [mandatory, optional, informative].flatMap((group) => Object.entries(group as Record<string, Test>));
  const theirs = [
    (schemas as Record<string, Test>).csaf_2_0_strict!,
    ...tests.filter(([name]) => !beyond.test(name)).map(([, run]) => run),
  ];
  const measured = await compare(
    `CSAF: ${documents.length} advisories validated`,
    'csaf-validator-lib, the same tests',
    async () => documents.forEach((document) => void validateCsaf(document)),
    async () => {
      for (const document of documents) for (const run of theirs) await run(document);
    },
  );
  return `${line(measured)}; ${(measured.oursMs / documents.length).toFixed(2)} ms a document`;
}
