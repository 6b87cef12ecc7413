import { scancodeDeprecated, scancodeLicenses } from './scancode-licenses.ts';
import { spdxDeprecatedExceptions, spdxDeprecatedLicenses, spdxExceptions, spdxLicenses } from './spdx-licenses.ts';

const setOf = (text: string) =>
  new Set(
    text
      .trim()
      .split(/\s+/)
      .map((id) => id.toLowerCase()),
  );
let lists:
  | Record<'licenses' | 'deprecated' | 'exceptions' | 'deprecatedExceptions' | 'scancode' | 'scancodeDeprecated', Set<string>>
  | undefined;

function known() {
  lists ??= {
    licenses: setOf(spdxLicenses),
    deprecated: setOf(spdxDeprecatedLicenses),
    exceptions: setOf(spdxExceptions),
    deprecatedExceptions: setOf(spdxDeprecatedExceptions),
    scancode: setOf(scancodeLicenses),
    scancodeDeprecated: setOf(scancodeDeprecated),
  };
  return lists;
}

/** `other`: of a list that is not known here, under LicenseRef- or AdditionRef-. */
type Standing = 'current' | 'deprecated' | 'missing' | 'other';

/** Where an identifier stands on the SPDX License List or, under LicenseRef-scancode-, in the ScanCode LicenseDB. Case does not matter (SPDX annex B). */
export function standingOf({ id, isException }: { readonly id: string; readonly isException: boolean }): Standing {
  const name = id.toLowerCase();
  const scancode = /^(?:licenseref|additionref)-scancode-(.+)$/.exec(name)?.[1];
  const list = known();
  if (scancode !== undefined)
    return list.scancode.has(scancode) ? 'current' : list.scancodeDeprecated.has(scancode) ? 'deprecated' : 'missing';
  if (/^(?:licenseref|additionref)-/.test(name)) return 'other';
  if (isException) return list.deprecatedExceptions.has(name) ? 'deprecated' : list.exceptions.has(name) ? 'current' : 'missing';
  return list.licenses.has(name) ? 'current' : list.deprecated.has(name) ? 'deprecated' : 'missing';
}
