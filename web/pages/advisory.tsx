import { Link, useParams } from '@tanstack/react-router';
import { Tag, Tlp } from '../parts/chips.tsx';
import { Page } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { useGet, useWho } from '../session.ts';
import type { AdvisoryOfCase } from '../wire.ts';
import { Approval } from './advisory/approval.tsx';
import { Diff } from './advisory/diff.tsx';
import { DraftAnew, FirstDraft } from './advisory/draft.tsx';
import { Preview } from './advisory/preview.tsx';
import { Releases } from './advisory/releases.tsx';
import { Said } from './advisory/said.tsx';
import { Outside, useOutside } from './case/outside.tsx';

/** The words that will be public: what they say, what changed, who approved them, and from when on. */
export function AdvisoryPage() {
  const { id } = useParams({ from: '/cases/$id/advisory' });
  const found = useGet<AdvisoryOfCase>(`/api/cases/${id}/advisory`);
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  const takesPart = useOutside(id) === null;
  const over = (
    <Link to="/cases/$id" params={{ id }}>
      Case
    </Link>
  );
  return (
    <Awaited of={found} page="Advisory">
      {({ advisory }) => (
        <Page
          title={advisory?.title ?? 'Advisory'}
          over={over}
          beside={
            <span className="flex gap-2">
              {advisory && (
                <Tag tone={advisory.state === 'approved' ? 'good' : 'care'}>
                  {advisory.state}, revision {advisory.revision}
                </Tag>
              )}
              <Tlp of="RED" />
            </span>
          }
        >
          {advisory ? <Said of={advisory} /> : <p>No advisory was drafted yet.</p>}
          <Outside caseId={id} />
          {isStaff && takesPart && !advisory && <FirstDraft caseId={id} />}
          {isStaff && advisory && (
            <>
              {advisory.revision > 1 && <Diff of={advisory} />}
              <Approval of={advisory} takesPart={takesPart} />
              <Releases of={advisory} takesPart={takesPart} />
              <Preview of={advisory} />
              {takesPart && <DraftAnew of={advisory} />}
              <Timeline thing={advisory.id} />
            </>
          )}
        </Page>
      )}
    </Awaited>
  );
}
