import { Form } from '@base-ui/react/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { post } from '../api.ts';
import { Button, Field } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useLinkSecret } from '../secret.ts';
import { signedIn } from '../session.ts';
import type { Founded } from '../wire.ts';

/** The first visit to a new hub: makes its first coordinator. */
export function Found() {
  const secret = useLinkSecret();
  const navigate = useNavigate();
  const found = useMutation<Founded, Error, Record<string, unknown>>({
    mutationFn: (given) => post<Founded>('/api/orgs/found', { ...given, secret }),
    onSuccess: async ({ session }) => {
      await signedIn(session.id);
      await navigate({ to: '/' });
    },
  });
  if (secret === undefined)
    return (
      <Page title="This address lacks its secret">
        <p className="max-w-prose">
          The first visit needs the whole link that the hub printed when it started, including what follows the # sign.
        </p>
      </Page>
    );
  return (
    <Page title="Set up this hub">
      <p className="mb-5 max-w-prose">
        Nobody is here yet. You become the first coordinator: you can then add organisations and people. This link works once; afterwards{' '}
        <code>bin/breakwater link</code> with your e-mail, on the hub's machine, makes another way in.
      </p>
      <Form className="max-w-md" onFormSubmit={(given) => found.mutate(given)}>
        <Field name="org" label="Organisation" autoComplete="organization" hint="Who runs this clearinghouse." />
        <Field name="name" label="Your name" autoComplete="name" />
        <Field name="email" label="Your e-mail" type="email" autoComplete="email" />
        <Refusal error={found.error} />
        <Button type="submit" disabled={found.isPending} focusableWhenDisabled>
          Set up and sign in
        </Button>
      </Form>
    </Page>
  );
}
