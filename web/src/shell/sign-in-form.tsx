import { useState, type FormEvent } from 'react';
import { address } from '../api/address.ts';
import { signIn } from '../api/session.ts';
import type { SessionAnswer } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { SecretField } from './secret-field.tsx';

interface Props {
  readonly ways: SessionAnswer['signIn'];
  readonly useKeyInstead: () => void;
}

/** Signing in by a password, or at a provider that sends the browser back. */
export function SignInForm({ ways: { password, oidc }, useKeyInstead }: Props) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    signIn(typed)
      .catch((thrown: unknown) => setError((thrown as Error).message))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {password && <SecretField label="Password" value={typed} change={setTyped} error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={useKeyInstead}>
          Use a key
        </Button>
        {oidc !== null && (
          <Button
            look={password ? 'plain' : 'primary'}
            onClick={() => location.assign(address('session/oidc'))}
          >
            Sign in with {oidc}
          </Button>
        )}
        {password && (
          <Button type="submit" look="primary" busy={busy}>
            Sign in
          </Button>
        )}
      </div>
    </form>
  );
}
