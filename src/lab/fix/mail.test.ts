import { describe, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { diffOf, readSeries } from './mail.ts';

const diff = '--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n';
const mail = (subject: string, body = 'Why it is done.\n', more = '') =>
  `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@x.example>\nDate: Thu, 5 Nov 2026 10:00:00 +0000\nSubject: ${subject}\n${more}\n${body}---\n x.c | 2 +-\n\n${diff}-- \n2.39.5\n`;
const read = (...pieces: string[]) => readSeries(pieces.map((piece) => Buffer.from(piece)));

describe('a series', () => {
  test('of mails keeps who wrote each and what they say of it, each by its digest', () => {
    const box = mail('[PATCH 1/2] x: first') + mail('[PATCH v2 2/2] x: =?UTF-8?q?f=C3=BCr?=\n =?UTF-8?q?_alle?=', 'Because\n\nof it.\n');
    const { mails, patches } = insist(read(box));
    expect(mails).toMatchObject([
      { author: 'A <a@x.example>', subject: 'x: first', message: 'Why it is done.' },
      { subject: 'x: für alle', message: 'Because\n\nof it.' },
    ]);
    expect(Buffer.concat(patches).toString()).toBe(box);
    expect(mails[0]!.bytes + mails[1]!.bytes).toBe(box.length);
    expect(Buffer.from(diffOf(patches[0]!)).toString()).toBe(`${diff}-- \n2.39.5\n`);
  });

  test('may come in pieces, as bare diffs, and with a cover letter that is left out', () => {
    expect(insist(read(diff, diff)).mails.map((m) => m.author)).toEqual([null, null]);
    const cover = mail('[PATCH 0/1] All of it').replace(diff, '');
    expect(insist(read(cover, mail('[PATCH 1/1] x'))).mails.map((m) => m.subject)).toEqual(['x']);
  });

  test.each([
    ['out of order', [mail('[PATCH 2/2] b'), mail('[PATCH 1/2] a')], 'malformed'],
    ['with one missing', [mail('[PATCH 1/3] a'), mail('[PATCH 2/3] b')], 'malformed'],
    ['with a mail that is none', [mail('[PATCH 1/1] a'), mail('hello').replace(diff, '')], 'malformed'],
    ['of nothing', ['x'], 'malformed'],
    ['of a cover letter alone', [mail('[PATCH 0/0] a').replace(diff, '')], 'malformed'],
    ['in an encoding', [mail('[PATCH] a', 'x\n', 'Content-Transfer-Encoding: quoted-printable\n')], 'unsupported'],
    [`of more than ${limits.patchesPerSeries}`, Array.from({ length: limits.patchesPerSeries + 1 }, () => diff), 'too_many'],
    [`of more than ${limits.patchBytes} bytes`, [diff + ' '.repeat(limits.patchBytes)], 'too_large'],
  ])('%s is refused', (_, pieces, code) => expect(read(...pieces)).toMatchObject({ code }));

  test('is taken at the limits', () => {
    expect(isRefusal(read(...Array.from({ length: limits.patchesPerSeries }, () => diff)))).toBe(false);
    expect(isRefusal(read(diff + ' '.repeat(limits.patchBytes - diff.length)))).toBe(false);
  });
});
