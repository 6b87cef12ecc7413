import { resolvedRuleId } from '../descriptors.ts';
import { isBlank, listIn, type Members, member, objectIn, objectsIn, textIn, wholeIn } from '../members.ts';
import { isAiOrigin } from './ai-origin.ts';
import type { Rule, Scene } from './rule.ts';

const conventional = /^[A-Z]{1,8}(?:-?[0-9]{1,6}){0,3}$/;
const pascal = /^(?:\p{Lu}[\p{Ll}\p{Nd}]+)*$/u;

const differ: Rule = {
  id: 'SARIF1001',
  on: {
    reportingDescriptor(it, at, blame, scene) {
      const [id, name] = [textIn(it, 'id'), textIn(it, 'name')];
      if (id === undefined || name === undefined || id.toUpperCase() !== name.toUpperCase()) return;
      // AI tools name a notification as they identify it, in another case: DECISION, Decision.
      if (id !== name && scene.list === 'notifications' && isAiOrigin(scene.run)) return;
      blame(at, 'The name repeats the id; a rule has an opaque id and, if it helps people, another name.');
    },
  },
};

const agree: Rule = {
  id: 'SARIF1010',
  on: {
    result(it, at, blame) {
      const [id, inner] = [textIn(it, 'ruleId'), textIn(member(it, 'rule'), 'id')];
      if (id === undefined && inner === undefined) blame(at, 'The result names no rule, neither by ruleId nor by rule.id.');
      else if (id !== undefined && inner !== undefined && id !== inner) blame(at, 'ruleId and rule.id name different rules.');
    },
  },
};

const convention: Rule = {
  id: 'SARIF2009',
  on: {
    run(it, at, blame) {
      if (isAiOrigin(it)) return;
      for (const [i, rule] of driverRules(it)) {
        const id = textIn(rule, 'id');
        if (isBlank(id)) continue;
        const place = `${at}/tool/driver/rules/${i}/id`;
        if (id!.includes('/')) blame(place, 'The id is hierarchical; a rule carries the base id, a result the part below it.');
        else if (!conventional.test(id!)) blame(place, 'The id is not of the usual form: the letters of the tool, then a number.');
      }
    },
  },
};

const described: Rule = {
  id: 'SARIF2012',
  on: {
    run(it, at, blame, scene) {
      const driver = `${at}/tool/driver`;
      const rules = driverRules(it);
      if (!listIn(member(member(it, 'tool'), 'driver'), 'rules')?.length) {
        if (objectIn(member(it, 'tool'), 'driver')) blame(driver, 'The tool describes none of its rules.');
        return;
      }
      for (const [i, rule] of rules)
        if (textIn(rule, 'helpUri') === undefined && !textIn(rule, 'id')?.startsWith('NOVEL-'))
          blame(`${driver}/rules/${i}`, 'The rule has no helpUri.');
      for (const id of undescribed(it, rules, scene)) blame(`${driver}/rules`, `No rule describes ${id}, which results name.`);
    },
    reportingDescriptor(it, at, blame) {
      const name = textIn(it, 'name');
      if (isBlank(name)) blame(at, 'The rule has no name that people can read.');
      else if (!pascal.test(name!)) blame(`${at}/name`, 'The name is not one word in Pascal case.');
    },
  },
};

function driverRules(run: Members): [number, Members][] {
  return objectsIn(member(member(run, 'tool'), 'driver'), 'rules');
}

/** Ids that results name and no rule has, nor one a level above; one id counts once whatever its case. */
function undescribed(run: Members, rules: [number, Members][], scene: Scene): Iterable<string> {
  const known = new Set(rules.map(([, rule]) => textIn(rule, 'id')?.toUpperCase()));
  const missing = new Map<string, string>();
  for (const [, result] of objectsIn(run, 'results')) {
    const index = wholeIn(result, 'ruleIndex', -1);
    if (index >= 0 && index < (listIn(member(member(run, 'tool'), 'driver'), 'rules')?.length ?? 0)) continue;
    const id = resolvedRuleId(result, run, scene.once) ?? '';
    const key = id.toUpperCase();
    const slash = key.lastIndexOf('/');
    if (id === '' || !(known.has(key) || (slash > 0 && known.has(key.slice(0, slash))))) missing.set(key, id);
  }
  return missing.values();
}

export const identifierRules: readonly Rule[] = [differ, agree, convention, described];
