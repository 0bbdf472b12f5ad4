import { useQuery } from '@tanstack/react-query';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { queries } from '../../../api/queries.ts';
import { count } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { INPUT } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Middle } from '../../../ui/middle.tsx';
import { useCombobox } from '../../../ui/use-combobox.ts';
import type { Choice } from '../conversation/conversation.ts';
import { candidates, find } from './targets.ts';

interface Props {
  /** the purpose of the choice */
  readonly label: string;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

/** Chooses a model, of any provider or of one, by typing. */
export function Picker({ label, choice, onChoose }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex h-8 max-w-full min-w-0 items-center gap-1.5 rounded-md border border-line-strong/60 bg-raised px-2.5 hover:bg-hover">
        <span className="sr-only">{label}: </span>
        <Middle text={choice.model} className="shrink-[1]" />
        {choice.provider !== '' && <span className="min-w-12 shrink-[2] truncate">of {choice.provider}</span>}
        <Icon name="down" className="text-ink-faint" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          align="start"
          side="top"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 flex max-h-[min(24rem,var(--radix-popover-content-available-height))] w-[min(24rem,calc(100vw-1rem))] flex-col rounded-lg border bg-raised shadow-lift"
        >
          <Finder
            label={label}
            choice={choice}
            onChoose={(chosen) => {
              setOpen(false);
              onChoose(chosen);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Finder({ label, choice, onChoose }: Props) {
  const [text, setText] = useState('');
  const { data: models = [] } = useQuery(queries.models());
  const { data: providers = [] } = useQuery(queries.providers());
  const { shown: found, hidden } = find(candidates(models, providers), text);
  const { at, input, list, option } = useCombobox({
    text,
    onText: setText,
    options: found,
    onChoose: (candidate) => onChoose(candidate.choice),
  });
  return (
    <>
      <div className="p-1.5">
        <input
          {...input}
          aria-label={label}
          placeholder="A model or a provider …"
          className={classes(INPUT, 'w-full')}
        />
      </div>
      <div {...list} aria-label="Models" className="min-h-0 overflow-y-auto p-1.5 pt-0">
        {found.map(({ choice: one, kind }, place) => (
          <div
            {...option(place)}
            key={`${one.provider}/${one.model}`}
            className={classes(
              'flex h-7 cursor-pointer items-center gap-2 rounded px-2',
              place === at && 'bg-accent-soft',
              one.model === choice.model && one.provider === choice.provider && 'font-semibold',
            )}
          >
            <Middle text={one.model} className="flex-1" />
            <span className="max-w-[45%] shrink-0 truncate text-xs font-normal text-ink-soft">{kind}</span>
          </div>
        ))}
      </div>
      {hidden > 0 && (
        <p role="status" className="border-t px-3.5 py-1.5 text-xs text-ink-soft">
          {count(hidden)} more: type to find them
        </p>
      )}
    </>
  );
}
