import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../src/base/canonical.ts';
import { open } from '../../src/base/signature.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import { assist } from '../../src/clearinghouse/advisories/assistance/actions.ts';
import { submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { readRecord } from '../../src/lab/replay/replay.ts';
import type { Actor } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { filesInZip } from '../equipment/zip.ts';
import { loopPackage, loopPatch, loopReport } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

let stage: Stage;
let [maintainer, second]: Actor[] = [];
beforeAll(async () => {
  stage = await openStage();
  const { hub } = stage;
  maintainer = await stage.enter(await hub.join('Looper Project', 'maintainer'), 0);
  second = await hub.join('South Lab', 'finder');
  await hub.do(second, findings.submit, loopReport('OTHER-TITLE', 'loop SECOND-POC'));
  await hub.do(maintainer, submitPatch, { id: stage.caseId, patch: loopPatch('good') });
  await hub.settle(upToCases);
  [maintainer, second] = [await hub.again(maintainer), await hub.again(second)];
});
afterAll(() => stage.hub.close());

interface Taken {
  filename: string;
  sha256: string;
  data: string;
}
const take = async (as: Actor) => {
  const taken = await stage.hub.do<Taken>(as, assist, { id: stage.caseId });
  const archive = Buffer.from(taken.data, 'base64');
  expect(sha256(archive)).toBe(taken.sha256);
  const files = new Map(
    [...filesInZip(archive)].map(([name, bytes]) => [name.replace(`breakwater-${stage.caseId}/`, ''), Buffer.from(bytes)]),
  );
  return { files, text: (name: string) => files.get(name)?.toString() ?? '' };
};

test('a maintainer has all of it in one archive, each file by its digest, and the record is signed by the key beside it', async () => {
  const { files, text } = await take(maintainer!);
  expect([...files.keys()].sort()).toEqual([
    ...[
      'COPY.txt',
      'README.txt',
      'SHA256SUMS',
      'patches/1-verified.patch',
      'recipes/looper.yaml',
      'recipes/looper/control.txt',
      'record-key.pem',
    ],
    ...['report-1/file-1-poc.txt', 'report-1/record.json', 'report-1/report.txt'],
    ...['report-2/file-1-poc.txt', 'report-2/record.json', 'report-2/report.txt'],
  ]);
  for (const line of text('SHA256SUMS').trim().split('\n')) {
    const [digest, name] = line.split('  ');
    expect(sha256(files.get(name!)!)).toBe(digest);
  }
  const { createPublicKey } = await import('node:crypto');
  const recorded = readRecord(open(JSON.parse(text('report-1/record.json')), createPublicKey(text('record-key.pem')))!);
  expect(recorded).toMatchObject({ inputs: { poc: sha256(files.get('report-1/file-1-poc.txt')!) }, recipe: { id: 'looper' } });
  expect(text('README.txt')).toContain('breakwater lab replay report-1/record.json --poc report-1/file-1-poc.txt --key record-key.pem');
  expect(text('README.txt')).toContain(
    'lab verify-patch recipes/looper.yaml --patch patches/1-verified.patch --poc report-1/file-1-poc.txt --poc',
  );
  expect(text('README.txt')).toContain('No advisory was drafted yet.');
});

test('a finder has its own report, nothing of the other', async () => {
  const { files, text } = await take(second!);
  expect([...files.keys()].filter((name) => name.startsWith('report-'))).toHaveLength(3);
  const all = [...files.values()].map((bytes) => bytes.toString('latin1')).join('\n');
  expect(text('report-1/report.txt')).toContain('OTHER-TITLE');
  for (const secret of ['SECRET-TITLE', 'SECRET-POC', stage.finder.orgId!, 'North Lab', 'Looper Project'])
    expect(all).not.toContain(secret);
});

test('the draft comes with it where there is one: to a maintainer in every format, to a finder without who else found it', async () => {
  const draft = {
    caseId: stage.caseId,
    title: 'A flaw in looper',
    summary: 'An input never ends.',
    affected: [{ package: loopPackage, fixed: '1.0.1' }],
  };
  await stage.hub.do(stage.desk, advisories.draft, draft);
  const mine = await take(maintainer!);
  expect([...mine.files.keys()].filter((name) => name.startsWith('advisory-draft/')).length).toBeGreaterThan(3);
  expect(mine.text('advisory-draft/csaf20.json')).toContain('"status": "draft"');
  const theirs = await take(second!);
  expect([...theirs.files.keys()].filter((name) => name.startsWith('advisory-draft/'))).toEqual(['advisory-draft/draft.json']);
  expect(theirs.text('advisory-draft/draft.json')).toContain('A flaw in looper');
  expect(theirs.text('advisory-draft/draft.json')).not.toContain('North Lab');
});

test('nobody above their tier has it, and whoever took it stands in the log', async () => {
  const [fix, artefact] = [
    await stage.enter(await stage.hub.join('Distribution', 'operator'), 2),
    await stage.enter(await stage.hub.join('Hospital', 'operator'), 3),
  ];
  for (const as of [fix, artefact, await stage.hub.join('West Lab', 'finder')])
    expect(await stage.hub.try(as, assist, { id: stage.caseId })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  const entries = await stage.hub.doors.db.transaction(stage.desk.reads, (tx) => historyOf(tx, stage.caseId, 100));
  const taken = entries.filter((e) => e.body.event === 'case.assistance-taken');
  expect(new Set(taken.map((e) => e.body.actor))).toEqual(new Set([maintainer!.id, second!.id]));
  expect(JSON.stringify(await stage.hub.doors.db.transaction(fix.reads, (tx) => historyOf(tx, stage.caseId, 100)))).not.toContain(
    'assistance',
  );
});
