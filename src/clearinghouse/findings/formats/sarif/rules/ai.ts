import { resolvedRuleId } from '../descriptors.ts';
import { isBlank, isObject, type Members, member, objectIn, objectsIn, resolvePointer, textIn } from '../members.ts';
import { propertyText } from './ai-origin.ts';
import { isCweWeakness } from './cwe-ids.ts';
import type { Rule, Scene } from './rule.ts';

const origin: Rule = {
  id: 'AI1006',
  on: {
    run(it, at, blame) {
      const given = propertyText(it, 'ai/origin');
      if (given === undefined) blame(at, 'The run does not say (ai/origin) what an AI did.');
      else if (!['generated', 'annotated', 'synthesized'].includes(given))
        blame(`${at}/properties`, 'ai/origin is generated, annotated or synthesized.');
    },
  },
};

function isFilled(it: Members, name: string): boolean {
  return Object.keys(member(it, name)).length > 0;
}

const noFingerprints: Rule = {
  id: 'AI1007',
  on: {
    result(it, at, blame) {
      if (isFilled(it, 'fingerprints')) blame(`${at}/fingerprints`, 'Fingerprints are worked out by who compares, not kept by an AI.');
    },
  },
};

const noPartialFingerprints: Rule = {
  id: 'AI2011',
  on: {
    result(it, at, blame, scene) {
      const given = member(it, 'partialFingerprints');
      if (!isFilled(it, 'partialFingerprints')) return;
      const lineHash = Object.keys(given).length === 1 && !isBlank(textIn(given, 'primaryLocationLineHash'));
      if (!(lineHash && isOnGitHub(scene))) blame(`${at}/partialFingerprints`, 'Partial fingerprints are not kept by an AI.');
    },
  },
};

/** Whether every repository of the run, and there is one, is on GitHub: `https://host/owner/name` or `git@host:owner/name`. */
function isOnGitHub({ run, once }: Scene): boolean {
  return once('on GitHub', () => {
    const uris = objectsIn(run, 'versionControlProvenance').map(([, details]) => textIn(details, 'repositoryUri') ?? '');
    return uris.length > 0 && uris.every(isGitHubRepository);
  });
}

function isGitHubRepository(text: string): boolean {
  const [, user, host, path] = /^([^@:/]{0,64}@)?([^@:/?#\s]{1,255}):([^@]{1,1024})$/.exec(text.includes('://') ? '' : text) ?? [];
  const https =
    host === undefined ? text.replace(/^ssh:\/\/(?:[^@:/]{1,64}@)?/i, 'https://') : `https://${host}/${path!.replace(/^\/+/, '')}`;
  if (!/^https:\/\//i.test(https) || user === '@' || !URL.canParse(https)) return false;
  const url = new URL(https);
  const segments = url.pathname.split('/').filter((part) => part !== '');
  const plain = url.port === '' && url.search === '' && url.hash === '' && url.username === '';
  return plain && /^(?:github\.com|.*\.ghe\.com)$/.test(url.hostname) && segments.length === 2 && !/^(?:\.git)?$/i.test(segments[1]!);
}

const subId: Rule = {
  id: 'AI1012',
  on: {
    result(it, at, blame, scene) {
      const id = resolvedRuleId(it, scene.run, scene.once);
      if (!id || /^(?:CWE-[0-9]+\/|NOVEL-)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id)) return;
      if (!/^CWE-[0-9]+$/.test(id)) blame(at, 'The ruleId is neither CWE-number/words-in-kebab-case nor NOVEL-words-in-kebab-case.');
      else if (!isOnGitHub(scene)) blame(at, 'The ruleId says the weakness and not, after a slash, what it is about here.');
    },
  },
};

const knownRule: Rule = {
  id: 'AI1016',
  on: {
    reportingDescriptor(it, at, blame, { list }) {
      const id = textIn(it, 'id');
      if (list !== 'rules' || isBlank(id) || id!.startsWith('NOVEL-')) return;
      const number = /^CWE-([0-9]{1,9})(?:\/|$)/.exec(id!)?.[1];
      if (number === undefined) blame(at, 'The rule is neither a weakness of CWE nor marked NOVEL-.');
      else if (!isCweWeakness(Number(number))) blame(at, 'CWE has no weakness of this number (categories and views are none).');
    },
  },
};

const automation: Rule = {
  id: 'AI2005',
  on: {
    run(it, at, blame) {
      const details = objectIn(it, 'automationDetails');
      if (!details) blame(at, 'The run has no automationDetails.');
      else if (textIn(details, 'guid') === undefined) blame(`${at}/automationDetails`, 'The automationDetails have no guid.');
    },
  },
};

const rank: Rule = {
  id: 'AI2010',
  on: {
    result(it, at, blame) {
      if (!(typeof it.rank === 'number' && it.rank >= 0)) blame(at, 'The result has no rank.');
    },
  },
};

const handoff: Rule = {
  id: 'AI2012',
  on: {
    run(it, at, blame) {
      if (isBlank(propertyText(it, 'ai/handoff'))) blame(at, 'The run does not say (ai/handoff) what comes next.');
    },
  },
};

/** A property that every result has, or none. */
function everyResult(name: string, values?: readonly string[]): Rule['on'] {
  return {
    run(it, at, blame) {
      const results = objectsIn(it, 'results');
      const having = results.filter(([, result]) => propertyText(result, name) !== undefined).length;
      if (having > 0 && having < results.length) blame(`${at}/results`, `${having} of ${results.length} results say ${name}; all should.`);
    },
    result(it, at, blame) {
      const given = propertyText(it, name);
      if (given === undefined) blame(at, `The result does not say ${name}.`);
      else if (values && !values.includes(given)) blame(`${at}/properties`, `${name} is one of ${values.join(', ')}.`);
    },
  };
}

function evidenceOf(result: Members): readonly unknown[] | 'unreadable' | undefined {
  const bag = member(result, 'properties');
  if (!Object.hasOwn(bag, 'ai/evidence')) return undefined;
  return Array.isArray(bag['ai/evidence']) ? bag['ai/evidence'] : 'unreadable';
}

function backingsOf(entry: Members): string[] {
  return [entry.backing].flat(1).filter((one) => typeof one === 'string');
}

const backed: Rule = {
  id: 'AI1010',
  on: {
    result(it, at, blame, { log }) {
      const evidence = evidenceOf(it);
      if (!Array.isArray(evidence)) return;
      for (const backing of evidence.filter(isObject).flatMap(backingsOf))
        if (backing.startsWith('sarif:') && resolvePointer(log, backing.slice('sarif:'.length)) === undefined)
          blame(at, 'A piece of evidence is backed by a place that is not in this log.');
    },
  },
};

const demonstrated: Rule = {
  id: 'AI2016',
  on: {
    result(it, at, blame) {
      const evidence = evidenceOf(it);
      if (evidence === undefined) return;
      if (!Array.isArray(evidence)) {
        blame(at, 'ai/evidence is not an array.');
        return;
      }
      const shown = evidence.filter((entry): entry is Members => isObject(entry) && entry.strength === 'demonstrated');
      for (const entry of shown)
        if (backingsOf(entry).length === 0) blame(at, 'A piece of evidence is called demonstrated and has no backing.');
      if (propertyText(it, 'ai/exploitability') === 'demonstrated' && !shown.some((entry) => backingsOf(entry).length > 0))
        blame(at, 'The exploit is called demonstrated, and no evidence with a backing is.');
    },
  },
};

export const aiRules: readonly Rule[] = [
  origin,
  noFingerprints,
  backed,
  subId,
  knownRule,
  automation,
  rank,
  noPartialFingerprints,
  handoff,
  { id: 'AI2014', on: everyResult('ai/exploitability', ['demonstrated', 'poc', 'theoretical']) },
  { id: 'AI2015', on: everyResult('ai/attackerPosition') },
  demonstrated,
];
