import { expect, test } from 'vitest';
import { problemsOf } from '../problem.ts';

type Members = Record<string, unknown>;

const at = (log: unknown, rule: string) =>
  problemsOf(log as Members)
    .problems.filter((problem) => problem.rule === rule)
    .map(({ pointer }) => pointer);
const log = (run: Members, about: Members = {}) => ({
  version: '2.1.0',
  ...about,
  runs: [{ tool: { driver: { name: 't' } }, ...run }],
});
const driver = (given: Members) => log({ tool: { driver: { name: 't', ...given } } });
const results = (...given: Members[]) => log({ results: given.map((result) => ({ message: { text: 'm' }, ...result })) });
const placed = (artifactLocation: Members, region?: Members) => ({ physicalLocation: { artifactLocation, ...(region && { region }) } });
const own = '/runs/0/results/0';
const base = '/runs/0/tool/driver';

const cases: [rule: string, about: string, log: unknown, pointers: string[]][] = [
  ['JSON1001', 'a wrong type', results({ ruleId: 1 }), [`${own}/ruleId`]],
  ['JSON1005', 'a name that is none', results({ 'a/b': 1 }), [`${own}/a~1b`]],
  ['JSON1018', 'one of two', results({ graphTraversals: [{ runGraphIndex: 0, resultGraphIndex: 0 }] }), [`${own}/graphTraversals/0`]],
  ['JSON1020', 'twice the same', results({ taxa: [{ id: 'a' }, { id: 'a' }] }), [`${own}/taxa`]],
  [
    'SARIF1001',
    'in any case',
    driver({
      rules: [
        { id: 'A', name: 'a' },
        { id: 'B', name: 'C' },
      ],
    }),
    [`${base}/rules/0`],
  ],
  [
    'SARIF1005',
    'relative help',
    driver({ rules: [{ id: 'A', helpUri: 'a/b' }], downloadUri: 'x' }),
    [`${base}/downloadUri`, `${base}/rules/0/helpUri`],
  ],
  [
    'SARIF1009',
    'beyond the array',
    results({ ruleIndex: 0, locations: [placed({ index: 2 })] }),
    [own, `${own}/locations/0/physicalLocation/artifactLocation`],
  ],
  ['SARIF1010', 'no rule, two rules', results({}, { ruleId: 'a', rule: { id: 'b' } }, { ruleId: 'a' }), [own, '/runs/0/results/1']],
  ['SARIF1011', 'an older schema', log({}, { $schema: 'https://example.com/sarif-2.0.0.json' }), ['/$schema']],
  ['SARIF1011', 'the final one', log({}, { $schema: 'https://example.com/sarif-schema-2.1.0.json' }), []],
  [
    'SARIF1012',
    'no such message, too few arguments',
    log({
      tool: { driver: { name: 't', rules: [{ id: 'a', messageStrings: { m: { text: '{1}' } } }] } },
      results: [
        { ruleId: 'a', message: { id: 'x' } },
        { ruleId: 'a', message: { id: 'm', arguments: ['1'] } },
        { ruleId: 'a/b', message: { id: 'm' } },
      ],
    }),
    [own, '/runs/0/results/1', '/runs/0/results/2'],
  ],
  [
    'SARIF2007',
    'off the root',
    log({
      versionControlProvenance: [{ repositoryUri: 'x' }, { repositoryUri: 'y', mappedTo: { uriBaseId: 'R' } }],
      originalUriBaseIds: { S: { uri: 's/', uriBaseId: 'R' } },
      results: [{ message: { text: 'm' }, locations: [placed({ uri: 'a' }), placed({ uri: 'a', uriBaseId: 'S' })] }],
    }),
    ['/runs/0/versionControlProvenance/0', `${own}/locations/0/physicalLocation/artifactLocation`],
  ],
  [
    'SARIF2009',
    'ids',
    driver({ rules: [{ id: 'CA1000' }, { id: 'a.b' }, { id: 'CA1/x' }, { id: 'CVE-2020-1' }] }),
    [`${base}/rules/1/id`, `${base}/rules/2/id`],
  ],
  [
    'GH1003',
    'no line',
    results({ locations: [placed({ uri: 'a' }), placed({ uri: 'a' }, { charOffset: 1 })] }),
    [`${own}/locations/0/physicalLocation`, `${own}/locations/1/physicalLocation/region`],
  ],
  ['GH1004', 'more than are shown', results({ locations: Array.from({ length: 11 }, () => ({})) }), [`${own}/locations`]],
  [
    'GH1005',
    'a web page',
    results({ locations: [placed({ uri: 'https://h/a' }), placed({ uri: 'file:///a' }), placed({ uri: 'a' })] }),
    [`${own}/locations/0/physicalLocation/artifactLocation/uri`],
  ],
  [
    'GH1005',
    'under a working directory',
    log({
      invocations: [{ executionSuccessful: true, workingDirectory: { uri: 'https://H/' } }],
      results: [{ message: { text: 'm' }, locations: [placed({ uri: 'https://h/a' })] }],
    }),
    [],
  ],
  ['GH1007', 'a message by id', log({ results: [{ message: { id: 'm' } }] }), [`${own}/message`]],
  ['GH1013', 'no schema, too many runs', { version: '2.1.0', runs: Array.from({ length: 21 }, () => ({})) }, ['', '']],
  [
    'GH1015',
    'no locations',
    log({ results: [{ message: { text: ' ' } }, { message: { text: 'm' }, locations: [] }] }),
    [`${own}/message`, own, '/runs/0/results/1'],
  ],
  ['GH1017', 'and no uri', results({ locations: [placed({})] }), [`${own}/locations/0/physicalLocation/artifactLocation`]],
  [
    'GH2012',
    'nothing to read',
    driver({ rules: [{ id: 'a', help: { text: '' } }] }),
    [`${base}/rules/0`, `${base}/rules/0`, `${base}/rules/0/help`],
  ],
  ['GHAzDO1018', 'looked at twice', log({}), ['/runs/0/tool/driver', '/runs/0/tool/driver', '/runs/0/tool/driver']],
  [
    'GHAzDO1019',
    'a build without its phase',
    log({
      automationDetails: {
        properties: {
          'azuredevops/pipeline/build/buildDefinitionId': 0,
          'azuredevops/pipeline/build/buildDefinitionName': 'n',
          'azuredevops/pipeline/build/phaseName': 'p',
        },
      },
    }),
    ['/runs/0/automationDetails', '/runs/0/automationDetails'],
  ],
  ['GHAzDO1020', 'another prefix', log({ automationDetails: { id: 'a' } }), ['/runs/0/automationDetails/id']],
  ['AI1006', 'what an AI did', log({ properties: { 'ai/origin': 'x' } }), ['/runs/0/properties']],
  [
    'AI1013',
    'an unknown rule',
    log({
      invocations: [{ executionSuccessful: true, toolExecutionNotifications: [{ message: { text: 'm' }, associatedRule: { id: 'a' } }] }],
    }),
    ['/runs/0/invocations/0/toolExecutionNotifications/0/associatedRule'],
  ],
  [
    'AI1016',
    'weaknesses',
    driver({ rules: [{ id: 'CWE-787' }, { id: 'CWE-699' }, { id: 'x' }, { id: 'NOVEL-x' }] }),
    [`${base}/rules/1`, `${base}/rules/2`],
  ],
  [
    'AI1015',
    'one side only',
    results(
      { relatedLocations: [{ id: 1, relationships: [{ target: 1, kinds: ['includes'] }], ...placed({ uri: 'sarif:/runs/0/results/1' }) }] },
      {},
    ),
    [own],
  ],
  [
    'AI2014',
    'some do, some do not',
    results({ properties: { 'ai/exploitability': 'maybe' } }, {}),
    ['/runs/0/results', `${own}/properties`, '/runs/0/results/1'],
  ],
  [
    'AI2016',
    'no backing',
    results({ properties: { 'ai/evidence': [{ strength: 'demonstrated' }], 'ai/exploitability': 'demonstrated' } }),
    [own, own],
  ],
];

test.each(cases)('%s: %s', (rule, _, given, pointers) => expect(at(given, rule)).toEqual(pointers));

test('on GitHub a bare weakness is a rule id', () => {
  const found = (repositoryUri: string) =>
    at(log({ versionControlProvenance: [{ repositoryUri }], results: [{ ruleId: 'CWE-22', message: { text: 'm' } }] }), 'AI1012').length;
  expect(['https://github.com/a/b', 'git@github.com:a/b.git', 'https://x.ghe.com/a/b'].map(found)).toEqual([0, 0, 0]);
  expect(['https://github.com/a', 'https://gitlab.com/a/b', 'http://github.com/a/b', 'https://github.com/a/b?c'].map(found)).toEqual([
    1, 1, 1, 1,
  ]);
});

test('what an AI wrote is not asked for the habits of people', () => {
  const given = (properties: Members) =>
    log({
      properties,
      tool: { driver: { name: 't', rules: [{ id: 'a', messageStrings: { m: { text: 'same {0}' }, n: { text: 'same' } } }] } },
      results: [{ message: { text: 'm' } }],
    });
  for (const rule of ['SARIF2002', 'SARIF2009', 'SARIF2014', 'SARIF2015'])
    expect([at(given({}), rule).length, at(given({ 'ai/origin': 'generated' }), rule).length]).toEqual([1, 0]);
});
