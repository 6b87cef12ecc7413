import { expect, test } from 'vitest';
import { filtered, shownOf } from './entries.ts';

const entries = shownOf([
  { said: 'to-model', messages: [{ role: 'user', content: 'find it' }] },
  {
    said: 'by-model',
    message: { role: 'assistant', content: 'look', toolCalls: [{ id: '1', name: 'shell', arguments: '{"command":"ls /src"}' }] },
    stop: 'tools',
    inputTokens: 1,
    outputTokens: 2,
  },
  { said: 'by-tool', tool: 'shell', answer: 'a\u202eb\u001b[2J\u200bc\n\td' },
  { said: 'broken', because: 'cut\u202e off' },
  { said: 'end', ended: 'done', because: 'the model stopped' },
  { said: 'newer', x: 1 },
  null,
]);

test('each entry is text, a command as it was typed; what is not known is shown as it is', () => {
  expect(entries.map(({ number, kind, text }) => [number, kind, text])).toEqual([
    [1, 'to-model', 'user: find it'],
    [2, 'by-model', 'look\n→ shell ls /src'],
    [3, 'by-tool', 'a\ufffdb\ufffd[2J\ufffdc\n\td'],
    [4, 'course', 'cut\ufffd off'],
    [5, 'end', 'the model stopped'],
    [6, 'other', '{"said":"newer","x":1}'],
    [7, 'other', '{}'],
  ]);
});

test('of a program in the box it is shown what it is and what it asked, so that both can be searched', () => {
  const shown = shownOf([
    { said: 'harness', command: ['/tools/node', '/agent/a.mjs'], files: 'tree_1' },
    { said: 'asked', relayed: { number: 2, sha256: 's', bytes: 70, added: '{"content":"ls\u202e"}' } },
    { said: 'asked', ms: 1 },
  ]);
  expect(shown.map(({ kind, text }) => [kind, text])).toEqual([
    ['course', '/tools/node /agent/a.mjs'],
    ['to-model', '{"content":"ls\ufffd"}'],
    ['course', ''],
  ]);
  expect(shown.map(({ about }) => about)).toEqual([
    'the vendor’s own program begins; its files: tree_1',
    'call 2, by the program in the box: 70 bytes, of which here is what no call before it had',
    'a call goes out',
  ]);
});

test('what is sought is found whatever its case, and within one kind', () => {
  expect(filtered(entries, 'LS /src', '').map((e) => e.number)).toEqual([2]);
  expect(filtered(entries, '', 'end').map((e) => e.number)).toEqual([5]);
  expect(filtered(entries, 'nowhere', '')).toEqual([]);
});
