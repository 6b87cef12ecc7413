import { type Shape, wordOf } from '../../csaf/shapes/shape.ts';
import { isUri } from '../uri.ts';

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Characters as JSON Schema counts them: a pair of surrogates is one. */
function charsOf(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

interface Form {
  readonly test: (value: string) => boolean;
  readonly is: string;
}

/** A text of `least` to `most` characters, of a form. */
export function chars(least: number, most: number, form?: Form): Shape {
  return (value, pointer, to) => {
    if (typeof value !== 'string') return to.error(pointer, 'must be a text');
    const isLong = value.length > most && (value.length > 2 * most || charsOf(value) > most);
    if (isLong || value.length < least || (least === 2 && charsOf(value) < least))
      return to.error(pointer, `must have from ${least} to ${most} characters`);
    if (form && !form.test(value)) to.error(pointer, `must be ${form.is}, not "${shown(value)}"`);
  };
}

const ofForm = (form: RegExp, is: string): Form => ({ test: (value) => form.test(value), is });
const unbounded = Number.POSITIVE_INFINITY;

export const uri: Shape = chars(1, 2048, { test: isUri, is: 'a URI' });
export const uuid: Shape = chars(
  0,
  unbounded,
  ofForm(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i, 'a random UUID (RFC 4122)'),
);
export const cveId: Shape = chars(0, unbounded, ofForm(/^CVE-[0-9]{4}-[0-9]{4,19}$/, 'a CVE id'));
export const shortName: Shape = chars(2, 32);
export const version: Shape = chars(1, 1024);
export const status: Shape = wordOf('affected unaffected unknown');
export const dataVersion: Shape = chars(0, unbounded, ofForm(/^5\.(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?$/, 'a version 5.x'));
export const language: Shape = chars(
  0,
  unbounded,
  ofForm(/^[a-z]{2,4}(?:[_-][a-z]{4})?(?:[_-](?:[a-z]{2}|[0-9]{3}))?$/i, 'a language tag'),
);
export const isEnglish = (value: unknown): boolean =>
  typeof value === 'string' && /^en(?:[_-][A-Za-z]{4})?(?:[_-](?:[A-Za-z]{2}|[0-9]{3}))?$/.test(value);

const instantForm = /^(\d{4})-(\d\d)-(\d\d)T(?:2[0-3]|[01]\d):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/;

/** Years 1900 to 2999; the offset may be absent, it is UTC then. The format knows no 29 February before 2000. */
function isTimestamp(value: string): boolean {
  const found = value.length <= 1024 ? instantForm.exec(value) : null;
  if (!found) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const leap = year >= 2000 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return year >= 1900 && year < 3000 && days !== undefined && day >= 1 && day <= days;
}
export const timestamp: Shape = chars(0, unbounded, { test: isTimestamp, is: 'a time of the years 1900 to 2999 (RFC 3339)' });

const letter = '(?:[a-zA-Z0-9._-]|\\\\[\\\\*?!"#$%&\'()+,/:;<=>@[\\]^`{|}~])';
const component = `(?:(?:\\?+|\\*)?${letter}+(?:\\?+|\\*?)|[*-])`;
const languageOf = '(?:[a-zA-Z]{2,3}(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?|[*-])';
const cpe23Form = new RegExp(`cpe:2\\.3:[aho*-](?::${component}){5}:${languageOf}(?::${component}){4}`);

/** The record format searches for a CPE name anywhere in the text. */
export const cpe23: Shape = chars(1, 2048, ofForm(cpe23Form, 'a CPE 2.3 name'));
export const cpe: Shape = chars(1, 2048, {
  test: (value) => /c[pP][eE]:\//.test(value) || cpe23Form.test(value),
  is: 'a CPE name',
});

/** One of some words, or a word of one's own. */
export function tagOf(words: string): Shape {
  const known = new Set(words.split(' '));
  return (value, pointer, to) => {
    if (typeof value === 'string' && known.has(value)) return;
    if (typeof value !== 'string' || !/^x_.*$/.test(value) || charsOf(value) > 128)
      to.error(pointer, `must be one of ${words.replaceAll(' ', ', ')}, or start with x_`);
  };
}
