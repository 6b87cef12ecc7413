import { isRefusal, type Refusal } from '../../../../base/refusal.ts';
import type { Edition } from '../../csaf/csaf.ts';
import type { Obj } from '../../csaf/json.ts';
import { validateCsaf } from '../../csaf/validate.ts';
import type { Source } from '../../source.ts';
import { documentOf } from './document.ts';
import { documentIn } from './document-reader.ts';
import { hear, speak } from './edition20.ts';
import { amend, unamend } from './edition21.ts';
import { ended } from './ended.ts';
import { expand } from './expansion.ts';
import { fold } from './folding.ts';
import { nameWeaknesses, unnameWeaknesses } from './weakness-notes.ts';

/** A CSAF document (OASIS, https://docs.oasis-open.org/csaf/csaf/), its members in the order of the alphabet. */
export function writeCsaf(source: Source, edition: Edition): Obj {
  const whole = expand(nameWeaknesses(ended(source)));
  if (edition === '2.0') return documentOf(speak(whole), edition);
  const now = amend(whole);
  const document = documentOf(now, edition);
  if (now.category !== 'csaf_security_advisory' || fits(document)) return document;
  return documentOf({ ...now, category: 'csaf_deprecated_security_advisory' }, edition);
}

/** Reads CSAF 2.0 and 2.1; a document that has not the form of its schema is refused. */
export function readCsaf(document: unknown): Source | Refusal {
  const parsed = documentIn(document);
  if (isRefusal(parsed)) return parsed;
  const source = unnameWeaknesses(parsed.edition === '2.0' ? hear(parsed.source) : unamend(parsed.source));
  const { tracking } = source;
  const withdrawn =
    source.category === 'csaf_withdrawn' ? { ...source, tracking: { ...tracking, withdrawnAt: tracking.currentAt } } : source;
  return fold(withdrawn);
}

/** What 2.1 asks of a security advisory beyond 2.0; one that was none of 2.1 goes by the profile made for that (§4.6). */
function fits(document: Obj): boolean {
  const found = validateCsaf(document, { tests: ['6.1.27.12', '6.1.27.13'] });
  return !isRefusal(found) && found.valid;
}
