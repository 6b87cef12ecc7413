import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../base/limits.ts';
import { readMedia, readMultipart } from './multipart.ts';
import { tapPartsOf } from './tap-parts.ts';

const body = (...parts: string[]) => Buffer.from(`${parts.map((p) => `--b\r\n${p}`).join('\r\n')}\r\n--b--\r\n`);
const report = 'Content-Disposition: attachment; name="report"\r\nContent-Type: application/json\r\n\r\n{}';
const parts = (...all: string[]) => {
  const read = readMultipart(body(...all), 'b');
  return typeof read === 'string' ? read : tapPartsOf(read);
};

test('media types and parameters', () => {
  expect(readMedia('multipart/mixed; boundary="a b\\"c"; x=1')?.parameters.get('boundary')).toBe('a b"c');
  expect(readMedia('Application/JSON')?.type).toBe('application/json');
  for (const bad of ['', 'x y/z', 'a/b; c', 'a/b; c=1; C=2', 'a/b; c="x', 'a/b; c=x y']) expect(readMedia(bad), bad).toBeUndefined();
});

test('parts are what lies between the boundaries, to the byte', () => {
  const read = readMultipart(
    Buffer.from('preamble\r\n--b  \r\nA: 1\r\n\r\nx\r\n\r\n--b\r\nA: 2\r\na: 3\r\n\r\n\r\n--b--\r\nepilogue'),
    'b',
  );
  expect(read).toEqual([
    { headers: [['a', '1']], bytes: Buffer.from('x\r\n') },
    {
      headers: [
        ['a', '2'],
        ['a', '3'],
      ],
      bytes: Buffer.alloc(0),
    },
  ]);
});

test('what could be read in two ways is refused', () => {
  for (const text of [
    '',
    '--b',
    '--b\r\n',
    '--b--',
    '--b\r\nA: 1\r\n\r\nx',
    '--b\nA: 1\n\nx\n--b--',
    '--b\r\nA: 1\r\n folded\r\n\r\nx\r\n--b--',
    '--b\r\nA: 1\r\n\r\nx\r\n--bx\r\n--b--',
  ])
    expect(typeof readMultipart(Buffer.from(text), 'b'), text).toBe(text === '--b--' ? 'object' : 'string');
  expect(typeof readMultipart(body(report), '')).toBe('string');
});

test('TAP parts: names, headers and their repetition', () => {
  const attachment = (headers: string) =>
    `Content-Disposition: attachment; name=attachment; filename="pocé \\"1\\".c"\r\nContent-Type: text/plain\r\n${headers}\r\nint main;`;
  expect(parts(attachment('Content-Akrites-Type: reproducer\r\nX-Other: 1\r\n'), report)).toMatchObject({
    payloads: [
      { name: 'attachment', filename: 'pocé "1".c', contentType: 'text/plain', type: 'reproducer', bytes: Buffer.from('int main;') },
    ],
  });
  const refused = [
    [attachment('')],
    [report, report],
    [report, report.replace('"report"', 'other')],
    [report.replace('attachment;', 'form-data;')],
    [report.replace('attachment;', 'inline;')],
    [report.replace('name=', "name*=utf-8''")],
    [report, attachment('').replace('filename=', 'filename="x"; filename=')],
    [report, attachment('').replace('filename=', "filename*=utf-8''x; filename=")],
    [report.replace('\r\n\r\n', '\r\nContent-Type: text/plain\r\n\r\n')],
    [report.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n')],
    [report.replace('\r\n\r\n', '\r\nContent-Language: en\r\n\r\n')],
    [report.replace('\r\n\r\n', '\r\nContent-Description: x\r\n\r\n')],
    [report.replace('application/json', 'text/plain')],
    [
      report,
      attachment('').replace('attachment; name=attachment', 'attachment; name=raw'),
      attachment('').replace('attachment; name=attachment', 'attachment; name=raw'),
    ],
  ];
  for (const all of refused) expect(typeof parts(...all), all.join('\n')).toBe('string');
  expect(typeof parts(report.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: 8BIT\r\nContent-Length: 2\r\n\r\n'))).toBe('object');
});

test('property: bytes never make the reader throw, and whatever is framed comes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readMultipart(Buffer.concat([Buffer.from('--b\r\n'), bytes]), 'b')),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      fc.pre(!Buffer.from(bytes).includes('--b'));
      const framed = Buffer.concat([Buffer.from('--b\r\nA: 1\r\n\r\n'), bytes, Buffer.from('\r\n--b--')]);
      expect(readMultipart(framed, 'b')).toEqual([{ headers: [['a', '1']], bytes: Buffer.from(bytes) }]);
    }),
  );
});

test('the headers of a part may be so long, and not a byte longer', () => {
  const part = (bytes: number) => {
    const head = 'A: \r\n\r\n';
    return `A: ${'x'.repeat(bytes - head.length)}\r\n\r\nbody`;
  };
  expect(readMultipart(body(part(limits.partHeadBytes)), 'b')).toMatchObject([{ bytes: Buffer.from('body') }]);
  expect(readMultipart(body(part(limits.partHeadBytes + 1)), 'b')).toMatch(/too long/);
});

test('a body may have so many parts, and not one more', () => {
  const of = (n: number) => readMultipart(body(...Array.from({ length: n }, () => 'A: 1\r\n\r\nx')), 'b');
  expect(of(limits.multipartParts)).toHaveLength(limits.multipartParts);
  expect(of(limits.multipartParts + 1)).toMatch(/at most 1000 parts/);
});

test('blanks cost no more than they are long', () => {
  // Seconds of slack for a slow machine; a reading that tries every split of a run takes minutes.
  const blanks = ' '.repeat(16_000);
  const header = Buffer.from(`${`--b\r\nx: a${blanks}b\r\n\r\n\r\n`.repeat(180)}--b--`);
  const started = performance.now();
  expect(readMultipart(header, 'b')).toHaveLength(180);
  expect(readMedia(`a/b;${blanks}!`)).toBeUndefined();
  expect(readMedia(`a/b;${blanks};${blanks}c=d${blanks}`)?.parameters.get('c')).toBe('d');
  expect(readMedia(`a/b; c="${'\\"'.repeat(8000)}`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(5000);
});

test('blanks around a value are not of it, blanks within are', () => {
  expect(readMultipart(body('A: \t x \t y \t\r\n\r\n'), 'b')).toMatchObject([{ headers: [['a', 'x \t y']] }]);
});
