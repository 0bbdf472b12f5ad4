import { useState } from 'react';
import { removeKey, revokeKey } from '../../api/callers.ts';
import type { CallerKey } from '../../api/types.ts';
import { useChange } from '../../api/use-change.ts';
import { plural } from '../../format/numbers.ts';
import { ChangeDialog } from './change-dialog.tsx';

interface Props {
  readonly apiKey: CallerKey;
  readonly action: 'revoke' | 'remove';
  readonly onClose: () => void;
}

/** Revokes a key, or removes it. */
export function RevokeDialog({ apiKey: { name, running }, action, onClose }: Props) {
  const [now, setNow] = useState(false);
  const revoke = useChange<void, number>({
    act: async () => {
      if (action === 'revoke') return (await revokeKey(name, now)).ended;
      await removeKey(name);
      return 0;
    },
    done: (ended) =>
      `${name} is ${action === 'revoke' ? 'revoked' : 'removed'}${ended > 0 ? `; ${plural(ended, 'running request')} ended` : ''}`,
  });
  const word = action === 'revoke' ? 'Revoke' : 'Remove';
  return (
    <ChangeDialog
      title={`${word} ${name}`}
      description={
        action === 'revoke'
          ? 'The next request with it is refused. This cannot be undone.'
          : 'It is refused from now on, and no longer listed. Its usage stays.'
      }
      word={word}
      look="danger"
      change={revoke}
      onDone={onClose}
      onClose={onClose}
    >
      {action === 'revoke' && (
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={now} onChange={(event) => setNow(event.target.checked)} />
          End its running requests now{running > 0 ? ` (${running})` : ''}
        </label>
      )}
    </ChangeDialog>
  );
}
