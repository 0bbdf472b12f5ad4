import { useState } from 'react';
import type { Provider } from '../../../api/types.ts';
import { plural } from '../../../format/numbers.ts';
import { Notes } from '../../../shell/first-install/notes.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { LongList } from '../../../ui/long.tsx';
import { Middle } from '../../../ui/middle.tsx';
import { StateBadge } from '../../../ui/signal.tsx';
import { BULK_ACTIONS, toInstall, type BulkAction } from './bulk-action.ts';

interface Props {
  readonly action: BulkAction;
  readonly providers: readonly Provider[];
  readonly onClose: () => void;
  readonly onConfirm: (chosen: readonly Provider[]) => void;
}

/** px of a row that has nothing to unfold */
const HEIGHT = 37;

/** The affected programs, to choose from; for those not installed yet, their notes. */
export function BulkActionDialog({ action, providers, onClose, onConfirm }: Props) {
  const fresh = toInstall(action, providers);
  const [left, setLeft] = useState<ReadonlySet<string>>(
    // Programs that would also be fetched are chosen one by one, where the action is no installation.
    () => new Set(action === 'start' ? fresh.map(({ name }) => name) : []),
  );
  const chosen = providers.filter(({ name }) => !left.has(name));
  const { title, verb, consequence } = BULK_ACTIONS[action];
  const toggle = (name: string): void =>
    setLeft((before) =>
      before.has(name) ? new Set([...before].filter((one) => one !== name)) : new Set([...before, name]),
    );
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={title}
      description={`The selected ones are ${consequence}.`}
    >
      <div className="grid gap-4">
        <LongList count={providers.length} height={HEIGHT} className="divide-y rounded-md border">
          {(index, row) => {
            const provider = providers[index] as Provider;
            const { name, state, process } = provider;
            return (
              <li key={name} {...row} className="grid gap-2 px-3 py-2">
                <label className="flex items-center gap-2.5">
                  <input
                    type="checkbox"
                    checked={!left.has(name)}
                    onChange={() => toggle(name)}
                    className="scroll-mb-20"
                  />
                  <Middle text={name} className="flex-1 font-medium" />
                  <StateBadge state={state} />
                </label>
                {fresh.includes(provider) && process && (
                  <details open={!left.has(name)}>
                    <summary className="cursor-pointer scroll-mb-20 text-xs text-ink-soft">
                      Licence, files, risks
                    </summary>
                    <div className="pt-2">
                      <Notes program={process} />
                    </div>
                  </details>
                )}
              </li>
            );
          }}
        </LongList>
        <div className="sticky -bottom-4 -mx-4 -mb-4 flex justify-end gap-2 rounded-b-xl border-t bg-raised px-4 py-3">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={chosen.length === 0} onClick={() => onConfirm(chosen)}>
            {verb} {plural(chosen.length, 'program')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
