import { useState } from 'react';
import type { Provider } from '../../../api/types.ts';
import { plural } from '../../../format/numbers.ts';
import { Notes } from '../../../shell/first-install/notes.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { StateBadge } from '../../../ui/signal.tsx';
import { DEEDS, toInstall, type Deed } from './whom.ts';

interface Props {
  readonly deed: Deed;
  readonly providers: readonly Provider[];
  readonly onClose: () => void;
  readonly onConfirm: (chosen: readonly Provider[]) => void;
}

/** Whom it concerns, to choose from; and of those that are not here yet, what they bring with them. */
export function DeedDialog({ deed, providers, onClose, onConfirm }: Props) {
  const fresh = toInstall(deed, providers);
  const [left, setLeft] = useState<ReadonlySet<string>>(
    // What would be fetched is chosen one by one, where that is not what was asked for.
    () => new Set(deed === 'start' ? fresh.map(({ name }) => name) : []),
  );
  const chosen = providers.filter(({ name }) => !left.has(name));
  const { title, verb, consequence } = DEEDS[deed];
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
        <ul className="divide-y rounded-md border">
          {providers.map((provider) => (
            <li key={provider.name} className="grid gap-2 px-3 py-2">
              <label className="flex items-center gap-2.5">
                <input
                  type="checkbox"
                  checked={!left.has(provider.name)}
                  onChange={() => toggle(provider.name)}
                />
                <span className="min-w-0 flex-1 truncate font-medium">{provider.name}</span>
                <StateBadge state={provider.state} />
              </label>
              {fresh.includes(provider) && provider.process && (
                <details open={!left.has(provider.name)}>
                  <summary className="cursor-pointer text-xs text-ink-soft">Licence, files, risks</summary>
                  <div className="pt-2">
                    <Notes program={provider.process} />
                  </div>
                </details>
              )}
            </li>
          ))}
        </ul>
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
