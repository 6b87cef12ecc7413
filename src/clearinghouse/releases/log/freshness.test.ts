import { expect, test } from 'vitest';
import { logSigner, now } from '../../../../test/equipment/public-log.ts';
import { day, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { openNote, verifierKey } from '../../../base/signature.ts';
import { freshnessNote, isCurrentWord } from './freshness.ts';

test('the log says of which tree, when, and until when; it is said anew after a day, and of another tree at once', () => {
  const note = freshnessNote(logSigner, 0, [], now);
  const text = openNote(note, verifierKey(logSigner.name, logSigner.publicKey));
  expect(text?.split('\n')).toEqual([
    'hub.example/releases freshness',
    '0',
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    `issued ${now}`,
    `expires ${plusMs(now, limits.freshDays * day)}`,
    '',
  ]);
  expect(isCurrentWord(note, 0, plusMs(now, day - 1))).toBe(true);
  expect([
    isCurrentWord(note, 0, plusMs(now, day)),
    isCurrentWord(note, 0, plusMs(now, -1)),
    isCurrentWord(note, 1, now),
    isCurrentWord('', 0, now),
  ]).toEqual([false, false, false, false]);
});
