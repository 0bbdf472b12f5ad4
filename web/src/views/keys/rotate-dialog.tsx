import { useState } from 'react';
import { rotateKey } from '../../api/callers.ts';
import type { MadeKey } from '../../api/types.ts';
import { useChange } from '../../api/use-change.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';

const HOUR = 3_600_000;
const CHOICES = [
  { value: '0', label: 'not at all' },
  { value: String(HOUR), label: 'for an hour' },
  { value: String(24 * HOUR), label: 'for a day' },
  { value: String(7 * 24 * HOUR), label: 'for a week' },
];

interface Props {
  readonly name: string;
  readonly onClose: () => void;
  readonly onMade: (made: MadeKey) => void;
}

/** Gives a key a new text; the old one stays valid for a while. */
export function RotateDialog({ name, onClose, onMade }: Props) {
  const [overlap, setOverlap] = useState(String(24 * HOUR));
  const rotate = useChange<void, MadeKey>({
    act: () => rotateKey(name, new Date(Date.now() + Number(overlap)).toISOString()),
    done: () => `${name} has a new key`,
  });
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Rotate ${name}`}
      description="It gets a new key, with the same rights and limits."
    >
      <div className="grid gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <span>The old one stays valid</span>
          <Select
            label="How long the old key stays valid"
            value={overlap}
            onChange={setOverlap}
            choices={CHOICES}
          />
        </div>
        {rotate.error && (
          <p role="alert" className="text-bad">
            {rotate.error.message}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            changes="the gateway"
            busy={rotate.isPending}
            onClick={() => rotate.mutate(undefined, { onSuccess: onMade })}
          >
            Rotate
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
