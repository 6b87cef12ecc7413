import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { buildCli, runCli } from '../../src/app/cli.ts';
import { tufKeyOf } from '../../src/clearinghouse/releases/repository/metadata.ts';
import { newKey } from '../flows/patches-stage.ts';

const dir = mkdtempSync(join(tmpdir(), 'bw-tuf-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** As a person types it, on a machine without a hub; files are in a folder of the test's. */
async function tuf(...words: string[]): Promise<{ code: number; said: string; problem: string }> {
  const spoken = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((to) =>
    vi.spyOn(process[to], 'write').mockImplementation((text) => {
      spoken[to] += String(text);
      return true;
    }),
  );
  const inDir = words.map((word) => (/\.(pem|json)$/.test(word) ? join(dir, word) : word));
  await runCli(
    buildCli(() => {}),
    ['node', 'breakwater', 'tuf', ...inDir],
  ).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { code, said: spoken.stdout.trim(), problem: spoken.stderr.trim() };
}

test('a root is made, signed and handed on with keys that no hub has seen', async () => {
  const key = tufKeyOf(newKey().hex);
  writeFileSync(join(dir, 'online.json'), JSON.stringify({ generation: 0, timestamp: key, snapshot: key, targets: key }));
  const [ada, bob] = [await tuf('key', 'ada.pem'), await tuf('key', 'bob.pem')];
  expect(ada.said).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(join(dir, 'ada.pem')).mode & 0o077).toBe(0);
  expect(await tuf('key', 'ada.pem')).toMatchObject({ code: 73 });

  const init = ['root', 'init', '--online', 'online.json', '--out', '1.json', '--root-key'];
  expect(await tuf(...init, 'zz')).toMatchObject({ code: 65, problem: expect.stringContaining('zz is not a public key') });
  expect(await tuf(...init, ada.said, '--threshold', '2')).toMatchObject({ code: 65 });
  expect(await tuf(...init, ada.said)).toMatchObject({ code: 0, said: expect.stringContaining('by 1 of 1 root keys') });
  expect(await tuf('root', 'sign', '1.json', '--key', 'bob.pem')).toMatchObject({ code: 77 });
  expect(await tuf('root', 'sign', '1.json', '--key', 'ada.pem')).toMatchObject({ said: 'signed: 1 of 1 by the root keys of version 1' });

  const rotate = ['root', 'rotate', '1.json', '--out', '2.json', '--days', '30', '--add', bob.said, '--remove', ada.said];
  expect(await tuf(...rotate)).toMatchObject({ code: 0 });
  expect(await tuf('root', 'sign', '2.json', '--key', 'bob.pem', '--previous', '1.json')).toMatchObject({
    said: 'signed: 1 of 1 by the root keys of version 2, 0 of 1 by the root keys of version 1',
  });
  expect(await tuf('root', 'sign', '2.json', '--key', 'ada.pem', '--previous', '1.json')).toMatchObject({
    said: 'signed: 1 of 1 by the root keys of version 2, 1 of 1 by the root keys of version 1',
  });
  expect(JSON.parse(readFileSync(join(dir, '2.json'), 'utf8'))).toMatchObject({ signed: { version: 2 }, signatures: [{}, {}] });
});
