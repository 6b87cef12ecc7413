import { createContext, type ReactNode, useContext } from 'react';
import { useGet, useWho } from '../../session.ts';
import type { Participants, Who } from '../../wire.ts';

interface Place {
  /** Whose organisation coordinates the case: what changes it as a coordinator is theirs, and refused to everybody else. */
  readonly coordinates: boolean;
  /** Who may propose and answer times, at tier 0. */
  readonly negotiates: boolean;
}

const PlaceContext = createContext<Place>({ coordinates: false, negotiates: false });
export const usePlace = () => useContext(PlaceContext);

const coordinatorsOf = ({ items }: Participants) => items.filter(({ kind }) => kind === 'coordinator');

/** The first organisation to act in a case becomes its coordinator; until one has, it may be any. */
export function placeIn(all: Participants, me: Who): Place {
  const coordinators = coordinatorsOf(all);
  const isOpen = coordinators.length === 0 || coordinators.some(({ orgId }) => orgId === me.orgId);
  const coordinates = me.roles.includes('coordinator') && isOpen;
  return { coordinates, negotiates: coordinates || all.items.some(({ orgId }) => orgId === me.orgId) };
}

/** What stands within knows the viewer's place in the case, so that nothing is offered which is then refused. */
export function WithPlace({ caseId, isStaff, children }: { caseId: string; isStaff: boolean; children: ReactNode }) {
  if (!isStaff) return <PlaceContext value={{ coordinates: false, negotiates: true }}>{children}</PlaceContext>;
  return <WithStaffPlace caseId={caseId}>{children}</WithStaffPlace>;
}

function WithStaffPlace({ caseId, children }: { caseId: string; children: ReactNode }) {
  const me = useWho().data;
  const all = useGet<Participants>(`/api/cases/${caseId}/participants`).data;
  return <PlaceContext value={me && all ? placeIn(all, me) : { coordinates: false, negotiates: false }}>{children}</PlaceContext>;
}

/**
 * Who coordinates a case, where the viewer's own organisation reads it as a coordinator and takes no part in it: what it would change the hub
 * refuses. Null where it may act, and to whoever is no coordinator.
 */
export function useOutside(caseId: string): string | null {
  const me = useWho().data;
  const all = useGet<Participants>(`/api/cases/${caseId}/participants`).data;
  if (!all || !me?.roles.includes('coordinator') || placeIn(all, me).coordinates) return null;
  return coordinatorsOf(all)
    .map(({ name }) => name)
    .join(', ');
}

/** Why nothing is offered here that others are offered. */
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
