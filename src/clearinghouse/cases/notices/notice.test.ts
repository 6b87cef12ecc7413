import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { day, epochMs, type Instant, minute, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { answerLine, ownWords } from '../messages/answer.ts';
import { mailAddress, readAddress } from './address.ts';
import { letterOf } from './letter.ts';
import { afterAttempt, isOfAddress, type Mail } from './mails/mail.ts';
import { type Choices, defaultChoices, dueOf, nextLocal } from './notice.ts';
import { deadlineOfPoint, eventsTold, type Point, pointNames, points, pointsOn } from './points.ts';
import { chooseInput } from './wire.ts';

const at = (text: string) => text as Instant;
const now = at('2026-11-21T09:00:00.000Z');
const chosen = (over: Partial<Choices>): Choices => ({ ...defaultChoices, ...over });
const told = { isIncident: false, deadlineAt: null };

describe('when a mail goes out', () => {
  const night = chosen({ zone: 'Europe/Berlin', quiet: { from: '22:00', to: '07:00' } });

  test('not in quiet hours, which are those of the recipient', () => {
    expect(dueOf(night, told, now)).toBe(now);
    expect(dueOf(night, told, at('2026-11-21T20:59:00.000Z'))).toBe('2026-11-21T20:59:00.000Z');
    for (const hidden of ['2026-11-21T21:00:00.000Z', '2026-11-22T05:59:00.000Z'])
      expect(dueOf(night, told, at(hidden))).toBe('2026-11-22T06:00:00.000Z');
    expect(dueOf(night, told, at('2026-11-22T06:00:00.000Z'))).toBe('2026-11-22T06:00:00.000Z');
    expect(dueOf({ ...night, quiet: { from: '08:00', to: '08:00' } }, told, now)).toBe(now);
    const noon = { ...night, quiet: { from: '09:30', to: '11:00' } };
    expect(dueOf(noon, told, now)).toBe('2026-11-21T10:00:00.000Z');
  });

  test('an incident goes through, when the recipient chose so', () => {
    const late = at('2026-11-21T23:00:00.000Z');
    expect(dueOf(night, { ...told, isIncident: true }, late)).toBe(late);
    expect(dueOf({ ...night, incidentThrough: false }, { ...told, isIncident: true }, late)).toBe('2026-11-22T06:00:00.000Z');
  });

  test('with the digest, unless the deadline is before it', () => {
    const daily = chosen({ pace: 'daily', digestAt: '08:00', zone: 'Asia/Tokyo' });
    expect(dueOf(daily, told, now)).toBe('2026-11-21T23:00:00.000Z');
    expect(dueOf(daily, { ...told, deadlineAt: at('2026-11-21T22:00:00.000Z') }, now)).toBe(now);
    expect(dueOf({ ...daily, quiet: { from: '20:00', to: '09:00' } }, told, now)).toBe('2026-11-22T00:00:00.000Z');
  });

  test('where the clock is put forward or back, and where it is put by half an hour', () => {
    // 2027-03-28 02:30 does not exist in Berlin; 2027-10-31 02:30 does twice.
    expect(nextLocal(at('2027-03-27T23:30:00.000Z'), '02:30', 'Europe/Berlin')).toBe('2027-03-28T01:30:00.000Z');
    expect(nextLocal(at('2027-10-30T23:30:00.000Z'), '02:30', 'Europe/Berlin')).toBe('2027-10-31T00:30:00.000Z');
    expect(nextLocal(at('2027-04-03T12:00:00.000Z'), '08:00', 'Australia/Lord_Howe')).toBe('2027-04-03T21:30:00.000Z');
    for (const zone of ['UTC', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns'])
      for (let h = 0; h < 48; h++) {
        const from = plusMs(now, h * 31 * minute);
        const next = nextLocal(from, '07:15', zone);
        expect(next > from && epochMs(next) - epochMs(from) <= day).toBe(true);
      }
  });
});

describe('points', () => {
  test('each says what happened without saying what the flaw is, and has an event', () => {
    for (const name of pointNames) {
      const point: Point = points[name];
      expect(point.says).toMatch(/^[A-Z][^\n]{10,120}\.$/);
      expect(pointsOn(point.on)).toContain(name);
      expect(eventsTold).toContain(point.on);
    }
    expect(new Set(pointNames.map((n) => points[n].says)).size).toBe(pointNames.length);
  });

  test('a finder who will publish is an incident, one who leaves it is news: never both', () => {
    expect(pointsOn('case.finder-withdrew', { intent: 'will-publish' })).toEqual(['finder-will-publish']);
    for (const said of [{ intent: 'leaves-it' }, {}]) expect(pointsOn('case.finder-withdrew', said)).toEqual(['finder-withdrew']);
  });

  test('a deadline is a time, or it is none', () => {
    expect(deadlineOfPoint('embargo-agreed', { endsAt: now })).toBe(now);
    for (const payload of [null, {}, { endsAt: 5 }, { endsAt: 'soon\r\nBcc: a@b' }])
      expect(deadlineOfPoint('embargo-agreed', payload)).toBeNull();
    expect(deadlineOfPoint('disclosed', { endsAt: now })).toBeNull();
  });
});

describe('addresses', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));
  const id = `rad_${'01m7ynaym06zqky2ke7d03wbht'}`;
  const until = plusMs(now, limits.replyDays * day);
  const made = mailAddress(key, 'r', id, until, 'mail.hub.example');

  test('stand for one thing, whatever case a server makes of them, until their last day is over', () => {
    expect(made.indexOf('@')).toBeLessThanOrEqual(64);
    for (const text of [made, made.toUpperCase()]) expect(readAddress(key, text, 'mail.hub.example', now)).toEqual({ kind: 'r', id });
    expect(readAddress(key, made, 'mail.hub.example', until)).toBeDefined();
    expect(readAddress(key, made, 'mail.hub.example', plusMs(until, day))).toBeUndefined();
  });

  test('altered in any one character they stand for nothing', () => {
    for (let i = 0; i < made.length; i++) {
      const altered = `${made.slice(0, i)}${made[i] === '0' ? '1' : '0'}${made.slice(i + 1)}`;
      expect(readAddress(key, altered, 'mail.hub.example', now), altered).toBeUndefined();
    }
    expect(readAddress(createSecretKey(Buffer.alloc(32, 2)), made, 'mail.hub.example', now)).toBeUndefined();
    expect(readAddress(key, made, 'other.example', now)).toBeUndefined();
    expect(readAddress(key, `x${made}`, 'mail.hub.example', now)).toBeUndefined();
  });
});

describe('what somebody wrote themselves', () => {
  test.each([
    ['Yes.\n\nOn Sat, 21 Nov 2026 at 10:00, Hub <n@h.example> wrote:\n> one\n> two', 'Yes.'],
    ['Ja.\n\nAm 21.11.2026 um 10:00 schrieb Hub:\n> eins', 'Ja.'],
    ['Yes.\n\nOn Sat, 21 Nov 2026 at 10:00, Hub <n@h.example>\nwrote:\n\n> one', 'Yes.'],
    [`Yes.\n\n${answerLine}\nold`, 'Yes.'],
    [`Yes.\n> ${answerLine}\n> old`, 'Yes.'],
    ['Yes.\n-- \nAda\n+49', 'Yes.'],
    ['Yes.\n\n-----Original Message-----\nFrom: Hub\nSent: now', 'Yes.'],
    ['Yes.\n\n________________________________\nFrom: Hub <n@h>\nSent: now\nold', 'Yes.'],
    ['Yes.\n\nVon: Hub\nGesendet: heute\nAlt', 'Yes.'],
    ['> Is it fixed?\nYes, in 2.1.\n> And tested?\nToday.', '> Is it fixed?\nYes, in 2.1.\n> And tested?\nToday.'],
    ['From: here on it is fine.\nReally.', 'From: here on it is fine.\nReally.'],
    ['On it.\nAda wrote:\n> x', 'On it.'],
    ['> only what was', ''],
    ['a\r\nb', 'a\nb'],
  ])('%j', (text, own) => expect(ownWords(text)).toBe(own));
});

describe('a mail after an attempt', () => {
  const of: Mail = {
    ...{ id: 'mal_1', personId: 'psn_1', caseId: null, isUrgent: false, state: 'waiting', dueAt: now, leasedUntil: now, tries: 0 },
    ...{ unanswered: 0, madeAt: now, lastAt: null, lastStatus: null, because: null },
  };
  const said = (outcome: 'taken' | 'later' | 'refused' | 'unknown') => ({ outcome, status: 451, enhanced: null, because: 'x' });

  test(`is tried ${limits.mailTries} times, later and later, over some three days; then it is parked`, () => {
    let mail = of;
    const pauses: number[] = [];
    for (let i = 1; i < limits.mailTries; i++) {
      const next = afterAttempt(mail, said(i % 2 ? 'later' : 'unknown'), mail.dueAt, 0);
      expect(next.state).toBe('waiting');
      pauses.push(epochMs(next.dueAt) - epochMs(mail.dueAt));
      mail = next;
    }
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.reduce((a, b) => a + b, 0)).toBeGreaterThan(2.5 * day);
    expect(mail.unanswered).toBe(Math.floor((limits.mailTries - 1) / 2));
    expect(afterAttempt(mail, said('later'), mail.dueAt, 0)).toMatchObject({ state: 'parked', tries: limits.mailTries });
  });

  test('taken it is sent, refused it is parked, without anything left it is dropped', () => {
    expect(afterAttempt(of, said('taken'), now, 0)).toMatchObject({ state: 'sent', because: null, leasedUntil: null });
    expect(afterAttempt(of, said('refused'), now, 1)).toMatchObject({ state: 'parked', because: 'x' });
    expect(afterAttempt(of, null, now, 0)).toMatchObject({ state: 'dropped', tries: 0 });
  });

  test('what is said of the address is told from what is said of us', () => {
    expect([isOfAddress(550, '5.1.1'), isOfAddress(550, '5.2.1'), isOfAddress(550, null), isOfAddress(553, null)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([isOfAddress(550, '5.7.1'), isOfAddress(552, null), isOfAddress(554, '5.4.4'), isOfAddress(null, null)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

test('a letter of one case may be answered; one of several names an address for each', () => {
  const n = (caseId: string) => ({ point: 'message' as const, caseId: caseId as `cas_${string}`, deadlineAt: null });
  const hub = { name: 'hub.example', desk: 'https://desk.example' };
  const one = letterOf([n('cas_1')], defaultChoices, hub, new Map([['cas_1', 'r-1@h']]));
  expect(one.text.startsWith(answerLine)).toBe(true);
  expect(one.subject).toBe('hub.example: case cas_1: news');
  expect(one.text.match(/https:\S+/g)).toEqual(['https://desk.example/cases/cas_1', 'https://desk.example/notices']);
  const two = letterOf(
    [n('cas_1'), n('cas_2')],
    defaultChoices,
    hub,
    new Map([
      ['cas_1', 'r-1@h'],
      ['cas_2', 'r-2@h'],
    ]),
  );
  expect(two.text).not.toContain(answerLine);
  expect(two.text).toMatch(/1\. There[\s\S]*r-1@h[\s\S]*2\. There[\s\S]*r-2@h/);
  expect(two.subject).toBe('hub.example: your cases: news');
});

test('choices: real zones, real times of day, a key of so many characters', () => {
  const usual = { zone: 'UTC', quiet: null, incidentThrough: true, pace: 'daily', digestAt: '08:00', off: [], protection: 'none' };
  const takes = (over: object) => chooseInput.safeParse({ ...usual, ...over }).success;
  expect([{}, { zone: 'America/New_York' }, { quiet: { from: '22:00', to: '07:00' } }].map(takes)).toEqual([true, true, true]);
  expect([{ zone: 'Mars/Olympus' }, { zone: '+01:00' }, { digestAt: '24:00' }, { quiet: { from: '9', to: '7' } }].some(takes)).toBe(false);
  expect([limits.noticeKeyChars, limits.noticeKeyChars + 1].map((n) => takes({ publicKey: 'a'.repeat(n) }))).toEqual([true, false]);
});
