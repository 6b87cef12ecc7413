import { limits } from '../../../../base/limits.ts';
import type { Members } from './members.ts';
import { aiRules } from './rules/ai.ts';
import { aiNotificationRules } from './rules/ai-notifications.ts';
import { azureRules, githubRules } from './rules/code-scanning.ts';
import { identifierRules } from './rules/identifiers.ts';
import { indexRules } from './rules/indexes.ts';
import { messageRules } from './rules/messages.ts';
import { regionRules } from './rules/regions.ts';
import { schemaRules } from './rules/schemas.ts';
import { snippetRules } from './rules/snippets.ts';
import { toolRules } from './rules/tools.ts';
import { uriRules } from './rules/uris.ts';
import { walk } from './rules/walk.ts';
import { checkShape, type Say } from './shape.ts';

/** What a rule has against a log: the rule's id in the SARIF Multitool, the place (JSON pointer) and why. */
export interface Problem {
  readonly rule: string;
  readonly pointer: string;
  readonly message: string;
}

/**
 * Every rule of the SARIF Multitool that can be asked offline, whoever it is for: the standard (SARIF…), GitHub (GH…), Azure DevOps (GHAzDO…),
 * logs of AI tools (AI…). SARIF2006 (is each URI reachable?) is not asked: nothing goes out from here.
 */
const rules = [
  ...identifierRules,
  ...uriRules,
  ...regionRules,
  ...indexRules,
  ...schemaRules,
  ...messageRules,
  ...toolRules,
  ...snippetRules,
  ...githubRules,
  ...azureRules,
  ...aiRules,
  ...aiNotificationRules,
];

/** At most `limits.sarifProblems`: where there are more, the rest of the log is not looked at. It nests no deeper than `limits.sarifDepth`. */
export function problemsOf(log: Members): { problems: Problem[]; complete: boolean } {
  const problems: Problem[] = [];
  let complete = true;
  const say: Say = (rule, pointer, message) => {
    complete = problems.length < limits.sarifProblems;
    if (complete) problems.push({ rule, pointer, message });
    return complete;
  };
  checkShape(log, say);
  walk(log, rules, say);
  return { problems, complete };
}
