import type { Clause, Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { listOf, textOf } from '../json.ts';
import { covered } from '../references.ts';
import { inStatus } from '../status.ts';

/** Names of the profiles, without what parts words, in lower case. */
const profiles20 = ['informational_advisory', 'security_advisory', 'security_incident_response', 'vex'];
const profiles21 = [...profiles20, 'deprecated_security_advisory', 'superseded', 'withdrawn'];

/** Dashes, underscores and blanks of all kinds of writing. */
const parting = /[\p{Pd}\p{Pc}\p{Zs}\s\u2212\u00AD]|\u0332/gu;
const bare = (text: string) => text.replace(parting, '').toLowerCase();

/** A test of some profiles only. */
export function of(categories: string, run: Clause['run']): Clause['run'] {
  const known = new Set(categories.split(' ').map((category) => `csaf_${category}`));
  return (csaf, report) => {
    if (known.has(csaf.category)) run(csaf, report);
  };
}

const isThere = (csaf: Csaf, key: 'product_tree' | 'vulnerabilities') => csaf.root[key] !== undefined;

function mustBe(key: 'product_tree' | 'vulnerabilities'): Clause['run'] {
  return (csaf, report) => {
    if (!isThere(csaf, key)) report('', `${key} is missing`);
  };
}

function mustNotBe(key: 'product_tree' | 'vulnerabilities'): Clause['run'] {
  return (csaf, report) => {
    if (isThere(csaf, key)) report(`/${key}`, `${csaf.category} has no ${key}`);
  };
}

function eachHas(key: string): Clause['run'] {
  return (csaf, report) => {
    for (const { pointer, value } of csaf.vulnerabilities) if (value[key] === undefined) report(pointer, `${key} is missing`);
  };
}

function oneNoteOf(categories: readonly string[]): Clause['run'] {
  return (csaf, report) => {
    if (!csaf.notes.some((note) => categories.includes(textOf(note.value.category) ?? '')))
      report(csaf.document.notes === undefined ? '/document' : '/document/notes', `no note is of ${categories.join(', ')}`);
  };
}

function prohibitedName(profiles: readonly string[]): Clause['run'] {
  const [values, names] = [new Set(profiles.map((p) => `csaf_${p}`)), new Set(profiles.flatMap((p) => [bare(p), bare(`csaf_${p}`)]))];
  return (csaf, report) => {
    if (csaf.category === 'csaf_base' || csaf.category === '' || values.has(csaf.category)) return;
    if (/^csaf_/i.test(csaf.category)) report('/document/category', 'csaf_ is kept for the standard');
    else if (names.has(bare(csaf.category))) report('/document/category', `${csaf.category} is the name of another profile`);
  };
}

/** Every product in a status needs a statement that covers it. */
function statement(
  status: string,
  what: string,
  found: (csaf: Csaf, vulnerability: Csaf['vulnerabilities'][number]) => Set<string>,
): Clause['run'] {
  return (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const stated = found(csaf, vulnerability);
      for (const { pointer, value } of inStatus(vulnerability, status))
        if (!stated.has(value)) report(pointer, `no ${what} covers the product ${value}`);
    }
  };
}

const vexStatuses = ['fixed', 'known_affected', 'known_not_affected', 'under_investigation'];

function vulnerabilityId(csaf: Csaf, report: (pointer: string, message: string) => void): void {
  for (const vulnerability of csaf.vulnerabilities) {
    const { pointer, value } = vulnerability;
    if (value.cve !== undefined) continue;
    if (value.ids === undefined) {
      report(pointer, 'neither cve nor ids is given');
      continue;
    }
    const ids = vulnerability.list('ids');
    if (csaf.edition === '2.0' || ids.some((id) => id.value.group_ids === undefined && id.value.product_ids === undefined)) continue;
    const named = covered(csaf, ids);
    const told = new Set<string>();
    for (const products of vulnerability.statuses.values())
      for (const product of products) {
        if (named.has(product.value) || told.has(product.value)) continue;
        told.add(product.value);
        report(product.pointer, `no id applies to the product ${product.value}`);
      }
  }
}

export const profiles: Clauses = {
  '6.1.27.1': of('informational_advisory security_incident_response', oneNoteOf(['description', 'details', 'general', 'summary'])),
  '6.1.27.2': of('informational_advisory security_incident_response', (csaf, report) => {
    // A reference without a category is external.
    if (!csaf.references.some((reference) => (reference.value.category ?? 'external') === 'external'))
      report(csaf.document.references === undefined ? '/document' : '/document/references', 'no reference is external');
  }),
  '6.1.27.7': of('vex', (csaf, report) => {
    for (const { pointer, value, statuses } of csaf.vulnerabilities)
      if (!vexStatuses.some((status) => statuses.has(status)))
        report(value.product_status === undefined ? pointer : `${pointer}/product_status`, `none of ${vexStatuses.join(', ')} is given`);
  }),
  '6.1.27.8': of('vex', vulnerabilityId),
  '6.1.27.9': of(
    'vex',
    statement('known_not_affected', 'impact statement', (csaf, vulnerability) =>
      covered(csaf, [
        ...vulnerability.list('flags'),
        ...vulnerability.list('threats').filter((threat) => threat.value.category === 'impact'),
      ]),
    ),
  ),
  '6.1.27.10': of(
    'vex',
    statement('known_affected', 'action statement', (csaf, v) => covered(csaf, v.list('remediations'))),
  ),
};

const advisories20 = 'security_advisory vex';
const advisories21 = 'security_advisory vex deprecated_security_advisory';
const ended = 'withdrawn superseded';

function ofAdvisories(categories: string, withStatus: string): Clauses {
  return {
    '6.1.27.4': of(categories, mustBe('product_tree')),
    '6.1.27.5': of(categories, eachHas('notes')),
    '6.1.27.6': of(withStatus, eachHas('product_status')),
    '6.1.27.11': of(categories, mustBe('vulnerabilities')),
  };
}

export const profiles20Only: Clauses = {
  '6.1.26': prohibitedName(profiles20),
  '6.1.27.3': of('informational_advisory', mustNotBe('vulnerabilities')),
  ...ofAdvisories(advisories20, 'security_advisory'),
};

export const profiles21Only: Clauses = {
  '6.1.26': prohibitedName(profiles21),
  '6.1.27.3': of(`informational_advisory ${ended}`, mustNotBe('vulnerabilities')),
  ...ofAdvisories(advisories21, 'security_advisory deprecated_security_advisory'),
  '6.1.27.12': of('security_advisory', (csaf, report) => {
    for (const { pointer, value, statuses } of csaf.vulnerabilities)
      if (!statuses.has('known_affected'))
        report(value.product_status === undefined ? pointer : `${pointer}/product_status`, 'known_affected is missing');
  }),
  '6.1.27.14': of(ended, oneNoteOf(['description'])),
  '6.1.27.15': of(ended, mustNotBe('product_tree')),
  '6.1.27.16': of(ended, (csaf, report) => {
    if (listOf(csaf.tracking.revision_history).length < 2) report('/document/tracking/revision_history', 'there is one revision only');
  }),
  '6.2.38': (csaf, report) => {
    if (csaf.category.startsWith('csaf_deprecated_')) report('/document/category', `the profile ${csaf.category} is deprecated`);
  },
  '6.2.39.5': of(ended, (csaf, report) => {
    if (csaf.document.x_extensions !== undefined) report('/document/x_extensions', `${csaf.category} has no extension`);
    if (csaf.root.x_extensions !== undefined) report('/x_extensions', `${csaf.category} has no extension`);
  }),
};
