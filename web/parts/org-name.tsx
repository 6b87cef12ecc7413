import { useQuery } from '@tanstack/react-query';
import { get } from '../api.ts';
import { useWho } from '../session.ts';
import type { Org } from '../wire.ts';
import { Digest } from './digest.tsx';

/** An organisation by its name, or by its id until that is known. */
export function OrgName({ id }: { id: string }) {
  const who = useWho().data;
  const path = `/api/orgs/${id}`;
  const own = who?.orgId === id;
  const known = useQuery<Org>({ queryKey: [path], queryFn: () => get(path), enabled: !own, staleTime: 300_000 });
  if (own) return <span title={id}>your organisation</span>;
  return known.data ? <span title={id}>{known.data.name}</span> : <Digest of={id} />;
}
