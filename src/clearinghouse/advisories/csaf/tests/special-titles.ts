import type { Clause, Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { textOf } from '../json.ts';
import { type SpecialTitle, titleIn } from '../registers/translations.ts';
import { speaksEnglish } from './languages.ts';
import { of } from './profiles.ts';

type Report = Parameters<Clause['run']>[1];

/** Exactly one note has the title, and it is of the category. */
export function oneTitledNote(csaf: Csaf, title: string, category: string, report: Report): void {
  const titled = csaf.notes.filter((note) => note.value.title === title);
  if (titled.length === 0) report(csaf.document.notes === undefined ? '/document' : '/document/notes', `no note has the title ${title}`);
  for (const { pointer } of titled.slice(1)) report(pointer, `another note has the title ${title}`);
  for (const { pointer, value } of titled)
    if (value.category !== category) report(pointer, `a note of the title ${title} is a ${category}`);
}

function oneTitledReference(csaf: Csaf, start: string, report: Report): void {
  const titled = csaf.references.filter((reference) => textOf(reference.value.summary)?.startsWith(start));
  if (titled.length === 0)
    report(csaf.document.references === undefined ? '/document' : '/document/references', `no summary starts with ${start}`);
  if (titled.some((reference) => (reference.value.category ?? 'external') === 'external')) return;
  for (const { pointer } of titled) report(pointer, 'the reference is not external');
}

/** In English where the document speaks it or names no language, else in its own language where the title is known there. */
function when(english: boolean, title: SpecialTitle, check: (csaf: Csaf, title: string, report: Report) => void): Clause['run'] {
  return (csaf, report) => {
    const words = titleIn(csaf.language, title);
    if (speaksEnglish(csaf) === english && words !== undefined) check(csaf, words, report);
  };
}

const description = (csaf: Csaf, title: string, report: Report) => oneTitledNote(csaf, title, 'description', report);

function productDescriptions(csaf: Csaf, report: Report): void {
  const title = titleIn(csaf.language, 'productDescription');
  for (const { pointer, value } of csaf.notes)
    if (value.category === 'description' && value.title === title && value.product_ids === undefined && value.group_ids === undefined)
      report(pointer, 'the description names no product');
}

export const specialTitles21: Clauses = {
  '6.1.27.17': of('withdrawn', when(true, 'reasoningForWithdrawal', description)),
  '6.1.27.18': of('superseded', when(true, 'reasoningForSupersession', description)),
  '6.1.27.19': of('superseded', when(true, 'supersedingDocument', oneTitledReference)),
  '6.2.39.2': of('withdrawn', when(false, 'reasoningForWithdrawal', description)),
  '6.2.39.3': of('superseded', when(false, 'reasoningForSupersession', description)),
  '6.2.39.4': of('superseded', when(false, 'supersedingDocument', oneTitledReference)),
  '6.2.40': productDescriptions,
};
