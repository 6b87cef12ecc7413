import { useQuery } from '@tanstack/react-query';
import { get } from '../api.ts';
import { useWho } from '../session.ts';
import type { Org } from '../wire.ts';
import { Digest } from './digest.tsx';

/** An organisation by its name where the viewer may know names; by its id elsewhere. */
export function OrgName({ id }: { id: string }) {
  const who = useWho().data;
  const known = useQuery<{ items: readonly Org[] }>({
    queryKey: ['/api/orgs'],
    queryFn: () => get('/api/orgs?limit=100'),
    enabled: who?.roles.includes('coordinator') ?? false,
    staleTime: 300_000,
  });
  const name = known.data?.items.find((org) => org.id === id)?.name;
  if (name) return <span title={id}>{name}</span>;
  return who?.orgId === id ? <span title={id}>your organisation</span> : <Digest of={id} />;
}
