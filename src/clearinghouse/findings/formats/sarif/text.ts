import { limits } from '../../../../base/limits.ts';
import { clean } from '../members.ts';
import { isBlank, listIn, type Members, member, objectIn, textIn } from './members.ts';

/**
 * What a result says (§3.11): its own text, or the message of that id of its rule or of the tool, with placeholders filled and links
 * turned into words. A result that says nothing is described by its rule. '' where nobody says anything.
 */
export function messageOf(result: Members, rule: Members | undefined, component: Members): string {
  const message = member(result, 'message');
  const id = textIn(message, 'id') ?? '';
  const string = objectIn(member(rule, 'messageStrings'), id) ?? member(member(component, 'globalMessageStrings'), id);
  const forms = [textIn(message, 'text'), textIn(string, 'text'), textIn(message, 'markdown'), textIn(string, 'markdown')];
  const template = forms.find((form) => !isBlank(form)) ?? '';
  const said = clean(unlink(fill(template, listIn(message, 'arguments') ?? []))).trim();
  if (said !== '') return said;
  const described = [member(rule, 'shortDescription'), member(rule, 'fullDescription')].map((text) => textIn(text, 'text'));
  return clean(described.find((text) => !isBlank(text)) ?? '').trim();
}

/**
 * §3.11.5. One pass: what an argument holds is not looked at for placeholders again. Bounded, as arguments may repeat endlessly. Doubled
 * braces are taken for escapes only where there are arguments: tools that give none write braces as they are.
 */
function fill(template: string, given: readonly unknown[]): string {
  if (given.length === 0) return template;
  let room = limits.textChars;
  return template.replace(/\{\{|\}\}|\{(\d{1,3})\}/g, (whole, n: string | undefined) => {
    if (n === undefined) return whole.charAt(0);
    const argument = given[Number(n)];
    const filled = typeof argument === 'string' ? argument : whole;
    room -= filled.length;
    return room < 0 ? '' : filled;
  });
}

/** §3.11.6: `[words](3)` leads to a related location, `[words](https://…)` out of the log. */
function unlink(text: string): string {
  return text
    .replace(/\[((?:[^[\]\\]|\\.)*)\]\((?:(\d{1,9})|([^()\s]{1,2048}))\)/g, (_, words: string, id: string | undefined, uri: string) =>
      id !== undefined || words === uri ? words : `${words} (${uri})`,
    )
    .replace(/\\([[\]\\])/g, '$1');
}
