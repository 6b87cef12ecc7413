import type { Clause, Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { textOf } from '../json.ts';
import { readLicenseExpression } from '../license-expression.ts';
import { standingOf } from '../registers/licenses.ts';
import { titleIn } from '../registers/translations.ts';
import { mustBeSet, speaksEnglish } from './languages.ts';
import { oneTitledNote } from './special-titles.ts';

const pointer = '/document/license_expression';

type Standing = ReturnType<typeof standingOf>;

function parts(csaf: Csaf): readonly { id: string; standing: Standing }[] {
  const text = textOf(csaf.document.license_expression);
  const read = text === undefined ? [] : readLicenseExpression(text);
  return typeof read === 'string' ? [] : read.map((part) => ({ id: part.id, standing: standingOf(part) }));
}

function withStanding(standings: readonly Standing[], message: string): Clause['run'] {
  return (csaf, report) => {
    for (const { id, standing } of parts(csaf)) if (standings.includes(standing)) report(pointer, `${id} ${message}`);
  };
}

function licenseText(english: boolean): Clause['run'] {
  return (csaf, report) => {
    const title = titleIn(csaf.language, 'license');
    if (speaksEnglish(csaf) !== english || title === undefined) return;
    if (parts(csaf).some(({ id, standing }) => standing === 'other' || (standing === 'missing' && /^(?:License|Addition)Ref-/i.test(id))))
      oneTitledNote(csaf, title, 'legal_disclaimer', report);
  };
}

export const licenses21: Clauses = {
  '6.1.54': (csaf, report) => {
    const text = textOf(csaf.document.license_expression);
    const read = text === undefined ? [] : readLicenseExpression(text);
    if (typeof read === 'string') report(pointer, read);
  },
  '6.1.55': licenseText(true),
  '6.2.43': (csaf, report) => mustBeSet(csaf, 'license_expression', report),
  '6.2.44': withStanding(['deprecated'], 'is deprecated'),
  '6.2.45': withStanding(['missing'], 'is on no list'),
  '6.2.46': licenseText(false),
  '6.3.17': withStanding(['other', 'missing'], 'is neither on the SPDX License List nor in the ScanCode LicenseDB'),
};
