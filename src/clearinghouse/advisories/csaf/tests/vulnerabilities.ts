import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { type Obj, type Placed, textOf, textsIn } from '../json.ts';
import { momentOf } from '../moment.ts';
import { idSystems } from '../registers/id-systems.ts';

/** CSAF §3.2.3.5 (2.0), "Flags" (2.1). Labels of another purpose may come. */
const justifications = new Set([
  'component_not_present',
  'inline_mitigations_already_exist',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_not_present',
]);

function each(csaf: Csaf, key: string, visit: (item: Placed<Obj>) => void): void {
  for (const vulnerability of csaf.vulnerabilities) vulnerability.list(key).forEach(visit);
}

function mustNameProducts(key: string, what: string): Clauses[string] {
  return (csaf, report) =>
    each(csaf, key, ({ pointer, value }) => {
      if (value.group_ids === undefined && value.product_ids === undefined) report(pointer, `the ${what} names no product`);
    });
}

/** Products with a justification by more than one flag; a group that two flags open need not be opened a third time. */
function twiceFlagged(csaf: Csaf, flags: readonly Placed<Obj>[], report: (flag: Placed<Obj>, product: string) => void): void {
  const flagOf = new Map<string, Placed<Obj>>();
  const told = new Set<string>();
  const opened = new Map<string, number>();
  const take = (flag: Placed<Obj>, product: string) => {
    const first = flagOf.get(product) ?? flag;
    flagOf.set(product, first);
    if (first === flag || told.has(product)) return;
    told.add(product);
    report(flag, product);
  };
  for (const flag of flags) {
    for (const { value } of textsIn(flag.value, 'product_ids', flag.pointer)) take(flag, value);
    for (const { value: group } of textsIn(flag.value, 'group_ids', flag.pointer)) {
      const times = opened.get(group) ?? 0;
      opened.set(group, times + 1);
      if (times < 2) for (const product of csaf.members.get(group) ?? []) take(flag, product);
    }
  }
}

export const vulnerabilities: Clauses = {
  '6.1.23': (csaf, report) => {
    const seen = new Set<string>();
    for (const { pointer, value } of csaf.vulnerabilities) {
      const cve = textOf(value.cve);
      if (cve === undefined) continue;
      if (seen.has(cve)) report(`${pointer}/cve`, `${cve} is there before`);
      seen.add(cve);
    }
  },
  '6.1.24': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities) {
      const seen = new Set<string>();
      for (const { pointer, value } of vulnerability.list('involvements')) {
        const key = JSON.stringify([value.party ?? null, momentOf(value.date) ?? value.date ?? null]);
        if (seen.has(key)) report(pointer, 'this party is involved at this time before');
        seen.add(key);
      }
    }
  },
  '6.1.29': mustNameProducts('remediations', 'remediation'),
  '6.1.32': mustNameProducts('flags', 'flag'),
  '6.1.33': (csaf, report) => {
    for (const vulnerability of csaf.vulnerabilities)
      twiceFlagged(
        csaf,
        vulnerability.list('flags').filter((flag) => justifications.has(textOf(flag.value.label) ?? '')),
        (flag, product) => report(flag.pointer, `another flag says why the product ${product} is not affected`),
      );
  },
  '6.2.7': (csaf, report) =>
    each(csaf, 'involvements', ({ pointer, value }) => {
      if (value.date === undefined) report(pointer, 'the involvement has no date');
    }),
  '6.2.17': (csaf, report) =>
    each(csaf, 'ids', ({ pointer, value }) => {
      if (/^CVE-[0-9]{4}-[0-9]{4,}$/.test(textOf(value.text) ?? '')) report(pointer, `${textOf(value.text)} belongs under cve`);
    }),
  '6.3.3': (csaf, report) => {
    for (const { pointer, value } of csaf.vulnerabilities) if (value.cve === undefined) report(pointer, 'no CVE is given');
  },
};

export const vulnerabilities21: Clauses = {
  '6.2.53': (csaf, report) =>
    each(csaf, 'ids', ({ pointer, value }) => {
      const form = idSystems.get(textOf(value.system_name) ?? '');
      if (form && typeof value.text === 'string' && !form.test(value.text))
        report(`${pointer}/text`, `ids of this system match ${form.source}`);
    }),
  '6.3.20': (csaf, report) =>
    each(csaf, 'ids', ({ pointer, value }) => {
      if (typeof value.system_name === 'string' && !idSystems.has(value.system_name))
        report(`${pointer}/system_name`, 'this is no system of the Registry for Vulnerability ID Systems');
    }),
};
