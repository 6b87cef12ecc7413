import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulletins } from '../../../../../test/drafted-bulletins.ts';
import { canonical } from '../../../../base/canonical.ts';
import type { Instant } from '../../../../base/instant.ts';
import { insist } from '../../../../base/refusal.ts';
import { validateCsaf } from '../../csaf/validate.ts';
import { sourceOf } from '../../drafted.ts';
import { carried } from '../loss.ts';
import { readCsaf, writeCsaf } from './csaf.ts';
import { losses20, losses21 } from './losses.ts';

const resultsOf = (document: unknown, now?: Instant) => insist(validateCsaf(document, now ? { now } : {})).results;

describe('our own advisories', () => {
  for (const [edition, losses] of [
    ['2.0', losses20],
    ['2.1', losses21],
  ] as const) {
    test(`whatever is drafted breaks no mandatory test of ${edition}, and is read back as it was`, () => {
      fc.assert(
        fc.property(bulletins, (bulletin) => {
          const source = sourceOf(bulletin);
          const document = writeCsaf(source, edition);
          expect(resultsOf(document).filter(({ kind }) => kind === 'error')).toEqual([]);
          expect(JSON.parse(canonical(readCsaf(document)))).toEqual(JSON.parse(canonical(carried(source, losses))));
        }),
        { numRuns: 100 },
      );
    });
  }
});
