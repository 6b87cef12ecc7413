import type { Clauses, Report } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { languageFault, privateSubtag } from '../registers/languages.ts';
import { isLanguageTag } from '../shapes/forms.ts';

function each(csaf: Csaf, visit: (tag: string, pointer: string) => void): void {
  for (const key of ['lang', 'source_lang'])
    if (typeof csaf.document[key] === 'string') visit(csaf.document[key] as string, `/document/${key}`);
}

/** A member must be there and say something; the message tells the two apart. */
export function mustBeSet(csaf: Csaf, key: string, report: Report): void {
  const value = csaf.document[key];
  if (value === undefined) report('/document', `${key} is missing`);
  else if (typeof value !== 'string' || value.trim() === '') report(`/document/${key}`, `${key} says nothing`);
}

const isEnglish = (language: string) => /^en(?:-|$)/i.test(language);

/** Whether the titles of English are to be looked for. */
export function speaksEnglish(csaf: Csaf): boolean {
  return csaf.language === undefined || isEnglish(csaf.language);
}

export const languages: Clauses = {
  '6.1.12': (csaf, report) =>
    each(csaf, (tag, pointer) => {
      const fault = isLanguageTag(tag) ? languageFault(tag) : 'this is no language tag';
      if (fault !== undefined) report(pointer, fault);
    }),
  '6.1.15': (csaf, report) => {
    const publisher = csaf.document.publisher as { category?: unknown } | undefined;
    if (publisher?.category === 'translator') mustBeSet(csaf, 'source_lang', report);
  },
  '6.1.28': (csaf, report) => {
    const { lang, source_lang } = csaf.document;
    if (typeof lang !== 'string' || typeof source_lang !== 'string' || lang.toLowerCase() !== source_lang.toLowerCase()) return;
    report('/document/lang', 'document and source have one language');
    report('/document/source_lang', 'document and source have one language');
  },
  '6.2.12': (csaf, report) => mustBeSet(csaf, 'lang', report),
  '6.2.14': (csaf, report) =>
    each(csaf, (tag, pointer) => {
      const subtag = isLanguageTag(tag) ? privateSubtag(tag) : undefined;
      if (subtag !== undefined) report(pointer, `${subtag} is for private use`);
    }),
  '6.2.15': (csaf, report) =>
    each(csaf, (tag, pointer) => {
      if (tag.toLowerCase() === 'i-default') report(pointer, 'i-default is no language');
    }),
};
