import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { post } from '../api.ts';
import { answerWith } from '../passkey.ts';
import { signedIn } from '../session.ts';
import type { Asked, EnteredByPasskey } from '../wire.ts';
import { Button } from './form.tsx';
import { Refusal } from './refusal.tsx';

export function PasskeyEntrance() {
  const navigate = useNavigate();
  const enter = useMutation<void, Error>({
    async mutationFn() {
      const answer = await answerWith(await post<Asked>('/api/sessions/passkey/ask', {}));
      const entered = await post<EnteredByPasskey>('/api/sessions/passkey', { answer });
      if ('suspended' in entered) throw new Error(entered.because);
      await signedIn(entered.id);
      await navigate({ to: '/' });
    },
  });
  return (
    <>
      <Refusal error={enter.error} />
      <Button onClick={() => enter.mutate()} disabled={enter.isPending} focusableWhenDisabled>
        Sign in with a passkey
      </Button>
    </>
  );
}
