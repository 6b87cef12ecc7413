import { useEffect, useState } from 'react';
import { queries } from '../../session.ts';
import type { Progress, Validation } from '../../wire.ts';

/** What a validation is doing, told by the hub as it happens; when it is done, everything shown is asked for anew. */
export function useProgress({ id, state, progress }: Pick<Validation, 'id' | 'state' | 'progress'>): Progress {
  const [told, setTold] = useState<Progress>();
  const isMoving = state === 'requested' || state === 'running';
  useEffect(() => {
    if (!isMoving) return;
    const source = new EventSource(`/api/validations/${id}/events`);
    source.addEventListener('progress', (event) => {
      const now = JSON.parse(event.data) as Progress;
      setTold(now);
      if (now.state === 'requested' || now.state === 'running') return;
      source.close();
      void queries.invalidateQueries();
    });
    return () => source.close();
  }, [id, isMoving]);
  return isMoving && told ? told : { state, progress };
}

const doing: Record<string, string> = { fetch: 'fetching the', build: 'building the', run: 'running', symbolize: 'naming the frames of' };

export function ProgressBar({ of }: { of: Progress }) {
  const { progress } = of;
  if (of.state !== 'running') return null;
  if (!progress) return <p role="status">A worker has taken it up.</p>;
  const words = `${doing[progress.step] ?? progress.step} ${progress.of}`;
  const { at, total } = progress;
  return (
    <div role="status">
      <p>
        {words}
        {at !== undefined && total !== undefined && `, ${Math.min(at, total)} of ${total}`}
      </p>
      {at !== undefined && total !== undefined && (
        <progress aria-label="Runs done" className="mt-1 h-2 w-full max-w-md accent-accent" value={Math.min(at, total)} max={total} />
      )}
    </div>
  );
}
