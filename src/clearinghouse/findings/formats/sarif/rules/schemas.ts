import { listIn, textIn } from '../members.ts';
import type { Rule } from './rule.ts';

const final = /2\.1\.0(?:\.json)?$/;

const referenced: Rule['on'] = {
  log(it, _at, blame) {
    const schema = textIn(it, '$schema');
    if (schema !== undefined && !final.test(schema)) blame('/$schema', 'This is not the final schema of SARIF 2.1.0.');
  },
};

const named: Rule['on'] = {
  log(it, at, blame) {
    if (!Object.hasOwn(it, '$schema')) blame(at, 'The log names no $schema.');
  },
};

/** What GitHub and Azure DevOps take in one log. */
const runsTaken = 20;

const upload: Rule['on'] = {
  log(it, at, blame) {
    const runs = listIn(it, 'runs');
    if (!runs) {
      blame(at, 'The log has no array of runs.');
      return;
    }
    if (!Object.hasOwn(it, '$schema')) blame(at, 'The log names no $schema.');
    if (it.version !== '2.1.0') blame(at, 'The version is not 2.1.0.');
    if (runs.length > runsTaken) blame(at, `The log has ${runs.length} runs; ${runsTaken} are taken.`);
  },
};

export const schemaRules: readonly Rule[] = [
  { id: 'SARIF1011', on: referenced },
  { id: 'SARIF2008', on: named },
  { id: 'GH1011', on: referenced },
  { id: 'GHAzDO1011', on: referenced },
  { id: 'GH1013', on: upload },
  { id: 'GHAzDO1013', on: upload },
];
