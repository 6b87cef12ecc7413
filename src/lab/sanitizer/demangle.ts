import { limits } from '../../base/limits.ts';
import { builtinTypes, operators, specialNames, standardNames } from './demangle-tables.ts';

/** Names under the Itanium C++ ABI (§5.1 External Names), as `c++filt` writes them. What is not understood stays mangled. */
export function demangle(name: string): string {
  if (!name.startsWith('_Z')) return name;
  const r: Reader = { text: name, at: 2, known: [], given: [], depth: 0 };
  try {
    const text = encoding(r);
    return r.at === name.length || name[r.at] === '.' ? text : name;
  } catch (error) {
    if (error instanceof NotUnderstood) return name;
    throw error;
  }
}

class NotUnderstood extends Error {}

/** A type's text goes round what it is applied to: `void (*` … `)(int)`. */
interface Type {
  readonly left: string;
  readonly right: string;
}

interface Name {
  readonly text: string;
  /** It ends in template arguments: then a return type is written. */
  readonly template: boolean;
  /** Constructors, destructors and conversions write none. */
  readonly bare: boolean;
  readonly suffix: string;
}

interface Reader {
  readonly text: string;
  at: number;
  readonly known: Type[];
  given: Type[];
  depth: number;
}

function fail(): never {
  throw new NotUnderstood();
}

function eat(r: Reader, text: string): boolean {
  if (!r.text.startsWith(text, r.at)) return false;
  r.at += text.length;
  return true;
}

function plain(text: string): Type {
  return { left: text, right: '' };
}

function shown(type: Type): string {
  return type.left + type.right;
}

function know(r: Reader, type: Type): Type {
  if (type.left.length + type.right.length > limits.demangledChars) fail();
  r.known.push(type);
  return type;
}

function isEnd(r: Reader): boolean {
  return r.at >= r.text.length || r.text[r.at] === 'E' || r.text[r.at] === '.';
}

function encoding(r: Reader, outer = false): string {
  const thunk = /T(?:hn?\d+_|vn?\d+_n?\d+_)/y;
  thunk.lastIndex = r.at;
  const offset = thunk.exec(r.text)?.[0];
  if (offset) {
    r.at += offset.length;
    return `${offset[1] === 'h' ? 'non-virtual' : 'virtual'} thunk to ${encoding(r)}`;
  }
  const special = specialNames[r.text.slice(r.at, r.at + 2)];
  if (special !== undefined) {
    const data = r.text[r.at] === 'T';
    r.at += 2;
    return special + (data ? shown(type(r)) : name(r).text);
  }
  const own = name(r);
  if (isEnd(r)) return own.text;
  const result = own.template && !own.bare ? type(r) : undefined;
  const call = `${own.text}(${parameters(r)})${own.suffix}`;
  return result && !outer ? `${result.left}${result.left.endsWith('(*') ? '' : ' '}${call}${result.right}` : call;
}

function parameters(r: Reader): string {
  const list: string[] = [];
  while (!isEnd(r)) list.push(shown(type(r)));
  return list.length === 1 && list[0] === 'void' ? '' : list.filter((one) => one !== '').join(', ');
}

function name(r: Reader): Name {
  if (eat(r, 'N')) return nested(r);
  if (eat(r, 'Z')) return local(r);
  let text: string;
  if (r.text[r.at] === 'S' && r.text[r.at + 1] !== 't') text = shown(substitution(r));
  else {
    text = eat(r, 'St') ? `std::${unqualified(r, '')}` : unqualified(r, '');
    if (r.text[r.at] === 'I') know(r, plain(text));
  }
  const template = r.text[r.at] === 'I';
  return { text: template ? withTemplate(r, text) : text, template, bare: false, suffix: '' };
}

function local(r: Reader): Name {
  const outer = encoding(r, true);
  if (!eat(r, 'E')) fail();
  const inner = eat(r, 's') ? plainName('string literal') : name(r);
  const discriminator = /_(?:\d|_\d+_)/y;
  discriminator.lastIndex = r.at;
  r.at += discriminator.exec(r.text)?.[0].length ?? 0;
  return { ...inner, text: `${outer}::${inner.text}` };
}

function plainName(text: string): Name {
  return { text, template: false, bare: false, suffix: '' };
}

function nested(r: Reader): Name {
  let suffix = '';
  for (;;) {
    if (eat(r, 'K')) suffix = ' const';
    else if (eat(r, 'V')) suffix += ' volatile';
    else if (!eat(r, 'r')) break;
  }
  if (eat(r, 'R')) suffix += ' &';
  else if (eat(r, 'O')) suffix += ' &&';
  let text = '';
  let last = '';
  let template = false;
  let bare = false;
  while (!eat(r, 'E')) {
    if (r.at >= r.text.length) fail();
    if (r.text[r.at] === 'I') {
      text = withTemplate(r, text);
      template = true;
    } else if (text === '' && r.text[r.at] === 'S' && r.text[r.at + 1] !== 't') {
      text = shown(substitution(r));
      last = text.replace(/<.*$/s, '').split('::').at(-1)!;
      continue;
    } else if (text === '' && r.text[r.at] === 'T') {
      text = shown(templateParameter(r));
      continue;
    } else if (text === '' && eat(r, 'St')) {
      text = 'std';
      continue;
    } else {
      bare = /^(?:[CD]\d|cv)/.test(r.text.slice(r.at, r.at + 2));
      const part = unqualified(r, last);
      template = false;
      text = text ? `${text}::${part}` : part;
      last = part;
    }
    // The whole name is no substitution: it is one only as the prefix of a longer name or as a type.
    if (r.text[r.at] !== 'E') know(r, plain(text));
  }
  return { text, template, bare, suffix };
}

function unqualified(r: Reader, parent: string): string {
  eat(r, 'L');
  const length = /[1-9]\d{0,4}/y;
  length.lastIndex = r.at;
  const digits = length.exec(r.text)?.[0];
  if (digits) {
    const from = r.at + digits.length;
    const text = r.text.slice(from, from + Number(digits));
    if (text.length !== Number(digits)) fail();
    r.at = from + text.length;
    return /^_GLOBAL_[._$]N/.test(text) ? '(anonymous namespace)' : tagged(r, text);
  }
  const code = r.text.slice(r.at, r.at + 2);
  if (/^C[1-5]$/.test(code) || /^D[0-5]$/.test(code)) {
    r.at += 2;
    return code[0] === 'C' ? parent : `~${parent}`;
  }
  if (code === 'Ul' || code === 'Ut') return unnamed(r);
  r.at += 2;
  if (code === 'cv') return `operator ${shown(type(r))}`;
  return operators[code] === undefined ? fail() : `operator${operators[code]}`;
}

function tagged(r: Reader, text: string): string {
  return eat(r, 'B') ? tagged(r, `${text}[abi:${unqualified(r, '')}]`) : text;
}

function unnamed(r: Reader): string {
  const lambda = eat(r, 'Ul');
  if (!lambda) r.at += 2;
  const given = lambda ? parameters(r) : '';
  if (lambda && !eat(r, 'E')) fail();
  const digits = /\d{0,4}_/y;
  digits.lastIndex = r.at;
  const number = digits.exec(r.text)?.[0] ?? fail();
  r.at += number.length;
  const count = number === '_' ? 1 : Number(number.slice(0, -1)) + 2;
  return lambda ? `{lambda(${given})#${count}}` : `{unnamed type#${count}}`;
}

function sequence(r: Reader): number {
  const id = /[0-9A-Z]{0,4}_/y;
  id.lastIndex = r.at;
  const text = id.exec(r.text)?.[0] ?? fail();
  r.at += text.length;
  return text === '_' ? 0 : Number.parseInt(text.slice(0, -1), 36) + 1;
}

function substitution(r: Reader): Type {
  const standard = standardNames[r.text.slice(r.at, r.at + 2)];
  if (standard !== undefined) {
    r.at += 2;
    return plain(standard);
  }
  r.at += 1;
  return r.known[sequence(r)] ?? fail();
}

/** `operator<< <int>`: the bracket keeps off the operator. */
function withTemplate(r: Reader, text: string): string {
  return (text.endsWith('<') ? `${text} ` : text) + templateArguments(r);
}

function templateParameter(r: Reader): Type {
  r.at += 1;
  return r.given[sequence(r)] ?? fail();
}

function templateArguments(r: Reader): string {
  r.at += 1;
  const list: Type[] = [];
  const before = r.given;
  while (!eat(r, 'E')) list.push(argument(r));
  r.given = list.length > 0 ? list : before;
  const text = list
    .map(shown)
    .filter((one) => one !== '')
    .join(', ');
  // An empty pack at the end hides the bracket before it.
  const empty = list.length > 0 && shown(list.at(-1)!) === '';
  return text.endsWith('>') && !empty ? `<${text} >` : `<${text}>`;
}

function argument(r: Reader): Type {
  if (r.at >= r.text.length) fail();
  if (eat(r, 'J')) {
    const list: string[] = [];
    while (!eat(r, 'E')) list.push(shown(argument(r)));
    return plain(list.join(', '));
  }
  if (eat(r, 'X')) {
    const value = expression(r);
    return eat(r, 'E') ? plain(value) : fail();
  }
  return r.text[r.at] === 'L' ? literal(r) : type(r);
}

/** Of expressions only those that template arguments have in practice: `&f`, a member of a type, a literal, a parameter. */
function expression(r: Reader): string {
  if (eat(r, 'adL_Z')) return addressOf(r);
  if (r.text[r.at] === 'T') return shown(templateParameter(r));
  if (!eat(r, 'sr')) return r.text[r.at] === 'L' ? shown(literal(r)) : fail();
  const levels: string[] = [];
  if (/\d/.test(r.text[r.at] ?? '')) while (!eat(r, 'E')) levels.push(simple(r));
  else levels.push(shown(type(r)));
  return [...levels, simple(r)].join('::');
}

function simple(r: Reader): string {
  const text = unqualified(r, '');
  return r.text[r.at] === 'I' ? withTemplate(r, text) : text;
}

/** Parameters are written for templates only. */
function addressOf(r: Reader): string {
  const from = r.at;
  const own = name(r);
  let text = `&${own.text}`;
  if (!own.template) parameters(r);
  else if (!isEnd(r)) {
    r.at = from;
    text = `&(${encoding(r)})`;
  }
  return eat(r, 'E') ? text : fail();
}

const literalSuffix: Readonly<Record<string, string>> = { i: '', j: 'u', l: 'l', m: 'ul', x: 'll', y: 'ull' };

function literal(r: Reader): Type {
  r.at += 1;
  if (eat(r, '_Z')) {
    const text = encoding(r);
    return eat(r, 'E') ? plain(`&${text}`) : fail();
  }
  const code = r.text[r.at]!;
  const of = type(r);
  const end = r.text.indexOf('E', r.at);
  const value = end < 0 ? '' : r.text.slice(r.at, end).replace(/^n/, '-');
  if (!/^-?\d+$/.test(value)) fail();
  r.at = end + 1;
  if (code === 'b') return plain(value === '0' ? 'false' : 'true');
  return plain(literalSuffix[code] === undefined ? `(${shown(of)})${value}` : value + literalSuffix[code]);
}

const marks: Readonly<Record<string, string>> = { P: '*', R: '&', O: '&&' };
const qualifiers: Readonly<Record<string, string>> = { K: ' const', V: ' volatile', r: ' restrict' };

function type(r: Reader): Type {
  if (++r.depth > limits.demangledDepth) fail();
  const given = r.given;
  const read = typeInside(r);
  r.given = given;
  r.depth -= 1;
  return read;
}

function typeInside(r: Reader): Type {
  const code = r.text[r.at] ?? fail();
  const two = r.text.slice(r.at, r.at + 2);
  const builtin = builtinTypes[code] ?? builtinTypes[two];
  if (builtin !== undefined) {
    r.at += builtinTypes[code] === undefined ? 2 : 1;
    return plain(builtin);
  }
  if (marks[code] !== undefined) {
    r.at += 1;
    return know(r, pointed(type(r), marks[code]));
  }
  if (qualifiers[code] !== undefined) {
    r.at += 1;
    const of = type(r);
    return know(r, { left: of.left + qualifiers[code], right: of.right });
  }
  if (two === 'Dp') {
    r.at += 2;
    return type(r);
  }
  if (code === 'F') return functionType(r);
  if (code === 'A') return arrayType(r);
  if (code === 'M') return memberType(r);
  if (code === 'T') return withArguments(r, know(r, templateParameter(r)));
  if (code === 'S' && two !== 'St') return withArguments(r, substitution(r));
  return know(r, plain(name(r).text));
}

function withArguments(r: Reader, of: Type): Type {
  return r.text[r.at] === 'I' ? know(r, plain(shown(of) + templateArguments(r))) : of;
}

function pointed(of: Type, mark: string): Type {
  const outer = of.right.startsWith('(') || of.right.startsWith(' [');
  return outer ? { left: `${of.left}(${mark}`, right: `)${of.right}` } : { left: of.left + mark, right: of.right };
}

function functionType(r: Reader): Type {
  r.at += 1;
  eat(r, 'Y');
  const result = type(r);
  const given = parameters(r);
  return eat(r, 'E') ? know(r, { left: `${result.left} `, right: `(${given})${result.right}` }) : fail();
}

function arrayType(r: Reader): Type {
  const size = /A(\d*)_/y;
  size.lastIndex = r.at;
  const match = size.exec(r.text) ?? fail();
  r.at += match[0].length;
  const of = type(r);
  return know(r, { left: of.left, right: ` [${match[1]}]${of.right}` });
}

function memberType(r: Reader): Type {
  r.at += 1;
  const owner = shown(type(r));
  const of = type(r);
  if (of.right.startsWith('(')) return know(r, { left: `${of.left}(${owner}::*`, right: `)${of.right}` });
  return know(r, { left: `${of.left} ${owner}::*`, right: of.right });
}
