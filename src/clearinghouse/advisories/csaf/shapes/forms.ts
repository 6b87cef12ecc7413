import { isDateTime20, isDateTime21 } from '../moment.ts';
import { pattern, type Shape, text } from './shape.ts';

/** RFC 3986: a scheme, and nothing that a URI cannot hold. */
const uriForm = /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*$/i;

export const uri: Shape = pattern(uriForm, 'a URI');
export const purl20: Shape = text({
  test: (value) => /^pkg:[a-z.+-][a-z0-9.+-]*\/./i.test(value) && uriForm.test(value),
  is: 'a package URL',
});
export const purl21: Shape = text({ test: (value) => /^pkg:[a-z][a-z0-9.-]*\/./.test(value) && uriForm.test(value), is: 'a package URL' });
export const dateTime20: Shape = text({ test: isDateTime20, is: 'a date-time of RFC 3339' });
export const dateTime21: Shape = text({ test: isDateTime21, is: 'a date-time of RFC 3339' });

const semver =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-z-][0-9a-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][0-9a-z-]*))*)?(?:\+[0-9a-z-]+(?:\.[0-9a-z-]+)*)?$/i;
export const isSemver = (value: string) => semver.test(value);
export const isInteger = (value: string) => /^(?:0|[1-9][0-9]*)$/.test(value);
export const version: Shape = text({ test: (value) => isInteger(value) || isSemver(value), is: 'an integer or a semantic version' });

/** RFC 5646 §2.1 without the grandfathered tags that are deprecated. */
const languageForm =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-default|i-mingo)$/i;
export const isLanguageTag = (value: string) => value.length <= 255 && languageForm.test(value);
export const language: Shape = text({ test: isLanguageTag, is: 'a language tag' });

/** Neither ends may be blank, dash, underscore or full stop; a line has no end inside. */
export const name: Shape = pattern(
  /^[^\s\-_.](?:.*[^\s\-_.])?$/,
  'a name that neither starts nor ends with a blank, dash, underscore or stop',
);
export const trackingId: Shape = pattern(/^\S(?:.*\S)?$/, 'an id in one line without blanks around');
export const cve: Shape = pattern(/^CVE-[0-9]{4}-[0-9]{4,}$/, 'a CVE id');
export const cwe: Shape = pattern(/^CWE-[1-9]\d{0,5}$/, 'a CWE id');

const avString = '(?:\\?+|\\*)?(?:[a-z0-9._-]|\\\\[\\\\*?!"#$%&\'()+,/:;<=>@[\\]^`{|}~])+(?:\\?+|\\*)?';
const component = new RegExp(`^(?:${avString}|[*-])$`, 'i');
const cpeLanguage = /^(?:[a-z]{2,3}(?:-(?:[a-z]{2}|[0-9]{3}))?|[*-])$/i;

/** NISTIR 7695: a URI of CPE 2.2, or a formatted string of CPE 2.3. */
function isCpe(value: string): boolean {
  if (/^cpe:\/[aho]?(?::[a-z0-9._\-~%]*){0,6}$/i.test(value)) return true;
  const parts = cpeParts(value);
  return (
    parts !== undefined &&
    parts.length === 11 &&
    parts.every((part, i) => (i === 0 ? /^[aho*-]$/ : i === 6 ? cpeLanguage : component).test(part))
  );
}

/** The parts of a CPE 2.3 formatted string after `cpe:2.3:`; an escaped colon parts nothing. */
export function cpeParts(value: string): string[] | undefined {
  return value.startsWith('cpe:2.3:')
    ? value
        .slice(8)
        .match(/(?:\\.|[^:\\])*(?::|$)/gs)
        ?.slice(0, 64)
        .map((p) => p.replace(/:$/, ''))
        .filter((p, i, all) => p !== '' || i < all.length - 1)
    : undefined;
}

export const cpe: Shape = text({ test: (value) => value.length <= 4096 && isCpe(value), is: 'a CPE name' });
