import { Link, useParams } from '@tanstack/react-router';
import { Tlp } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Fact, Facts, Page } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { When } from '../parts/when.tsx';
import { useGet } from '../session.ts';
import type { Suite } from '../wire.ts';
import { ContaminationSection } from './suite/contamination.tsx';
import { Summaries } from './suite/summaries.tsx';
import { Tasks } from './suite/tasks.tsx';

/** A suite of one's own: its tasks with what the gate said of each, or what its custodian signed. */
export function SuitePage() {
  const { id } = useParams({ from: '/suites/$id' });
  const found = useGet<Suite>(`/api/suites/${id}`);
  return (
    <Awaited of={found} page="Suite">
      {(suite) => (
        <Page title={suite.name} over={<Link to="/reviews">Reviews</Link>} beside={<Tlp of="AMBER+STRICT" />}>
          <About suite={suite} />
          {suite.custodian === null ? (
            <>
              <Tasks suite={suite} />
              <ContaminationSection suite={suite} />
            </>
          ) : (
            <Summaries suite={suite} />
          )}
          <Timeline thing={suite.id} />
        </Page>
      )}
    </Awaited>
  );
}

function About({ suite }: { suite: Suite }) {
  const isSealed = suite.custodian !== null;
  return (
    <Facts>
      <Fact name="Tasks">
        {suite.count}
        {isSealed && <span className="text-soft">; sealed: neither their text nor their results by task are here</span>}
      </Fact>
      <Fact name="Held by">{isSealed ? suite.custodian : 'this hub'}</Fact>
      <Fact name={isSealed ? 'Sealed' : 'Published'}>
        <When at={suite.publishedAt} />
      </Fact>
      <Fact name="Digest">
        <Digest of={suite.digest} whole />
      </Fact>
    </Facts>
  );
}
