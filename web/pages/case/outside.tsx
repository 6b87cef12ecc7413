import { useGet, useWho } from '../../session.ts';
import type { Participants } from '../../wire.ts';

/**
 * Who coordinates a case, where the viewer's own organisation reads it as a coordinator and takes no part in it: what it would change the hub
 * refuses. Null where it may act, and to whoever is no coordinator.
 */
export function useOutside(caseId: string): string | null {
  const me = useWho().data;
  const items = useGet<Participants>(`/api/cases/${caseId}/participants`).data?.items ?? [];
  const coordinators = items.filter(({ kind }) => kind === 'coordinator');
  if (!me?.roles.includes('coordinator') || coordinators.length === 0 || coordinators.some(({ orgId }) => orgId === me.orgId)) return null;
  return coordinators.map(({ name }) => name).join(', ');
}

/** Said beforehand, so that nobody fills in what is then refused. */
export function Outside({ caseId }: { caseId: string }) {
  const who = useOutside(caseId);
  if (who === null) return null;
  return (
    <p className="my-4 max-w-prose border-l-4 border-care bg-sheet px-4 py-3">
      This case is coordinated by {who}. You read it and take no part in it: what changes it is theirs, unless they let your organisation
      in.
    </p>
  );
}
