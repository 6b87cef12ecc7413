import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import type { Attachment } from '../../findings/attachment.ts';
import { isCompared, textsToRead } from './candidate.ts';

const file = (id: string, bytes: number, more: Partial<Attachment> = {}): Attachment => ({
  ...{ id: `blb_${id}`, names: '', contentType: 'text/plain', type: 'other', sha256: '', bytes },
  ...more,
});
const ids = (files: readonly Attachment[]) => textsToRead(files).map((f) => f.id.slice(4));

test('patches are read first, then what is text; a program, an archive and a threat model are not', () => {
  const patch = file('patch', 1, { type: 'patch', contentType: 'application/octet-stream' });
  const archive = file('zip', 1, { contentType: 'application/zip' });
  const model = file('model', 1, { type: 'threat-model' });
  expect(ids([file('log', 1), archive, model, patch])).toEqual(['patch', 'log']);
});

test('so many files are read and no more', () => {
  const files = (n: number) => Array.from({ length: n }, (_, i) => file(String(i), 1));
  expect(ids(files(limits.comparedFiles))).toHaveLength(limits.comparedFiles);
  expect(ids(files(limits.comparedFiles + 1))).toHaveLength(limits.comparedFiles);
});

test('so many bytes are read in all; a file too large does not keep smaller ones out', () => {
  expect(ids([file('a', limits.comparedTextBytes - 1), file('b', 1)])).toEqual(['a', 'b']);
  expect(ids([file('a', limits.comparedTextBytes), file('b', 1)])).toEqual(['a']);
  expect(ids([file('a', limits.comparedTextBytes + 1), file('b', 1)])).toEqual(['b']);
});

test('what was contradicted or taken back is not compared', () => {
  expect((['received', 'deferred', 'valid', 'closed'] as const).every(isCompared)).toBe(true);
  expect((['invalid', 'withdrawn', 'corrected'] as const).some(isCompared)).toBe(false);
});
