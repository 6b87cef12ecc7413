import { isRefusal } from '../../../../base/refusal.ts';
import { parsePurl } from '../../../inventories/purl.ts';
import type { Clauses } from '../clause.ts';
import type { Branch } from '../csaf.ts';
import { textOf, textsIn } from '../json.ts';
import { cpeParts } from '../shapes/forms.ts';

/** Which attribute of a CPE name says what a branch says (NISTIR 7695 §5.3.3): its place after the part. */
const places: Readonly<Record<string, number>> = {
  vendor: 1,
  product_name: 2,
  product_version: 3,
  patch_level: 4,
  service_pack: 4,
  language: 6,
  architecture: 9,
  platform: 9,
};
const attributes = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'sw_edition',
  'target_sw',
  'target_hw',
  'other',
];

function branchNames(branch: Branch): Map<string, string> {
  const names = new Map<string, string>();
  for (let at: Branch | undefined = branch; at; at = at.parent) if (!names.has(at.category)) names.set(at.category, at.name);
  return names;
}

/** Attributes in order; a CPE 2.2 URI leaves the last ones out, and the empty ones open. */
function attributesOf(cpe: string): readonly string[] | undefined {
  const formatted = cpeParts(cpe);
  if (formatted) return formatted.length === attributes.length ? formatted : undefined;
  if (!/^cpe:\//i.test(cpe)) return undefined;
  const parts = cpe
    .slice(5)
    .split(':')
    .map((part) => (part === '' ? '*' : part.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))));
  return attributes.map((_, i) => parts[i] ?? '*');
}

/** Case, a leading v and what stands for a blank mean nothing. */
function plain(version: string): string {
  return version
    .replace(/\\(.)/gs, '$1')
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .replace(/[\s_]+/g, '_');
}

function cpeFault(cpe: string, names: ReadonlyMap<string, string>): string | undefined {
  const parts = attributesOf(cpe);
  if (!parts) return undefined;
  const said = new Set<number>();
  for (const [category, name] of names) {
    const place = places[category];
    if (place === undefined) continue;
    said.add(place);
    if (parts[place] === '*' || parts[place] === '-') return `the CPE leaves out the ${attributes[place]}, which is ${name}`;
    if (/(?<!\\)[*?]/.test(parts[place]!) && !/[*?]/.test(name)) return `the ${attributes[place]} of the CPE is a pattern`;
  }
  const version = names.get('product_version');
  // The version of a CPE may be split: 2.3.0 and patch level 17 are one version text to others.
  if (version !== undefined && plain(parts[3]!) !== plain(version)) return `the CPE is of version ${parts[3]}, not ${version}`;
  for (const place of [1, 2, 3, 4, 6, 9])
    if (!said.has(place) && parts[place] !== '*' && parts[place] !== '-')
      return `the CPE says ${attributes[place]} ${parts[place]}, and no branch does`;
  return undefined;
}

function purlFault(text: string, names: ReadonlyMap<string, string>): string | undefined {
  const purl = parsePurl(text);
  if (isRefusal(purl)) return undefined;
  const version = names.get('product_version');
  if (version !== undefined && purl.version === null) return `the package URL leaves out the version ${version}`;
  if (version !== undefined && plain(purl.version!) !== plain(version))
    return `the package URL is of version ${purl.version}, not ${version}`;
  if (version === undefined && names.has('product_version_range') && purl.version !== null)
    return 'the package URL is of one version, the branch of a range';
  return undefined;
}

export const agreement21: Clauses = {
  '6.2.42': (csaf, report) => {
    for (const { branch, helper } of csaf.products) {
      if (!branch || !helper) continue;
      const names = branchNames(branch);
      const cpe = textOf(helper.value.cpe);
      const fault = cpe === undefined ? undefined : cpeFault(cpe, names);
      if (fault !== undefined) report(`${helper.pointer}/cpe`, fault);
      for (const { pointer, value } of textsIn(helper.value, 'purls', helper.pointer)) {
        const wrong = purlFault(value, names);
        if (wrong !== undefined) report(pointer, wrong);
      }
    }
  },
};
