import {
  extendedLanguages,
  grandfathered,
  regions,
  scripts,
  threeLetterLanguages,
  twoLetterLanguages,
  variants,
} from './language-subtags.ts';

const setOf = (text: string) => new Set(text.trim().split(/\s+/));
const registers = {
  two: Buffer.from(twoLetterLanguages, 'base64'),
  three: Buffer.from(threeLetterLanguages, 'base64'),
  extended: Buffer.from(extendedLanguages, 'base64'),
  scripts: setOf(scripts),
  regions: setOf(regions),
  variants: setOf(variants),
  grandfathered: setOf(grandfathered),
};

function hasBit(bits: Buffer, letters: string): boolean {
  let at = 0;
  for (const letter of letters) at = at * 26 + letter.charCodeAt(0) - 97;
  return ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
}

const isPrivateLanguage = (tag: string) => /^q[a-t][a-z]$/.test(tag);
const isPrivateScript = (tag: string) => /^qa(?:a[a-z]|b[a-x])$/.test(tag);
const isPrivateRegion = (tag: string) => /^(?:aa|q[m-z]|x[a-z]|zz)$/.test(tag);

function isLanguage(tag: string): boolean {
  if (isPrivateLanguage(tag)) return true;
  return tag.length === 2 ? hasBit(registers.two, tag) : tag.length === 3 && hasBit(registers.three, tag);
}

/** What is wrong with a well-formed tag by IANA's registry (RFC 5646 §2.2.9, validity); undefined when it is valid. */
export function languageFault(tag: string): string | undefined {
  const text = tag.toLowerCase();
  if (registers.grandfathered.has(text)) return undefined;
  const [language, ...rest] = text.split('-') as [string, ...string[]];
  if (language === 'x') return undefined;
  if (!isLanguage(language)) return `${language} is no registered language`;
  const seen = new Set<string>();
  let at = 0;
  while (rest[at] !== undefined && /^[a-z]{3}$/.test(rest[at]!))
    if (!hasBit(registers.extended, rest[at++]!)) return `${rest[at - 1]} is no extended language`;
  if (/^[a-z]{4}$/.test(rest[at] ?? '')) {
    const script = rest[at++]!;
    if (!registers.scripts.has(script) && !isPrivateScript(script)) return `${script} is no registered script`;
  }
  if (/^(?:[a-z]{2}|\d{3})$/.test(rest[at] ?? '')) {
    const region = rest[at++]!;
    if (!registers.regions.has(region) && !isPrivateRegion(region)) return `${region} is no registered region`;
  }
  for (; rest[at] !== undefined && rest[at]!.length > 1; at++) {
    if (!registers.variants.has(rest[at]!)) return `${rest[at]} is no registered variant`;
    if (seen.has(rest[at]!)) return `the variant ${rest[at]} is there twice`;
    seen.add(rest[at]!);
  }
  for (; rest[at] !== undefined && rest[at] !== 'x'; at++) {
    if (rest[at]!.length > 1) continue;
    if (seen.has(rest[at]!)) return `the extension ${rest[at]} is there twice`;
    seen.add(rest[at]!);
  }
  return undefined;
}

/** The first subtag of a tag that is kept for private use. */
export function privateSubtag(tag: string): string | undefined {
  const [language, ...rest] = tag.toLowerCase().split('-') as [string, ...string[]];
  if (language === 'x' || isPrivateLanguage(language)) return language;
  for (const subtag of rest) {
    if (subtag === 'x') return 'x';
    if (subtag.length === 1) return rest.includes('x') ? 'x' : undefined;
    if (isPrivateScript(subtag) || isPrivateRegion(subtag)) return subtag;
  }
  return undefined;
}
