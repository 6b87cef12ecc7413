import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { limits } from './limits.ts';
import { witnessKey } from './note.ts';
import { isRefusal } from './refusal.ts';
import { signerOf, verifierKey } from './signature.ts';
import { isReached, parseTlogPolicy, quorumOf, type TlogPolicy } from './tlog-policy.ts';

const make = (name: string) => signerOf(name, generateKeyPairSync('ed25519').privateKey);
const log = make('log.example');
const [x1, x2, y1, y2] = ['x1', 'x2', 'y1', 'y2'].map((name) => witnessKey(make(name))) as [string, string, string, string];
const logLine = `log ${verifierKey(log.name, log.publicKey)} https://log.example/`;
const groups = `# a comment
${logLine}

witness X1 ${x1} https://x1.example
witness\tX2  ${x2}
witness Y1 ${y1}
witness Y2 ${y2}
group X all X1 X2
group Y any Y1 Y2
group X-and-Y 2 X Y
quorum X-and-Y
`;

test('groups of groups', () => {
  const { logs, witnesses, quorum } = parseTlogPolicy(groups) as TlogPolicy;
  expect([logs.length, logs[0]!.url, witnesses.map((w) => w.url)]).toEqual([
    1,
    'https://log.example/',
    ['https://x1.example', null, null, null],
  ]);
  const reached = (...keys: string[]) => isReached(quorum, (key) => keys.includes(key.text));
  expect([reached(x1, x2, y2), reached(x1, x2), reached(x1, y1, y2), reached()]).toEqual([true, false, false, false]);
});

test('nobody is needed where the quorum is none; so many of all where a number is given', () => {
  const { quorum, witnesses } = parseTlogPolicy(`${groups.replace(/group(.|\n)*/, '')}quorum none\n`) as TlogPolicy;
  expect(isReached(quorum, () => false)).toBe(true);
  const two = quorumOf(
    2,
    witnesses.map((w) => w.key),
  );
  expect([isReached(two, (k) => [x1, y1].includes(k.text)), isReached(two, (k) => k.text === x1)]).toEqual([true, false]);
});

test.each([
  ['no quorum', groups.replace('quorum X-and-Y\n', '')],
  ['two quorums', `${groups}quorum none\n`],
  ['a quorum that is not named', groups.replace('quorum X-and-Y', 'quorum Z')],
  ['a group of nobody', groups.replace('group Y any Y1 Y2', 'group Y any')],
  ['a group that needs more than it has', groups.replace('group X-and-Y 2', 'group X-and-Y 3')],
  ['a member twice', groups.replace('group Y any Y1 Y2', 'group Y any Y1 X1')],
  ['a name twice', groups.replace('witness Y2', 'witness Y1')],
  ['a key twice', groups.replace(y2, y1)],
  ['the key of a log for a witness', groups.replace(y2, verifierKey(log.name, log.publicKey))],
  ['a word nobody knows', `${groups}trust me\n`],
  ['a carriage return', groups.replaceAll('\n', '\r\n')],
])('no policy: %s', (_, text) => {
  expect(parseTlogPolicy(text)).toMatchObject({ code: 'malformed' });
});

test('so many lines, and not one more', () => {
  const lines = (n: number) => `quorum none\n${'\n'.repeat(n - 2)}`;
  expect(isRefusal(parseTlogPolicy(lines(limits.policyLines)))).toBe(false);
  expect(parseTlogPolicy(lines(limits.policyLines + 1))).toMatchObject({ code: 'too_large' });
});
