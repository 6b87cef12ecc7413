import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { post } from '../../api.ts';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { answerWith } from '../../passkey.ts';
import { queries, useAct, useGet } from '../../session.ts';
import type { Acknowledged, Asked, Offer, Passkey } from '../../wire.ts';

/** Read-ins offered to the viewer: nothing of the case is shown before its terms are accepted. */
export function Offers() {
  const found = useGet<{ items: readonly Offer[] }>('/api/read-ins');
  const keys = useGet<{ items: readonly Passkey[] }>('/api/passkeys');
  if (found.error) return <Refusal error={found.error} />;
  const waiting = found.data?.items ?? [];
  if (waiting.length === 0) return null;
  const hasKey = keys.data?.items.some((key) => key.state === 'usable') ?? false;
  return (
    <Section title="You are asked to be read in">
      {waiting.map((offer) => (
        <OneOffer key={offer.caseId} offer={offer} hasKey={hasKey} />
      ))}
    </Section>
  );
}

function OneOffer({ offer, hasKey }: { offer: Offer; hasKey: boolean }) {
  const { caseId, termsDigest } = offer;
  const sign = useMutation<void, Error>({
    async mutationFn() {
      const answer = await answerWith(await post<Asked>(`/api/cases/${caseId}/acknowledge/ask`, {}));
      const outcome = await post<Acknowledged>(`/api/cases/${caseId}/acknowledge`, { termsDigest, answer });
      if ('suspended' in outcome) throw new Error(outcome.because);
      await queries.invalidateQueries();
    },
  });
  const accept = useAct(`/api/cases/${caseId}/acknowledge`);
  const decline = useAct(`/api/cases/${caseId}/decline`);
  const isOffered = offer.state === 'offered';
  return (
    <article className="mb-3 border-l-4 border-accent bg-sheet px-4 py-3">
      <p className="text-soft">
        Offered <When at={offer.offeredAt} />
      </p>
      {offer.emergencyUntil && (
        <p className="font-medium">
          An emergency: without your signature, access ends <When at={offer.emergencyUntil} />.
        </p>
      )}
      <p className="my-2 max-w-prose whitespace-pre-wrap">{offer.terms}</p>
      <Refusal error={sign.error ?? accept.error ?? decline.error} />
      <div className="flex flex-wrap items-baseline gap-2">
        {hasKey ? (
          <Button onClick={() => sign.mutate()} disabled={sign.isPending} focusableWhenDisabled>
            {isOffered ? 'I accept these terms, and sign them with my passkey' : 'Sign these terms with my passkey'}
          </Button>
        ) : (
          <p>
            These terms are signed with a passkey. <Link to="/passkeys">Make yours first</Link>, then come back.
          </p>
        )}
        {isOffered && offer.emergencyUntil && (
          <Button quiet onClick={() => accept.mutate({ termsDigest })} disabled={accept.isPending} focusableWhenDisabled>
            I accept these terms, and sign later
          </Button>
        )}
        {isOffered && (
          <Button quiet onClick={() => decline.mutate({})} disabled={decline.isPending} focusableWhenDisabled>
            Decline
          </Button>
        )}
      </div>
    </article>
  );
}
