import type { ReactNode } from 'react';
import type { UseMutationResult } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

interface Props<Told> {
  readonly title: string;
  readonly description: string;
  /** the label of the button that does it */
  readonly word: string;
  readonly look: 'primary' | 'danger';
  readonly change: UseMutationResult<Told, Error, void>;
  readonly onDone: (told: Told) => void;
  readonly onClose: () => void;
  /** options to choose from first */
  readonly children?: ReactNode;
}

/** Asks before a change of a key, and shows why it failed. */
export function ChangeDialog<Told>(props: Props<Told>) {
  const { title, description, word, look, change, onDone, onClose, children } = props;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()} title={title} description={description}>
      <div className="grid gap-4">
        {children}
        {change.error && (
          <p role="alert" className="text-bad">
            {change.error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look={look}
            changes="the gateway"
            busy={change.isPending}
            onClick={() => change.mutate(undefined, { onSuccess: onDone })}
          >
            {word}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
