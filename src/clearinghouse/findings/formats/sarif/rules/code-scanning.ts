import { prefixesOf } from '../bases.ts';
import { isBlank, listIn, type Members, member, objectIn, objectsIn, textIn } from '../members.ts';
import { canonicalUri, readUri } from '../uri.ts';
import type { Blame, Rule, Scene } from './rule.ts';

type Look = (location: Members, at: string, blame: Blame, scene: Scene) => void;

/** Every location of a result, then, where it has one, every related one. */
function eachLocation(it: Members, at: string, look: (location: Members, at: string) => void): void {
  for (const list of ['locations', 'relatedLocations'])
    for (const [i, location] of objectsIn(it, list)) look(location, `${at}/${list}/${i}`);
}

function locations(look: Look, needsOwn: boolean): Rule['on'] {
  return {
    result(it, at, blame, scene) {
      if (!needsOwn || listIn(it, 'locations')?.length) eachLocation(it, at, (location, place) => look(location, place, blame, scene));
    },
  };
}

const located: Rule = {
  id: 'GH1001',
  on: {
    result(it, at, blame) {
      const own = listIn(it, 'locations');
      if (!own) {
        blame(at, 'The result has no array of locations.');
        return;
      }
      if (own.length === 0) {
        blame(`${at}/locations`, 'The result has no location.');
        return;
      }
      eachLocation(it, at, (location, place) => {
        const physical = objectIn(location, 'physicalLocation');
        const artifact = objectIn(physical, 'artifactLocation');
        if (!physical) blame(place, 'The location has no physicalLocation.');
        else if (!artifact) blame(`${place}/physicalLocation`, 'The location has no artifactLocation.');
        else if (textIn(artifact, 'uri') === undefined) blame(`${place}/physicalLocation/artifactLocation`, 'The location has no uri.');
      });
    },
  },
};

function uriAt(location: Members): string | undefined {
  return textIn(member(member(location, 'physicalLocation'), 'artifactLocation'), 'uri');
}

function workingDirectories(run: Members): string[] {
  return objectsIn(run, 'invocations').flatMap(([, invocation]) => textIn(member(invocation, 'workingDirectory'), 'uri') ?? []);
}

const within: Look = (location, at, blame, { run, once }) => {
  const text = uriAt(location);
  const uri = readUri(text ?? '');
  if (text === undefined || !uri.absolute || uri.scheme === 'file') return;
  const roots = once('working directories, any case', () => prefixesOf(workingDirectories(run).map((root) => root.toLowerCase())));
  if (!roots(text.toLowerCase()))
    blame(`${at}/physicalLocation/artifactLocation/uri`, 'The location is neither a relative reference nor a path of a file.');
};

const checkedOut: Look = (location, at, blame, { run, once }) => {
  const uri = readUri(uriAt(location) ?? '');
  if (uri.scheme !== 'file') return;
  const roots = once('working directories', () =>
    prefixesOf(
      workingDirectories(run)
        .flatMap((root) => canonicalUri(readUri(root)) ?? [])
        .map((root) => (root.endsWith('/') ? root : `${root}/`)),
    ),
  );
  if (!roots(canonicalUri(uri) ?? ''))
    blame(`${at}/physicalLocation/artifactLocation/uri`, 'No invocation says (workingDirectory) where the sources were checked out.');
};

/** What an upload needs of every result. Several ids of the validator ask for the very same. */
function complete(it: Members, at: string, blame: Blame): void {
  const message = objectIn(it, 'message');
  if (!message) blame(at, 'The result has no message.');
  else if (isBlank(textIn(message, 'text'))) blame(`${at}/message`, 'The message has no text.');
  const own = listIn(it, 'locations');
  if (!own) blame(at, 'The result has no array of locations.');
  else if (own.length === 0) blame(at, 'The result has no location.');
}

const runComplete = (it: Members, at: string, blame: Blame): void => {
  if (!listIn(it, 'results')) blame(at, 'The run has no array of results.');
  if (!objectIn(it, 'tool')) blame(at, 'The run has no tool.');
};

const named: Rule = {
  id: 'GH1017',
  on: {
    result: complete,
    physicalLocation(it, at, blame) {
      const artifact = objectIn(it, 'artifactLocation');
      if (artifact && textIn(artifact, 'uri') === undefined) blame(`${at}/artifactLocation`, 'The location has no uri.');
    },
  },
};

const explained: Rule = {
  id: 'GH2012',
  on: {
    result: complete,
    reportingDescriptor(it, at, blame) {
      if (isBlank(textIn(member(it, 'shortDescription'), 'text'))) blame(at, 'The rule has no shortDescription.');
      if (isBlank(textIn(member(it, 'fullDescription'), 'text'))) blame(at, 'The rule has no fullDescription.');
      const help = objectIn(it, 'help');
      if (!help) blame(at, 'The rule has no help.');
      else if (isBlank(textIn(help, 'text'))) blame(`${at}/help`, 'The help has no text.');
    },
  },
};

/** GitHub's code scanning. GH1016 asks for physical locations, but the validator never comes to it; GH1001 does what it would. */
export const githubRules: readonly Rule[] = [
  located,
  { id: 'GH1005', on: locations(within, true) },
  { id: 'GH1006', on: locations(checkedOut, false) },
  { id: 'GH1014', on: { run: runComplete } },
  { id: 'GH1015', on: { result: complete } },
  named,
  explained,
];

const pipeline = 'azuredevops/pipeline/build/';

const azureRun: Rule = {
  id: 'GHAzDO1014',
  on: {
    run(it, at, blame) {
      runComplete(it, at, blame);
      const details = objectIn(it, 'automationDetails');
      if (!details) blame(at, 'The run has no automationDetails.');
      else if (isBlank(textIn(details, 'id'))) blame(at, 'The automationDetails have no id.');
    },
  },
};

const azureResult: Rule = {
  id: 'GHAzDO1015',
  on: {
    result(it, at, blame) {
      complete(it, at, blame);
      if (isBlank(textIn(it, 'ruleId'))) blame(at, 'The result has no ruleId.');
    },
  },
};

const azurePipeline: Rule = {
  id: 'GHAzDO1019',
  on: {
    run(it, at, blame) {
      const details = objectIn(it, 'automationDetails');
      if (!details) return;
      const bag = member(details, 'properties');
      const value = (name: string) => {
        const found = Object.hasOwn(bag, pipeline + name) ? bag[pipeline + name] : undefined;
        return typeof found === 'number' ? String(found) : typeof found === 'string' && found.trim() ? found.trim() : undefined;
      };
      const check = (name: string, form: RegExp | undefined) => {
        const given = value(name);
        if (given === undefined) blame(`${at}/automationDetails`, `The property ${pipeline}${name} is missing.`);
        else if (form && !form.test(given)) blame(`${at}/automationDetails`, `The property ${pipeline}${name} is not of its form.`);
      };
      check('buildDefinitionId', /^(?:-1|\+?0*[1-9][0-9]{0,9})$/);
      check('buildDefinitionName', undefined);
      check('phaseId', /^(?!\{?[0-]+\}?$)[({]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i);
      check('phaseName', undefined);
    },
  },
};

const azureId: Rule = {
  id: 'GHAzDO1020',
  on: {
    run(it, at, blame) {
      const id = textIn(member(it, 'automationDetails'), 'id');
      if (!isBlank(id) && !id!.startsWith(pipeline)) blame(`${at}/automationDetails/id`, `The id does not begin with ${pipeline}.`);
    },
  },
};

const azureDescriptor: Rule = {
  id: 'GHAzDO2012',
  on: {
    reportingDescriptor(it, at, blame) {
      if (isBlank(textIn(it, 'id'))) blame(at, 'The rule has no id.');
      if (isBlank(textIn(it, 'name'))) blame(at, 'The rule has no name.');
    },
  },
};

/** GitHub Advanced Security for Azure DevOps. GHAzDO1016 is never come to, as GH1016. */
export const azureRules: readonly Rule[] = [
  azureRun,
  azureResult,
  { id: 'GHAzDO1017', on: { result: complete } },
  azurePipeline,
  azureId,
  azureDescriptor,
];
