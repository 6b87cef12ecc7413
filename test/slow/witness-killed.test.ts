import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../src/base/canonical.ts';
import { appendLeaf, emptyRoot, leafHash, rootOf } from '../../src/base/merkle.ts';
import { completedBy, consistencyFolds, folded, type Place } from '../../src/base/merkle-nodes.ts';
import { parseNote, parseTreeHead } from '../../src/base/note.ts';
import { signerOf, signNote, verifierKey } from '../../src/base/signature.ts';
import { asking } from '../../src/clearinghouse/releases/witnesses/witness.ts';
import { type HubProcess, startHubProcess } from '../equipment/hub-process.ts';

// A witness is killed in the middle of cosigning, again and again: whatever it signed, it remembers.
const dir = mkdtempSync(join(tmpdir(), 'bw-witness-'));
const log = signerOf('log.example', generateKeyPairSync('ed25519').privateKey);
const nodes = new Map<string, Buffer>();
const roots = [emptyRoot];
let frontier: Buffer[] = [];
let hub: HubProcess;

function grow(): void {
  const size = roots.length - 1;
  const leaf = leafHash(Buffer.from(`${size}`));
  for (const { level, index, hash } of completedBy(frontier, size, leaf)) nodes.set(`${level}/${index}`, hash);
  frontier = appendLeaf(frontier, size, leaf);
  roots.push(rootOf(frontier));
}
const hashOf = ({ level, index }: Place) => nodes.get(`${level}/${index}`)!;
const checkpoint = (size: number, root: Buffer) => signNote(log, `log.example\n${size}\n${root.toString('base64')}\n`);

afterAll(async () => {
  await hub.end('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Undefined when it went away before it answered. */
async function add(from: number, to: number, root = roots[to]!): Promise<{ status: number; text: string } | undefined> {
  const proof = consistencyFolds(from, to).map((fold) => folded(fold, hashOf));
  try {
    const reply = await fetch(`${hub.url}/witness/add-checkpoint`, { method: 'POST', body: asking(from, proof, checkpoint(to, root)) });
    return { status: reply.status, text: await reply.text() };
  } catch {
    return undefined;
  }
}

test('after every kill −9 it holds at least what it cosigned, and signs nothing smaller and no fork', async () => {
  writeFileSync(join(dir, 'policy'), `log ${verifierKey(log.name, log.publicKey)}\nquorum none\n`);
  process.env.BREAKWATER_WITNESSES = join(dir, 'policy');
  hub = await startHubProcess(join(dir, 'data'));
  let cosigned = 0;
  let lost = 0;
  for (let kill = 0; kill < 4; kill++) {
    let killing: Promise<void> | undefined;
    const until = cosigned + 15 + 10 * kill;
    for (let at = cosigned; ; ) {
      grow();
      const sent = add(at, roots.length - 1);
      if (cosigned >= until) killing ??= hub.end('SIGKILL');
      const given = await sent;
      if (given === undefined || given.status >= 500) {
        lost++;
        break;
      }
      if (given.status === 200) cosigned = roots.length - 1;
      at = given.status === 200 ? cosigned : Number(given.text);
    }
    await killing;
    hub = await startHubProcess(join(dir, 'data'));
    const reply = await fetch(`${hub.url}/witness/${sha256('log.example')}/checkpoint`);
    const { size } = parseTreeHead(parseNote(await reply.text())!.text)!;
    expect(size).toBeGreaterThanOrEqual(cosigned);
    expect((await add(size, size, leafHash(Buffer.from('a fork'))))!.status).toBe(422);
    expect(await add(size - 1, size - 1)).toMatchObject({ status: 409, text: `${size}\n` });
    cosigned = size;
  }
  expect(lost).toBeGreaterThan(0);
});
