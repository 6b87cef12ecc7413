import { ruleOf } from '../descriptors.ts';
import { isBlank, listIn, type Members, member, objectIn, objectsIn, step, textIn } from '../members.ts';
import { isAiOrigin } from './ai-origin.ts';
import type { Blame, Rule, Scene } from './rule.ts';

const templated: Rule = {
  id: 'SARIF1012',
  on: {
    result(it, at, blame, scene) {
      const message = member(it, 'message');
      const id = textIn(message, 'id');
      if (!id) return;
      const string = objectIn(member(ruleOf(it, scene.run, scene.once), 'messageStrings'), id);
      if (!string) {
        blame(at, `The rule has no message of the id ${id}.`);
        return;
      }
      const given = listIn(message, 'arguments')?.length ?? 0;
      let needed = 0;
      for (const [, n] of (textIn(string, 'text') ?? '').matchAll(/\{([0-9]+)\}/g)) needed = Math.max(needed, Number(n) + 1);
      if (needed > given) blame(at, `The message ${id} takes ${needed} arguments and is given ${given}.`);
    },
  },
};

const byId: Rule = {
  id: 'SARIF2002',
  on: {
    result(it, at, blame, { run }) {
      if (objectIn(it, 'message') && !textIn(member(it, 'message'), 'id') && !isAiOrigin(run))
        blame(`${at}/message`, 'The message is written out; an id and arguments of a message of the rule would do.');
    },
  },
};

const readyMade: Rule = {
  id: 'GH1007',
  on: {
    result(it, at, blame) {
      if (objectIn(it, 'message') && !textIn(member(it, 'message'), 'text')) blame(`${at}/message`, 'The message has no text of its own.');
    },
  },
};

/** Every message string of the driver's rules; `form` is text or markdown. */
function strings(forms: readonly string[], look: (text: string, at: string, blame: Blame, scene: Scene) => void): Rule['on'] {
  const each = (rule: Members, at: string, blame: Blame, scene: Scene) => {
    for (const [id, string] of Object.entries(member(rule, 'messageStrings')))
      for (const form of forms) {
        const text = textIn(string as Members, form);
        if (text) look(text, `${step(`${at}/messageStrings`, id)}/${form}`, blame, scene);
      }
  };
  return {
    tool(it, at, blame, scene) {
      for (const [i, rule] of objectsIn(member(it, 'driver'), 'rules')) each(rule, `${at}/driver/rules/${i}`, blame, scene);
    },
  };
}

const sentences = strings(['text'], (text, at, blame) => {
  if (!text.endsWith('.')) blame(at, 'A message is a sentence and ends with a period.');
});

const dynamic = strings(['text', 'markdown'], (text, at, blame, { run }) => {
  if (!/\{[0-9]+\}/.test(text) && !isAiOrigin(run)) blame(at, 'The message says the same at every place: it takes no arguments.');
});

const quoted = strings(['text'], (text, at, blame, { run }) => {
  if (/(?:^|[^'])\{[0-9]+\}/.test(text) && !isAiOrigin(run)) blame(at, 'Arguments stand in single quotes, to be told from the message.');
});

const markdown: Rule = {
  id: 'AI1005',
  on: {
    result(it, at, blame) {
      if (objectIn(it, 'message') && isBlank(textIn(member(it, 'message'), 'markdown')))
        blame(`${at}/message`, 'The message has no markdown.');
    },
  },
};

export const messageRules: readonly Rule[] = [
  templated,
  { id: 'SARIF2001', on: sentences },
  byId,
  { id: 'SARIF2014', on: dynamic },
  { id: 'SARIF2015', on: quoted },
  readyMade,
  markdown,
];
