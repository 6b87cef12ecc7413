import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { paxRecord, tarOf } from '../../../../test/equipment/tar.ts';
import { zipOf } from '../../../../test/equipment/zip.ts';
import { limits } from '../../../base/limits.ts';
import { treeBounds } from '../../boxes/trees.ts';
import type { PlaceOptions } from './place.ts';
import { through, unpack, unpackTar } from './unpack.ts';

const dir = mkdtempSync(join(tmpdir(), 'unpack-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let sequence = 0;

async function laid(bytes: Buffer, options: Partial<PlaceOptions> = {}) {
  const [archive, to] = [join(dir, `a${sequence}`), join(dir, `t${sequence++}`)];
  writeFileSync(archive, bytes);
  const refusal = await unpack(archive, to, { strip: 0, links: 'kept', ...options });
  return { refusal, to, names: () => readdirSync(to, { recursive: true }).map(String).sort() };
}
const text = (of: string) => Buffer.from(of);
const refusedAs = async (bytes: Buffer, code: string, because: string, options: Partial<PlaceOptions> = {}) => {
  const { refusal, to } = await laid(bytes, options);
  expect(refusal).toMatchObject({ code, because: expect.stringContaining(because) });
  return to;
};

describe('what honest tools write', () => {
  const from = join(dir, 'honest');
  const long = `deep/${'d'.repeat(90)}/${'f'.repeat(120)}`;
  const script = `mkdir -p honest/${long.slice(0, -121)} && cd honest && echo one > a && echo two > ${long} && chmod 755 a && ln -s a l && ln a hard && printf 'é' > é`;
  execFileSync('sh', ['-c', script], { cwd: dir });
  const packers: readonly [string, string, string[]][] = [
    ['tar, GNU', 'tar', ['--format=gnu', '-cf', '-', '.']],
    ['tar, pax', 'tar', ['--format=pax', '-cf', '-', '.']],
    ['tar.gz', 'tar', ['-czf', '-', '.']],
    ['tar.xz', 'tar', ['-cJf', '-', '.']],
    ['tar.zst', 'tar', ['--zstd', '-cf', '-', '.']],
    [
      'zip',
      'python3',
      ['-c', 'import shutil,sys;sys.stdout.buffer.write(open(shutil.make_archive(sys.argv[1],"zip","."),"rb").read())', join(dir, 'z')],
    ],
  ];
  test.for(packers)('%s', async ([kind, program, args], { skip }) => {
    const tools = [program, ...(kind === 'tar.xz' ? ['xz'] : kind === 'tar.zst' ? ['zstd'] : [])];
    const missing = tools.filter((name) => spawnSync(name, ['--version']).error);
    if (missing.length > 0) skip(`install ${missing.join(' ')}`);
    const { refusal, to, names } = await laid(execFileSync(program, args, { cwd: from }));
    expect(refusal).toBeUndefined();
    expect(names()).toEqual(readdirSync(from, { recursive: true }).map(String).sort());
    expect(readFileSync(join(to, long), 'utf8')).toBe('two\n');
    expect(readFileSync(join(to, 'hard'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(to, 'é'), 'utf8')).toBe('é');
    expect(statSync(join(to, 'a')).mode & 0o777).toBe(0o755);
    // Python's zip follows links.
    if (kind !== 'zip') expect(readlinkSync(join(to, 'l'))).toBe('a');
    if (kind !== 'zip') expect(statSync(join(to, 'a')).mtimeMs / 1000).toBe(Math.floor(statSync(join(from, 'a')).mtimeMs / 1000));
  });

  test('leading directories are left out, with what is in no more than them', async () => {
    const { refusal, to, names } = await laid(
      tarOf([
        { name: 'top.txt', bytes: text('x') },
        { name: './pkg/', type: '5' },
        { name: 'pkg/a', bytes: text('a') },
        { name: 'pkg/b', type: '1', to: 'pkg/a' },
      ]),
      { strip: 1 },
    );
    expect([refusal, names()]).toEqual([undefined, ['a', 'b']]);
    expect(readFileSync(join(to, 'b'), 'utf8')).toBe('a');
  });

  test('owners, and the bits that lend them, stay behind', async () => {
    const { to } = await laid(tarOf([{ name: 'a', bytes: text('a'), mode: 0o6755 }]));
    expect(lstatSync(join(to, 'a')).mode & 0o7777).toBe(0o755);
  });

  test('links are left out where a package has none', async () => {
    const { refusal, names } = await laid(tarOf([{ name: 'l', type: '2', to: '/etc/passwd' }, { name: 'a' }]), { links: 'skipped' });
    expect([refusal, names()]).toEqual([undefined, ['a']]);
  });
});

describe('what hostile ones write', () => {
  const file = { name: 'a', bytes: text('a') };
  const tars: readonly [string, Parameters<typeof tarOf>[0], string][] = [
    ['an absolute path', [{ name: '/etc/x', bytes: text('x') }], 'begins at the root'],
    ['a path upwards', [{ name: 'a/../../x', bytes: text('x') }], 'leads out of it'],
    ['a path upwards in an extended header', [{ name: 'p', type: 'x', bytes: paxRecord('path', '../x') }, file], 'leads out of it'],
    ['a path upwards in a long name', [{ name: 'L', type: 'L', bytes: text('../x\0') }, file], 'leads out of it'],
    ['a link out', [{ name: 'l', type: '2', to: '../x' }], 'link leads out'],
    ['an absolute link', [{ name: 'l', type: '2', to: '/etc' }], 'link leads out'],
    [
      'writing through a link',
      [
        { name: 'l', type: '2', to: '.' },
        { name: 'l/x', bytes: text('x') },
      ],
      'same name twice',
    ],
    ['a hard link to what is not there', [{ name: 'h', type: '1', to: '/etc/passwd' }], 'begins at the root'],
    [
      'a hard link to a link',
      [
        { name: 'l', type: '2', to: 'x' },
        { name: 'h', type: '1', to: 'l' },
      ],
      'no earlier file',
    ],
    ['a file twice', [file, { name: './a', bytes: text('b') }], 'same name twice'],
    ['a file that is a directory as well', [file, { name: 'a/b', bytes: text('b') }], 'same name twice'],
    ['a character device', [{ name: 'd', type: '3' }], 'nothing of type'],
    ['a block device', [{ name: 'd', type: '4' }], 'nothing of type'],
    ['a pipe', [{ name: 'd', type: '6' }], 'nothing of type'],
    ['a sparse file', [{ name: 's', type: 'S' }], 'nothing of type'],
    ['a sparse file of pax', [{ name: 'p', type: 'x', bytes: paxRecord('GNU.sparse.major', '1') }, file], 'sparse'],
    ['a name that is not UTF-8', [{ name: Buffer.from([0x61, 0xff]), bytes: text('x') }], 'not UTF-8'],
    ['a name with a NUL', [{ name: 'p', type: 'x', bytes: paxRecord('path', 'a\0b') }, file], 'NUL'],
    ['a name that is too long', [{ name: 'p', type: 'x', bytes: paxRecord('path', 'n'.repeat(256)) }, file], 'too long'],
    ['an extended header that is none', [{ name: 'p', type: 'x', bytes: text('99 path=x\n') }, file], 'cannot be read'],
    ['a negative size', [{ name: 'p', type: 'x', bytes: paxRecord('size', '-1') }, file], 'no number'],
  ];
  test.each(tars)('a tar with %s', async (_, packings, because) => {
    await refusedAs(tarOf(packings), 'malformed', because);
  });

  const zips: readonly [string, Buffer, string][] = [
    ['an absolute path', zipOf([{ name: '/x', bytes: text('x') }]), 'begins at the root'],
    ['a path upwards', zipOf([{ name: '../x', bytes: text('x') }]), 'leads out'],
    ['a wrong checksum', zipOf([{ name: 'x', bytes: text('x'), crc: 1 }]), 'not what it announces'],
    ['two names for one entry', Buffer.from(zipOf([{ name: 'x', bytes: text('x') }])).fill('y', 30, 31), 'two names'],
    [
      'the same name twice',
      zipOf([
        { name: 'x', bytes: text('x') },
        { name: './x', bytes: text('y') },
      ]),
      'same name twice',
    ],
    ['an end in the middle', zipOf([{ name: 'x', bytes: text('xyz') }]).subarray(0, -30), 'no zip archive'],
  ];
  test.each(zips)('a zip with %s', async (_, bytes, because) => {
    await refusedAs(bytes, 'malformed', because);
  });

  test('a zip whose entries share their bytes, of which the best bombs are made', async () => {
    const honest = zipOf([
      { name: 'x', bytes: Buffer.alloc(100) },
      { name: 'y', bytes: Buffer.alloc(100) },
    ]);
    const directory = honest.indexOf(Buffer.from('PK\x01\x02', 'latin1'), honest.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 4);
    honest.writeUInt32LE(0, directory + 42);
    await refusedAs(honest, 'malformed', 'overlap');
  });

  test('encrypted entries and other compressions are said to be that', async () => {
    await refusedAs(zipOf([{ name: 'x', bytes: text('x'), flags: 1 }]), 'unsupported', 'encrypted');
    await refusedAs(Buffer.from('BZh91AY&SY'), 'unsupported', 'bzip2');
  });

  test('what is no archive, or a part of one', async () => {
    await refusedAs(Buffer.alloc(600, 'x'), 'malformed', 'no');
    await refusedAs(Buffer.alloc(0), 'malformed', 'ends in the middle');
    await refusedAs(tarOf([{ name: 'a', bytes: Buffer.alloc(2000) }]).subarray(0, 1000), 'malformed', 'ends in the middle');
    await refusedAs(gzipSync(tarOf([file])).subarray(0, 60), 'malformed', 'damaged');
    await refusedAs(Buffer.concat([zstdCompressSync(tarOf([file])).subarray(0, 20), Buffer.alloc(20, 7)]), 'malformed', '');
    await refusedAs(Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), Buffer.alloc(40)]), 'malformed', 'damaged');
  });

  test.for([
    ['gzip', gzipSync, createGunzip],
    ['zstd', zstdCompressSync, createZstdDecompress],
  ] as const)('nothing of it flows before it is read: %s that ends too early ends no process', async ([, packed, inflater]) => {
    const whole = packed(tarOf([file]));
    const uncaught: unknown[] = [];
    const hear = (cause: unknown) => void uncaught.push(cause);
    process.on('uncaughtException', hear);
    const inflating = inflater();
    const chunks = through(Readable.from([whole.subarray(0, whole.length / 2)]), inflating);
    // As long as a busy disk may take to make the directory that it is laid down in.
    await new Promise((resolve) => setTimeout(resolve, 200));
    process.off('uncaughtException', hear);
    expect({ uncaught, flowed: inflating.bytesWritten, isOver: inflating.destroyed }).toEqual({ uncaught: [], flowed: 0, isOver: false });
    const refusal = await unpackTar(chunks, join(dir, `t${sequence++}`), { strip: 0, links: 'kept' });
    expect(refusal).toMatchObject({ code: 'malformed', because: expect.stringContaining('damaged') });
  });

  test('a bomb ends at the limit, before its bytes reach the disk', async () => {
    const bounds = { ...treeBounds, fileBytes: 1000, bytes: 1500, files: 3, depth: 4 };
    const fine = [
      { name: 'a', bytes: Buffer.alloc(1000) },
      { name: 'b', bytes: Buffer.alloc(500) },
    ];
    expect((await laid(tarOf(fine), { bounds })).refusal).toBeUndefined();
    await refusedAs(tarOf([{ name: 'a', bytes: Buffer.alloc(1001) }]), 'too_large', 'a file of a tree', { bounds });
    await refusedAs(tarOf([...fine, { name: 'c', bytes: Buffer.alloc(1) }]), 'too_large', 'a tree holds', { bounds });
    await refusedAs(tarOf([...fine.slice(0, 1), { name: 'h', type: '1', to: 'a' }]), 'too_large', 'a tree holds', { bounds });
    await refusedAs(tarOf([{ name: 'a/b/c', bytes: text('x') }, { name: 'd' }]), 'too_many', 'at most 3 files', { bounds });
    await refusedAs(tarOf([{ name: 'a/b/c/d/e' }]), 'too_large', '4 directories deep', { bounds });
    const claims = tarOf([{ name: 'a', says: 0o77777777777 }]);
    const to = await refusedAs(claims, 'too_large', 'a file of a tree');
    expect(readdirSync(to)).toEqual([]);
  });

  test('what only says how much comes is bounded as well', async () => {
    const header = (bytes: number) => tarOf([{ name: 'p', type: 'x', bytes: paxRecord('comment', 'c'.repeat(bytes - 15)) }, file]);
    const exact = Buffer.byteLength(paxRecord('comment', 'c'.repeat(limits.archiveHeaderBytes - 15)));
    expect(exact).toBe(limits.archiveHeaderBytes);
    expect((await laid(header(limits.archiveHeaderBytes))).refusal).toBeUndefined();
    await refusedAs(header(limits.archiveHeaderBytes + 1), 'too_large', 'extended header');
  });

  test('a million of nothing is read no further than it may be', async () => {
    const nothing = tarOf([{ name: 'p', type: 'g', bytes: text('') }]).subarray(0, 512);
    const many = gzipSync(Buffer.concat(Array.from({ length: 32 * 1024 }, () => nothing)));
    await refusedAs(many, 'too_large', 'inflates to at most', { bounds: { ...treeBounds, files: 1000, bytes: 1_000_000 } });
  });
});
