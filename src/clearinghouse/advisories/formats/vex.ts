import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { isObject, type Obj, objectOf } from '../csaf/json.ts';
import { validateCsaf } from '../csaf/validate.ts';
import { validateCycloneDxVex } from './cyclonedx/validate.ts';
import { validateOpenVex } from './openvex/validate.ts';
import { faultOfDocument, type Verdict } from './verdict.ts';

/** Validates a VEX document of OpenVEX 0.2.0, CycloneDX 1.4 to 1.7 or CSAF 2.x, told apart by what each must have. */
export function validateVex(document: unknown): Verdict | Refusal {
  const fault = faultOfDocument(document);
  if (fault) return fault;
  const given = document as Obj;
  if (Object.hasOwn(given, '@context') || Object.hasOwn(given, 'statements')) return validateOpenVex(given);
  if (Object.hasOwn(given, 'bomFormat')) return validateCycloneDxVex(given);
  if (isObject(given.document)) return validateCsafVex(given);
  return refuse('unsupported', 'neither OpenVEX nor CycloneDX nor CSAF', 'document');
}

/** Chapter 4 of CSAF names profiles by the category; any other may hold a VEX's statements and is no VEX profile. */
function validateCsafVex(document: Obj): Verdict | Refusal {
  const verdict = validateCsaf(document);
  if (isRefusal(verdict) || objectOf(document.document).category === 'csaf_vex') return verdict;
  const warning = { test: 'profile', kind: 'warning', pointer: '/document/category', message: 'is not csaf_vex' } as const;
  return { valid: verdict.valid, results: [...verdict.results, warning] };
}
