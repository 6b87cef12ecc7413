import { expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import { scoreCvss } from './cvss.ts';

test('one vector of each version', () => {
  expect(scoreCvss('AV:N/AC:L/Au:N/C:C/I:C/A:C')).toMatchObject({ version: '2.0', base: 10, severity: 'HIGH' });
  expect(scoreCvss('CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H')).toMatchObject({ version: '3.0', base: 9.8, severity: 'CRITICAL' });
  expect(scoreCvss('CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:N/I:N/A:N')).toMatchObject({ base: 0, severity: 'NONE' });
  expect(scoreCvss('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H')).toMatchObject({ version: '4.0', base: 10 });
});

test('a group without metrics has no score; one whose metrics are all "not defined" has', () => {
  const plain = scoreCvss('CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H');
  expect(plain).not.toHaveProperty('temporal');
  expect(plain).not.toHaveProperty('environmental');
  expect(scoreCvss('CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:X/CR:X')).toMatchObject({
    base: 8.8,
    temporal: 8.8,
    environmental: 8.8,
  });
});

// Worked by hand in decimals: 5.0 × 0.92 is 4.6; an environment that asks for nothing leaves the score of 2.0 as it is.
test.each([
  ['CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:C/C:N/I:N/A:H/E:H/RL:X/RC:U', { base: 5, temporal: 4.6 }],
  ['AV:L/AC:L/Au:M/C:P/I:N/A:C/CDP:N/TD:H/CR:ND/IR:ND/AR:M', { base: 5, environmental: 5 }],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:N/CDP:ND', { base: 0, environmental: 0 }],
  ['AV:L/AC:M/Au:N/C:P/I:P/A:P/RC:UR/CDP:ND', { base: 4.4, temporal: 4.2, environmental: 4.2 }],
])('%s has the score that decimals give', (vector, scores) => {
  expect(scoreCvss(vector)).toMatchObject(scores);
});

test.each([
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
  'CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AV:W/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/',
  'CVSS:3.1/constructor:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H',
  'CVSS:5.0/AV:N',
  '',
])('%s is malformed', (vector) => {
  expect(scoreCvss(vector)).toMatchObject({ refused: true, code: 'malformed' });
});

const vectors = referenceText('cvss-vectors/vectors.jsonl');
test.skipIf(!vectors)('every published vector scores as published', () => {
  const rows = vectors!
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const { version, vector, base, temporal, environmental, severity } of rows) {
    const score = scoreCvss(vector);
    expect(score, vector).toMatchObject({ version, base, ...(severity ? { severity } : {}) });
    for (const [group, said, metrics] of [
      ['temporal', temporal, /\/(?:E|RL|RC):/],
      ['environmental', environmental, /\/(?:CDP|TD|[CIA]R|M[A-Z]+):/],
    ] as const) {
      if (version === '4.0' || !metrics.test(vector)) expect(score, vector).not.toHaveProperty(group);
      else if (said !== undefined) expect(score, vector).toHaveProperty(group, said);
    }
  }
  expect(rows.length).toBeGreaterThan(3000);
});

const malformed = referenceText('cvss-vectors/malformed.json');
test.skipIf(!malformed)('every published malformed vector is refused', () => {
  for (const { vector } of JSON.parse(malformed!)) expect(scoreCvss(vector), vector).toHaveProperty('refused', true);
});
