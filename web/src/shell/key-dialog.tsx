import { useState, type FormEvent } from 'react';
import { giveKey, useKey } from '../api/key.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

/** Asks for a key when the API has asked for one. */
export function KeyDialog() {
  const { wanted, refusal, key } = useKey();
  const [dismissed, setDismissed] = useState<string>();
  const [typed, setTyped] = useState('');
  const [remembered, setRemembered] = useState(false);
  const occasion = `${key ?? ''} ${refusal ?? ''}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim() !== '') giveKey(typed.trim(), remembered);
  };
  return (
    <Dialog
      open={wanted && dismissed !== occasion}
      onOpenChange={(open) => setDismissed(open ? undefined : occasion)}
      title="This gateway needs a key"
      description={
        <>
          A key of an admin or a viewer that the gateway has made, or one of{' '}
          <code className="font-mono">server.adminKeys</code> in its config; where none are set, one of{' '}
          <code className="font-mono">server.apiKeys</code>. It stays in this browser and goes to this gateway
          only.
        </>
      }
    >
      <form onSubmit={submit} className="grid gap-3">
        <Field
          label="Key"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={refusal}
        />
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={remembered}
            onChange={(event) => setRemembered(event.target.checked)}
          />
          Remember it on this computer
        </label>
        <div className="flex justify-end">
          <Button type="submit" look="primary">
            Use this key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
