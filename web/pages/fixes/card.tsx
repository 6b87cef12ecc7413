import { Form } from '@base-ui/react/form';
import { Tag } from '../../parts/chips.tsx';
import { Button, Field } from '../../parts/form.tsx';
import { Ladder } from '../../parts/ladder.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { fixTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Fix, Release } from '../../wire.ts';

/** One advisory and one inventory: what to do, since when, and why we say so. */
export function FixCard({ fix }: { fix: Fix }) {
  const release = useGet<Release>(`/api/releases/${fix.releaseId}`).data;
  const open = fix.state === 'exposed' || fix.state === 'could-not-tell';
  return (
    <li className="border border-line bg-sheet p-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 className="font-semibold">{todo(fix)}</h3>
        <Tag tone={fixTone[fix.state]}>{fix.state}</Tag>
      </div>
      {fix.state !== 'observed' && fix.state !== 'not-affected' && <Due of={fix.due} />}
      {release?.title && (
        <p>
          {release.title}
          {release.severity && `, severity ${release.severity.toLowerCase()}`}
        </p>
      )}
      <p className="text-soft">
        <a href={`/api/releases/${fix.releaseId}`}>{fix.trackingId}</a>, {fix.because}
      </p>
      <ul className="my-1">
        {fix.components.map((purl) => (
          <li key={purl}>
            <code>{purl}</code>
          </li>
        ))}
      </ul>
      <p>
        Known to you since <When at={fix.exposedAt} />
        {fix.claimedAt && (
          <>
            ; you said so <When at={fix.claimedAt} />: {fix.claim}
          </>
        )}
        {fix.observedAt && (
          <>
            ; seen <When at={fix.observedAt} />
          </>
        )}
      </p>
      {fix.state === 'observed' && <Ladder rung="fixed" compact />}
      {open && <Claim fix={fix} />}
    </li>
  );
}

/** The date, with the rule that it follows from: an operator who knows better can see what was assumed. */
function Due({ of }: { of: Fix['due'] }) {
  return (
    <p>
      {of.at ? (
        <strong className="font-semibold">
          By <When at={of.at} left />
        </strong>
      ) : (
        'No date'
      )}
      <span className="text-soft">: {of.because}</span>
    </p>
  );
}

function todo({ state, fixedIn, package: name }: Fix): string {
  const target = fixedIn.length > 0 ? `${name} to ${fixedIn.join(' or ')}` : `${name}: no fixed version is known yet, reduce its exposure`;
  if (state === 'exposed') return fixedIn.length > 0 ? `Update ${target}` : target;
  if (state === 'could-not-tell')
    return `Check which version of ${name} you run${fixedIn.length > 0 ? `; ${fixedIn.join(' or ')} is fixed` : ''}`;
  return state === 'fix-claimed' ? `Keep a new inventory that shows ${name} fixed` : name;
}

function Claim({ fix }: { fix: Fix }) {
  const claim = useAct(`/api/fixes/${fix.id}/claim`);
  return (
    <details className="mt-2">
      <summary className="w-fit cursor-pointer text-accent">I have fixed this</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={(given) => claim.mutate(given)}>
        <Field name="how" label="What did you do?" hint="Your word is noted; it counts as seen only when an inventory shows it." />
        <Refusal error={claim.error} />
        <Button type="submit" disabled={claim.isPending} focusableWhenDisabled>
          Say so
        </Button>
      </Form>
    </details>
  );
}
