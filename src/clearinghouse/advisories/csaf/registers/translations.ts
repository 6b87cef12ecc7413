/** OASIS CSAF TC, csaf_2.1/language_specific_translation/translations.json: titles with a meaning, by language. English is the standard's own. */
const translations: Readonly<Record<string, Readonly<Record<SpecialTitle, string>>>> = {
  en: {
    license: 'License',
    productDescription: 'Product Description',
    reasoningForSupersession: 'Reasoning for Supersession',
    reasoningForWithdrawal: 'Reasoning for Withdrawal',
    supersedingDocument: 'Superseding Document',
  },
  de: {
    license: 'Lizenz',
    productDescription: 'Produktbeschreibung',
    reasoningForSupersession: 'Begründung für die Ersetzung',
    reasoningForWithdrawal: 'Begründung für die Zurückziehung',
    supersedingDocument: 'Ersetzendes Dokument',
  },
};

export type SpecialTitle = 'license' | 'productDescription' | 'reasoningForSupersession' | 'reasoningForWithdrawal' | 'supersedingDocument';

/** By the most exact tag that is known: `de-CH`, then `de`. No language is English. */
export function titleIn(language: string | undefined, title: SpecialTitle): string | undefined {
  const subtags = (language ?? 'en').toLowerCase().split('-');
  for (let i = subtags.length; i > 0; i--) {
    const tag = subtags.slice(0, i).join('-');
    if (Object.hasOwn(translations, tag)) return translations[tag]![title];
  }
  return undefined;
}
