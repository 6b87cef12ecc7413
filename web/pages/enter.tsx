import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { post } from '../api.ts';
import { Button } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useLinkSecret } from '../secret.ts';
import { signedIn } from '../session.ts';
import type { Secret } from '../wire.ts';

/** A one-time link. It is used by a click, not by opening it: mail scanners open every link they meet and would use it up. */
export function Enter() {
  const secret = useLinkSecret();
  if (secret === undefined)
    return (
      <Page title="This address lacks its secret">
        <p className="max-w-prose">
          A sign-in link works once and its secret is then gone from the address. Open the whole link again if you have not used it, or see{' '}
          <Link to="/">how to get a new one</Link>.
        </p>
      </Page>
    );
  // The key: another link pasted into this tab starts afresh.
  return <Entrance key={secret} secret={secret} />;
}

function Entrance({ secret }: { secret: string }) {
  const navigate = useNavigate();
  const enter = useMutation<Secret, Error>({
    mutationFn: () => post<Secret>('/api/sessions', { secret }),
    onSuccess: async ({ id }) => {
      await signedIn(id);
      await navigate({ to: '/' });
    },
  });
  return (
    <Page title="Sign in to this desk">
      <p className="mb-5 max-w-prose">You opened a one-time link. It works once; you then stay signed in here for at most twelve hours.</p>
      <Refusal error={enter.error} />
      {enter.error ? (
        <p>
          <Link to="/">How to get a new link</Link>
        </p>
      ) : (
        <Button onClick={() => enter.mutate()} disabled={enter.isPending} focusableWhenDisabled>
          Sign in
        </Button>
      )}
    </Page>
  );
}
