import { useWho } from '../session.ts';
import type { Org } from '../wire.ts';
import { Digest } from './digest.tsx';
import { useWhole } from './more.tsx';

/** An organisation by its name where the viewer may know names; by its id elsewhere. */
export function OrgName({ id }: { id: string }) {
  const who = useWho().data;
  const known = useWhole<Org>('/api/orgs', {}, { enabled: who?.roles.includes('coordinator') ?? false, staleTime: 300_000 });
  const name = known.find((org) => org.id === id)?.name;
  if (name) return <span title={id}>{name}</span>;
  return who?.orgId === id ? <span title={id}>your organisation</span> : <Digest of={id} />;
}
