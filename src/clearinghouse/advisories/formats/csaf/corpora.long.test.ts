import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../../test/reference-data.ts';
import { canonical } from '../../../../base/canonical.ts';
import { insist } from '../../../../base/refusal.ts';
import type { Edition } from '../../csaf/csaf.ts';
import { validateCsaf } from '../../csaf/validate.ts';
import { carried } from '../loss.ts';
import { readCsaf, writeCsaf } from './csaf.ts';
import { losses21 } from './losses.ts';

const parse = (text: string | undefined) => JSON.parse(text!);

function errorsIn(document: unknown) {
  return insist(validateCsaf(document)).results.filter(({ kind }) => kind === 'error');
}

const manifest = referenceText('csaf-advisories/manifest.json');
describe.skipIf(manifest === undefined)('advisories that CISA published', () => {
  const files: string[] = manifest === undefined ? [] : parse(manifest).map(({ file }: { file: string }) => file);

  test('are read, written in 2.0 and read back the same; what is written breaks no mandatory test', () => {
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const source = insist(readCsaf(parse(referenceText(`csaf-advisories/${file}`))));
      const written = writeCsaf(source, '2.0');
      expect([file, errorsIn(written)]).toEqual([file, []]);
      expect(canonical(insist(readCsaf(written))), file).toBe(canonical(source));
    }
  });

  test('say in 2.1 what 2.1 can carry, and break no mandatory test of it', () => {
    for (const file of files) {
      const source = insist(readCsaf(parse(referenceText(`csaf-advisories/${file}`))));
      const written = writeCsaf(source, '2.1');
      expect([file, errorsIn(written)]).toEqual([file, []]);
      expect(canonical(insist(readCsaf(written))), file).toBe(canonical(carried(source, losses21)));
    }
  });
});

for (const edition of ['2.0', '2.1'] as const) {
  const folder = `csaf-suite/csaf_${edition}/test/validator/data/`;
  const index = referenceText(`${folder}testcases.json`);
  describe.skipIf(index === undefined)(`OASIS's documents of CSAF ${edition}`, () => {
    test('those that are valid are read; written in their own edition and read again they are the same', () => {
      const names: string[] = parse(index).tests.flatMap(({ valid = [] }: { valid?: { name: string }[] }) => valid.map(({ name }) => name));
      expect(names.length).toBeGreaterThan(30);
      for (const name of names) {
        const source = insist(readCsaf(parse(referenceText(folder + name))));
        expect(canonical(insist(readCsaf(writeCsaf(source, edition)))), name).toBe(canonical(settled(source, edition)));
      }
    });

    test('none, however wrong, is thrown at', () => {
      const names: string[] = parse(index).tests.flatMap(({ failures = [] }: { failures?: { name: string }[] }) =>
        failures.map((f) => f.name),
      );
      for (const name of names) {
        const source = readCsaf(parse(referenceText(folder + name)));
        if (!('refused' in source)) for (const to of ['2.0', '2.1'] as const) expect(readCsaf(writeCsaf(source, to)), name).toBeDefined();
      }
    });
  });
}

function settled(source: ReturnType<typeof insist<ReturnType<typeof readCsaf>>>, edition: Edition) {
  return 'refused' in source || edition === '2.0' ? source : carried(source, losses21);
}
