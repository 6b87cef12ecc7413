import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { bundleOf, type Material } from './bundle.ts';

const report = (attachments: { id: string; filename: string; bytes: Uint8Array }[]): Material['reports'][number] => ({
  ...{ title: 'A flaw', text: 'It breaks.', purl: 'pkg:npm/looper@1.0.0', verdict: null, crashState: null, attachments, replay: null },
});
const material = (reports: Material['reports']): Material => ({
  ...{ caseId: 'cas_1', package: 'pkg:npm/looper', goLiveAt: '2027-01-01T00:00:00.000Z', hub: 'hub.example/records', recordKeyPem: 'KEY' },
  ...{ reports, patches: [], advisory: {} },
});
const names = (of: Material) => bundleOf(of).files.map((f) => f.name);

test('what a stranger called a file is no path, no option and no command where it is unpacked', () => {
  const hostile = ['../../.bashrc', '-rf', '$(reboot).sh', 'a\u202eb', '...', 'x'.repeat(500), 'C:\\x', ''];
  const found = names(material([report(hostile.map((filename, i) => ({ id: `${i}`, filename, bytes: Buffer.from('x') })))]));
  expect(found).toContain('breakwater-cas_1/report-1/file-2-_rf');
  for (const name of found) expect(name).toMatch(/^breakwater-cas_1\/([a-z]+-\d\/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,100}$/);
  expect(new Set(found).size).toBe(found.length);
});

test(`${limits.assistanceBytes} bytes fit; what does not is named in the README, and what is small still comes`, () => {
  const bytes = (n: number) => ({ id: 'big', filename: 'big', bytes: Buffer.alloc(n) });
  const small = { id: 'small', filename: 'small', bytes: Buffer.from('s') };
  const rest = 'KEY'.length + bundleOf(material([report([])])).files.find((f) => f.name.endsWith('report.txt'))!.bytes.length;
  const at = (n: number) => bundleOf(material([report([bytes(limits.assistanceBytes - rest - 1 + n), small])]));
  expect(at(0).leftOut).toEqual([]);
  expect(at(1).leftOut).toEqual(['report-1/file-2-small']);
  const over = at(limits.assistanceBytes);
  expect(over.leftOut).toEqual(['report-1/file-1-big']);
  expect(over.files.map((f) => f.name)).toContain('breakwater-cas_1/report-1/file-2-small');
  expect(Buffer.from(over.files[0]!.bytes).toString()).toContain(
    'Too large to be in here; fetch them from the case:\n  report-1/file-1-big',
  );
});

test('where nothing can be repeated yet, it says so', () => {
  expect(Buffer.from(bundleOf(material([report([])])).files[0]!.bytes).toString()).toContain('Nothing was re-run here yet');
});
