import { isBlank, listIn, type Members, member, objectIn, resolvePointer, textIn, wholeIn } from '../members.ts';
import type { Blame, Rule } from './rule.ts';

/** More words than this do not fit a column of a list of results. */
const nameWords = 3;

const versioned: Rule = {
  id: 'SARIF2005',
  on: {
    tool(it, at, blame) {
      const driver = objectIn(it, 'driver');
      if (!driver) return;
      const place = `${at}/driver`;
      const words = (textIn(driver, 'name') ?? '').split(' ').filter((word) => word !== '').length;
      if (words > nameWords)
        blame(`${place}/name`, `The name has ${words} words; ${nameWords} are enough, the rest belongs into fullName.`);
      if (textIn(driver, 'informationUri') === undefined) blame(place, 'The tool has no informationUri.');
      const version = textIn(driver, 'version');
      if (isBlank(version) && isBlank(textIn(driver, 'semanticVersion')) && isBlank(textIn(driver, 'dottedQuadFileVersion')))
        blame(place, 'The tool says no version of itself.');
      else if (!isBlank(version) && !/^\p{Nd}/u.test(version!)) blame(`${place}/version`, 'The version does not begin with a number.');
    },
  },
};

const provenance: Rule['on'] = {
  run(it, at, blame) {
    if (!listIn(it, 'versionControlProvenance')?.length) blame(at, 'The run names no repository (versionControlProvenance).');
  },
};

const aiProvenance: Rule = {
  id: 'AI1004',
  on: {
    run(it, at, blame, scene) {
      if (member(it, 'properties').unpublishable !== true) provenance.run!(it, at, blame, scene);
    },
  },
};

const embedded: Rule = {
  id: 'SARIF2013',
  on: {
    run(it, at, blame) {
      const artifacts = listIn(it, 'artifacts');
      if (artifacts?.every((artifact) => !objectIn(artifact as Members, 'contents'))) blame(at, 'No artifact carries its contents.');
    },
  },
};

const semantic: Rule = {
  id: 'AI2003',
  on: {
    run(it, at, blame) {
      const driver = objectIn(member(it, 'tool'), 'driver');
      if (driver && isBlank(textIn(driver, 'semanticVersion'))) blame(`${at}/tool/driver`, 'The tool has no semanticVersion.');
    },
  },
};

function driverComplete(it: Members, at: string, blame: Blame): void {
  const driver = objectIn(it, 'driver');
  if (!driver) {
    blame(at, 'The tool has no driver.');
    return;
  }
  if (isBlank(textIn(driver, 'name'))) blame(`${at}/driver`, 'The driver has no name.');
  if (!listIn(driver, 'rules')) blame(`${at}/driver`, 'The driver has no array of rules.');
}

const azureDriver: Rule = {
  id: 'GHAzDO1018',
  on: {
    tool: driverComplete,
    // The validator looks at the tool twice, once from the run: both are reported there.
    run(it, at, blame) {
      const tool = objectIn(it, 'tool');
      if (!tool) return;
      driverComplete(tool, `${at}/tool`, blame);
      const driver = objectIn(tool, 'driver');
      if (driver && isBlank(textIn(driver, 'fullName'))) blame(`${at}/tool/driver`, 'The driver has no fullName.');
    },
  },
};

const references: Rule = {
  id: 'SARIF1013',
  on: {
    artifactLocation(it, at, blame, { log }) {
      const uri = textIn(it, 'uri');
      if (uri?.startsWith('sarif:') && resolvePointer(log, uri.slice('sarif:'.length)) === undefined)
        blame(at, 'The sarif: URI points to nothing in this log.');
    },
  },
};

const inline: Rule = {
  id: 'GH1002',
  on: {
    threadFlowLocation(it, at, blame) {
      if (wholeIn(it, 'index', -1) >= 0) blame(`${at}/index`, 'Steps of a thread flow are written out, not named by index.');
    },
  },
};

/** Arrays, and how many elements code scanning shows of each. */
const shown: Readonly<Record<string, number>> = { runs: 5, rules: 1000, results: 1000, locations: 10, codeFlows: 100, steps: 100 };

function tooMany(of: Members, name: string, what: string, at: string, blame: Blame): void {
  const length = listIn(of, name)?.length ?? 0;
  if (length > shown[what]!) blame(`${at}/${name}`, `The array has ${length} elements; ${shown[what]} are shown.`);
}

const arrays: Rule = {
  id: 'GH1004',
  on: {
    log: (it, at, blame) => tooMany(it, 'runs', 'runs', at, blame),
    run(it, at, blame) {
      tooMany(member(member(it, 'tool'), 'driver'), 'rules', 'rules', `${at}/tool/driver`, blame);
      tooMany(it, 'results', 'results', at, blame);
    },
    result(it, at, blame) {
      tooMany(it, 'locations', 'locations', at, blame);
      tooMany(it, 'codeFlows', 'codeFlows', at, blame);
    },
    threadFlow: (it, at, blame) => tooMany(it, 'locations', 'steps', at, blame),
  },
};

export const toolRules: readonly Rule[] = [
  references,
  { id: 'SARIF2003', on: provenance },
  versioned,
  embedded,
  inline,
  arrays,
  { id: 'GH1018', on: { tool: driverComplete } },
  azureDriver,
  aiProvenance,
  semantic,
];
