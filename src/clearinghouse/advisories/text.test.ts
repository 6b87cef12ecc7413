import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { type AdvisoryText, faultOfText, type SupplierSays, textDigest } from './text.ts';

const at = '2026-11-21T09:00:00.000Z' as Instant;

test('the digest is of what is said, not of how it was written down', () => {
  const text = { title: 'a', summary: 'b', affected: [] } as unknown as AdvisoryText;
  const { summary, title, affected } = text;
  expect(textDigest({ affected, summary, title } as unknown as AdvisoryText)).toBe(textDigest(text));
  expect(textDigest({ ...text, title: 'c' })).not.toBe(textDigest(text));
});

test('a range from a version to itself, and the same range twice, are refused', () => {
  const range = { package: 'pkg:npm/a', introduced: '1.0.0', fixed: '1.0.1' };
  const fault = (...affected: AdvisoryText['affected']) => faultOfText({ affected } as unknown as AdvisoryText);
  expect(fault(range, { ...range, introduced: null })).toBeUndefined();
  expect(fault({ ...range, fixed: '1.0.0' })).toMatchObject({ code: 'malformed', at: '/affected/0/fixed' });
  expect(fault(range, range)).toMatchObject({ code: 'malformed', at: '/affected/1' });
  expect(fault({ package: 'pkg:npm/a', introduced: null, fixed: null })).toBeUndefined();
});

test('of one package nothing is said that contradicts itself', () => {
  const affected = [{ package: 'pkg:npm/a', introduced: null, fixed: '2.0.0' }];
  const said = (status: SupplierSays['status'], name = 'pkg:npm/a') => ({
    supplier: 'A',
    package: name,
    status,
    justification: null,
    text: 'x',
    at,
  });
  const fault = (...statements: SupplierSays[]) => faultOfText({ affected, statements } as unknown as AdvisoryText);
  expect(fault(said('not-affected'))).toMatchObject({ code: 'malformed', at: '/statements/0' });
  expect(fault(said('affected'), said('not-affected', 'pkg:npm/b'))).toBeUndefined();
  expect(fault(said('affected'), said('fixed'))).toMatchObject({ at: '/statements/1' });
});

test('each language once, and English is the text itself', () => {
  const fault = (...languages: string[]) => {
    const translations = languages.map((language) => ({ language, title: 'a', summary: 'b' }));
    return faultOfText({ affected: [], translations } as unknown as AdvisoryText);
  };
  expect(fault('de', 'pt-BR')).toBeUndefined();
  expect(fault('de', 'de')).toMatchObject({ code: 'malformed', at: '/translations/1/language' });
  expect(fault('en')).toMatchObject({ code: 'malformed' });
});
