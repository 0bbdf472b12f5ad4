import { useState } from 'react';
import { rotateKey } from '../../api/callers.ts';
import type { MadeKey } from '../../api/types.ts';
import { useChange } from '../../api/use-change.ts';
import { Select } from '../../ui/select.tsx';
import { ChangeDialog } from './change-dialog.tsx';

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
    <ChangeDialog
      title={`Rotate ${name}`}
      description="It gets a new key, with the same rights and limits."
      word="Rotate"
      look="primary"
      change={rotate}
      onDone={onMade}
      onClose={onClose}
    >
      <div className="flex flex-wrap items-center gap-2">
        <span>The old one stays valid</span>
        <Select
          label="How long the old key stays valid"
          value={overlap}
          onChange={setOverlap}
          choices={CHOICES}
        />
      </div>
    </ChangeDialog>
  );
}
