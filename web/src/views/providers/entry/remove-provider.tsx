import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { removeProvider } from '../../../api/entries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Button } from '../../../ui/button.tsx';

/** Removes a provider, after a confirmation. */
export function RemoveProvider({ name }: { readonly name: string }) {
  const navigate = useNavigate();
  const [asks, setAsks] = useState(false);
  const remove = useChange<void, { switchedOff: boolean }>({
    act: () => removeProvider(name),
    done: ({ switchedOff }) => `${name} is ${switchedOff ? 'switched off' : 'removed'}`,
  });
  return (
    <section aria-label={`Remove ${name}`} className="grid gap-2 border-t pt-4">
      {remove.error && (
        <p role="alert" className="whitespace-pre-wrap text-bad [overflow-wrap:anywhere]">
          {remove.error.message}
        </p>
      )}
      {asks ? (
        <div className="flex flex-wrap items-center justify-end gap-2">
          <p className="mr-auto">Remove {name}? Its running answers end first.</p>
          <Button onClick={() => setAsks(false)}>Keep it</Button>
          <Button
            look="danger"
            autoFocus
            changes="the gateway"
            busy={remove.isPending}
            onClick={() =>
              remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/providers', search: {} }) })
            }
          >
            Remove it
          </Button>
        </div>
      ) : (
        <Button
          look="danger"
          changes="the gateway"
          className="justify-self-start"
          onClick={() => setAsks(true)}
        >
          Remove …
        </Button>
      )}
    </section>
  );
}
