import { useState, type FormEvent } from 'react';
import { giveKey } from '../api/key.ts';
import { Button } from '../ui/button.tsx';
import { SecretField } from './secret-field.tsx';

/** @param refusal what the API says about the key before */
export function KeyForm({ refusal }: { readonly refusal: string | undefined }) {
  const [typed, setTyped] = useState('');
  const [remembered, setRemembered] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim() !== '') giveKey(typed.trim(), remembered);
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <SecretField label="Key" value={typed} change={setTyped} error={refusal} />
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
  );
}
