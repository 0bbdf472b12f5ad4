import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icon.tsx';
import { useCombobox } from '../../ui/use-combobox.ts';
import { useCommands, type Command } from './commands.ts';
import { match } from './match.ts';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Ctrl K: every view, every provider's actions, every model and strategy, by a few letters. */
export function Palette({ open, onClose }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-shade" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[10dvh] left-1/2 z-50 flex max-h-[70dvh] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border bg-raised shadow-lift"
        >
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <Finder onClose={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const found = match(useCommands(), text);
  const run = (command: Command): void => {
    onClose();
    command.run();
  };
  const { at, input, list, option } = useCombobox({ text, onText: setText, options: found, onChoose: run });
  return (
    <>
      <div className="flex items-center gap-2.5 border-b px-4">
        <Icon name="search" className="text-ink-faint" />
        <input
          {...input}
          aria-label="Command"
          placeholder="A view, a provider, a model, a strategy …"
          className="h-12 flex-1 bg-transparent text-base outline-none placeholder:text-ink-faint"
        />
      </div>
      <div {...list} aria-label="Commands" className="min-h-0 overflow-y-auto p-1.5">
        {found.map((command, place) => (
          <div
            {...option(place)}
            key={command.id}
            className={classes(
              'flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5',
              place === at && 'bg-accent-soft',
            )}
          >
            <Icon name={command.icon} className="text-ink-faint" />
            <span className="min-w-0 flex-1 truncate">{command.title}</span>
            <span className="text-xs text-ink-faint">{command.group}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p role="status" className="px-4 pb-4 text-ink-soft">
          Nothing matches “{text}”.
        </p>
      )}
    </>
  );
}
