/** Registry for Vulnerability ID Systems for CSAF (RVISC), oasis-tcs/csaf registry/id/registry.json of 2026-02-06: name and form of its ids. */
export const idSystems: ReadonlyMap<string, RegExp> = new Map([
  ['https://github.com/oasis-tcs/csaf', /^#[1-9]\d*$/],
  ['https://euvd.enisa.europa.eu', /^EUVD-[1-9][0-9]{3}-[0-9]{4,}$/],
]);
