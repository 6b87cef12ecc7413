import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { WorkDoors } from '../../../trust/labour.ts';
import type { Errand } from './cve.ts';

export interface ErrandSpec extends Pick<Errand, 'kind' | 'year' | 'amount' | 'cveId' | 'container'> {
  /** Every id of that year that is held here. */
  readonly known: readonly string[];
}

interface ErrandEvidence {
  /** Reserved under our own user, and not held here: of an answer that was lost. */
  readonly found: readonly string[];
  readonly reserved: readonly string[];
  /** Held here, and upstream no longer reserved. */
  readonly changed: readonly { readonly cveId: string; readonly state: 'PUBLISHED' | 'REJECTED' }[];
  readonly refused: Refusal | null;
}

const nothing: ErrandEvidence = { found: [], reserved: [], changed: [], refused: null };

/**
 * Reserving has no key by which it would happen once. So what lies there under our own user is listed first: what is not held here was
 * reserved by an attempt whose answer was lost, and is taken; only what is missing then is asked for. Publishing and rejecting set what is
 * to be, and may be repeated.
 */
export async function workErrand(spec: ErrandSpec, { cves }: WorkDoors): Promise<ErrandEvidence> {
  const { kind, cveId, container } = spec;
  if (kind !== 'reserve') {
    const refused = await (kind === 'publish' ? cves.put(cveId!, container!) : cves.reject(cveId!, container!));
    return { ...nothing, refused: refused ?? null };
  }
  const listed = await listYear(spec, cves);
  if (isRefusal(listed)) return { ...nothing, refused: listed };
  const missing = spec.amount! - listed.found.length;
  if (missing <= 0) return { ...nothing, ...listed };
  const quota = await cves.quota();
  if (isRefusal(quota)) return { ...nothing, ...listed, refused: quota };
  // Asking for none gets the refusal that says why there are none.
  const reserved = await cves.reserve(spec.year!, Math.min(missing, Math.max(1, quota)));
  return isRefusal(reserved) ? { ...nothing, ...listed, refused: reserved } : { ...nothing, ...listed, reserved };
}

async function listYear(spec: ErrandSpec, cves: WorkDoors['cves']): Promise<Pick<ErrandEvidence, 'found' | 'changed'> | Refusal> {
  const known = new Set(spec.known);
  const found: string[] = [];
  const changed: ErrandEvidence['changed'][number][] = [];
  for (let page: number | null = 1; page !== null; ) {
    const answer: Awaited<ReturnType<typeof cves.ids>> = await cves.ids(spec.year!, page);
    if (isRefusal(answer)) return answer;
    for (const { cveId, state, isOwn } of answer.ids) {
      if (state === 'RESERVED' && isOwn && !known.has(cveId)) found.push(cveId);
      if (state !== 'RESERVED' && known.has(cveId)) changed.push({ cveId, state });
    }
    // A page that does not go on ends it, whatever it says.
    page = answer.nextPage !== null && answer.nextPage > page ? answer.nextPage : null;
  }
  return { found, changed };
}
