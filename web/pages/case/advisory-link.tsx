import { Link } from '@tanstack/react-router';
import { Tag } from '../../parts/chips.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { useGet } from '../../session.ts';
import type { AdvisoryOfCase, Case } from '../../wire.ts';

/** Where the words are that will be public. */
export function AdvisoryLink({ of, mayDraft }: { of: Case; mayDraft: boolean }) {
  const found = useGet<AdvisoryOfCase>(`/api/cases/${of.id}/advisory`);
  return (
    <Section title="Advisory">
      <Awaited of={found}>
        {({ advisory }) =>
          advisory || mayDraft ? (
            <p>
              <Link to="/cases/$id/advisory" params={{ id: of.id }}>
                {advisory ? (advisory.title ?? 'The advisory of this case') : 'Draft the advisory'}
              </Link>{' '}
              {advisory && (
                <Tag tone={advisory.state === 'approved' ? 'good' : 'care'}>
                  {advisory.state}, revision {advisory.revision}
                </Tag>
              )}
            </p>
          ) : (
            <p className="text-soft">None was drafted yet.</p>
          )
        }
      </Awaited>
    </Section>
  );
}
