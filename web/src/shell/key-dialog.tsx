import { useEffect, useState } from 'react';
import { useKey } from '../api/key.ts';
import { session } from '../api/session.ts';
import type { SessionAnswer } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { KeyForm } from './key-form.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Asks for a key, or to sign in, when the API has refused a request for want of either. */
export function KeyDialog() {
  const { wanted, refusal, key } = useKey();
  const [dismissed, setDismissed] = useState<string>();
  const [wantsKey, setWantsKey] = useState(false);
  const ways = useWays(wanted);
  const occasion = `${key ?? ''} ${refusal ?? ''}`;
  const signsIn = ways !== undefined && (ways.password || ways.oidc !== null) && !wantsKey;
  return (
    <Dialog
      open={wanted && dismissed !== occasion}
      onOpenChange={(open) => setDismissed(open ? undefined : occasion)}
      title={signsIn ? 'Sign in' : 'This gateway needs a key'}
      description={
        signsIn ? (
          'Then this browser may manage the gateway until you sign out, or for as long as its config says.'
        ) : (
          <>
            A key of an admin or a viewer that the gateway has made, or one of{' '}
            <code className="font-mono">server.adminKeys</code> in its config; where none are set, one of{' '}
            <code className="font-mono">server.apiKeys</code>. It stays in this browser and goes to this
            gateway only.
          </>
        )
      }
    >
      {signsIn ? (
        <SignInForm ways={ways} useKeyInstead={() => setWantsKey(true)} />
      ) : (
        <KeyForm refusal={refusal} />
      )}
    </Dialog>
  );
}

/** How to sign in, asked once the API wants it; undefined: it is not known, and a key will do. */
function useWays(wanted: boolean): SessionAnswer['signIn'] | undefined {
  const [ways, setWays] = useState<SessionAnswer['signIn']>();
  useEffect(() => {
    if (!wanted) return;
    session().then(
      ({ signIn }) => setWays(signIn),
      () => undefined,
    );
  }, [wanted]);
  return ways;
}
