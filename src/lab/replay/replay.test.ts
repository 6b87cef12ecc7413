import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { insist } from '../../base/refusal.ts';
import { open, signerOf } from '../../base/signature.ts';
import { conclude } from '../conclude.ts';
import { prepare, withInput } from '../experiment.ts';
import { pretendDoors, pretendTree } from '../pretend.example.ts';
import { exampleFiles, exampleRecipe } from '../recipe.example.ts';
import { parseRecipe } from '../recipe.ts';
import { recordOf, sealRecord } from '../record.ts';
import { runExperiment } from '../run.ts';
import { compareReplay, readRecord } from './replay.ts';

const spec = insist(prepare(insist(parseRecipe(stringify(exampleRecipe))), exampleFiles['poc.txt'], { files: exampleFiles }));
const run = async (place: string) => {
  const doors = pretendDoors(({ tree, input }) => (tree === pretendTree('1') && input === 'boom' ? place : ''));
  const evidence = await runExperiment(spec, doors);
  return { evidence, verdict: conclude(spec, evidence), probe: await doors.box.probe() };
};

test('the same again is the same; another place, source, input or verdict is named', async () => {
  const { evidence, verdict, probe } = await run('parse');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const envelope = sealRecord(signerOf('hub/records', privateKey), recordOf(spec, evidence, verdict, probe));
  const recorded = readRecord(open(envelope, publicKey)!)!;
  expect(compareReplay(recorded, spec, evidence, verdict, probe)).toEqual({ outcome: 'same', differences: [], notes: [] });
  const other = await run('print');
  expect(compareReplay(recorded, spec, other.evidence, other.verdict, probe)).toMatchObject({
    outcome: 'differs',
    differences: [expect.stringContaining('in print')],
  });
  const silent = await run('');
  expect(compareReplay(recorded, spec, silent.evidence, silent.verdict, probe).differences[0]).toContain('now not-reproduced');
  const moved = { ...evidence, builds: evidence.builds.map((build) => ({ ...build, source: pretendTree('9') })) };
  expect(compareReplay(recorded, spec, moved, verdict, probe)).toMatchObject({ outcome: 'differs' });
  const rebuilt = { ...evidence, builds: evidence.builds.map((build) => ({ ...build, tree: pretendTree('9') })) };
  expect(compareReplay(recorded, spec, rebuilt, verdict, probe)).toMatchObject({
    outcome: 'same',
    notes: [expect.stringContaining('another compiler'), expect.anything()],
  });
  const [then, now] = [
    { cc: 'cc 14', ld: 'ld 2' },
    { cc: 'cc 15', ld: 'ld 2', node: 'v24' },
  ];
  const elsewhere = { ...recorded, provider: { probe: { tools: then } } };
  expect(compareReplay(elsewhere, spec, evidence, verdict, { tools: now })).toEqual({
    ...{ outcome: 'same', differences: [], notes: ['cc: cc 14, now cc 15', 'node: none, now v24'] },
  });
  expect(compareReplay(recorded, withInput(spec, Buffer.from('x')), evidence, verdict, probe).outcome).toBe('could-not-tell');
  expect(readRecord(Buffer.from('{}'))).toBeUndefined();
});
