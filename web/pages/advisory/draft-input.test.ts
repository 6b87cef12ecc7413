import { expect, test } from 'vitest';
import { inputOf } from './draft-input.ts';

const caseId = 'cas_01m7ynaym0hq16hwrxrkfc76cv';
const vulnerabilityId = 'vul_01m7ynaym0hq16hwrxrkfc76cw';
const ranges = 'pkg:npm/a from 1.0.0 before 1.2.0';

test('each flaw of a case has fields of its own, and what the form does not show of it is kept', () => {
  const score = { by: 'Example CNA', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' };
  const workarounds = [{ kind: 'mitigation', text: 'Turn it off.' }] as never;
  const given = {
    ...{ title: 'Reads too far', summary: 's', ranges, cve: 'CVE-2026-10001', cwe: '', workarounds: 'Wait.', profile: 'vex', tlp: 'CLEAR' },
    ...{ [`title-${vulnerabilityId}`]: 'Writes too far', [`summary-${vulnerabilityId}`]: 't', [`ranges-${vulnerabilityId}`]: ranges },
    ...{ [`cve-${vulnerabilityId}`]: '', [`cwe-${vulnerabilityId}`]: 'CWE-787', [`workarounds-${vulnerabilityId}`]: 'Turn it off.' },
    [`cvss-${vulnerabilityId}`]: score.vector,
  };
  const from = { otherScores: [], further: [{ vulnerabilityId, otherScores: [score], workarounds }] };
  const input = inputOf(caseId, given, from);
  expect(input).toMatchObject({
    ...{ title: 'Reads too far', cve: 'CVE-2026-10001', cwe: null, workarounds: [{ kind: 'workaround', text: 'Wait.' }], otherScores: [] },
    further: [
      {
        ...{ vulnerabilityId, title: 'Writes too far', cve: null, cwe: 'CWE-787', cvss: score.vector },
        ...{ workarounds: [{ kind: 'mitigation', text: 'Turn it off.' }], otherScores: [score] },
        affected: [{ package: 'pkg:npm/a', introduced: '1.0.0', fixed: '1.2.0' }],
      },
    ],
  });
});

test('a case of one flaw says nothing of others', () => {
  const input = inputOf(caseId, { title: 't', summary: 's', ranges }, { otherScores: [] });
  expect(input).toMatchObject({ caseId, further: [] });
});
