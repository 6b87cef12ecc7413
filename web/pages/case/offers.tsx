import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Offer } from '../../wire.ts';

/** Read-ins offered to the viewer: nothing of the case is shown before its terms are accepted. */
export function Offers() {
  const found = useGet<{ items: readonly Offer[] }>('/api/read-ins');
  if (found.error) return <Refusal error={found.error} />;
  const waiting = found.data?.items.filter((offer) => offer.state === 'offered') ?? [];
  if (waiting.length === 0) return null;
  return (
    <Section title="You are asked to be read in">
      {waiting.map((offer) => (
        <OneOffer key={offer.caseId} offer={offer} />
      ))}
    </Section>
  );
}

function OneOffer({ offer }: { offer: Offer }) {
  const accept = useAct(`/api/cases/${offer.caseId}/acknowledge`);
  const decline = useAct(`/api/cases/${offer.caseId}/decline`);
  return (
    <article className="mb-3 border-l-4 border-accent bg-sheet px-4 py-3">
      <p className="text-soft">
        Offered <When at={offer.offeredAt} />
      </p>
      <p className="my-2 max-w-prose whitespace-pre-wrap">{offer.terms}</p>
      <Refusal error={accept.error ?? decline.error} />
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => accept.mutate({ termsDigest: offer.termsDigest })} disabled={accept.isPending} focusableWhenDisabled>
          I accept these terms
        </Button>
        <Button quiet onClick={() => decline.mutate({})} disabled={decline.isPending} focusableWhenDisabled>
          Decline
        </Button>
      </div>
    </article>
  );
}
