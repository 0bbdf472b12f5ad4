import { useQuery } from '@tanstack/react-query';
import { Popover } from 'radix-ui';
import { useId, useState, type KeyboardEvent } from 'react';
import { queries } from '../../../api/queries.ts';
import { count } from '../../../format/numbers.ts';
import { classes } from '../../../ui/classes.ts';
import { INPUT } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Middle } from '../../../ui/middle.tsx';
import type { Choice } from '../conversation/conversation.ts';
import { candidates, find, type Candidate } from './targets.ts';

interface Props {
  /** what is chosen here */
  readonly label: string;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

/** The model to ask, of any provider or of one, found by a few letters. */
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
  const id = useId();
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const { data: models = [] } = useQuery(queries.models());
  const { data: providers = [] } = useQuery(queries.providers());
  const { shown: found, hidden } = find(candidates(models, providers), text);
  const at = Math.min(index, Math.max(0, found.length - 1));
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((at + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (found[at]) onChoose(found[at].choice);
    }
  };
  return (
    <>
      <div className="p-1.5">
        <input
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          placeholder="A model or a provider …"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setIndex(0);
          }}
          onKeyDown={press}
          className={classes(INPUT, 'w-full')}
        />
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Models"
        tabIndex={-1}
        className="min-h-0 overflow-y-auto p-1.5 pt-0"
      >
        {found.map((candidate, place) => (
          <Option
            key={`${candidate.choice.provider}/${candidate.choice.model}`}
            id={`${id}-${place}`}
            candidate={candidate}
            isAt={place === at}
            isChosen={
              candidate.choice.model === choice.model && candidate.choice.provider === choice.provider
            }
            onPoint={() => setIndex(place)}
            onChoose={() => onChoose(candidate.choice)}
          />
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

interface OptionProps {
  readonly id: string;
  readonly candidate: Candidate;
  readonly isAt: boolean;
  readonly isChosen: boolean;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
}

function Option({ id, candidate, isAt, isChosen, onPoint, onChoose }: OptionProps) {
  return (
    <div
      id={id}
      ref={isAt ? bringIntoView : null}
      role="option"
      tabIndex={-1}
      aria-selected={isAt}
      onClick={onChoose}
      onPointerMove={() => isAt || onPoint()}
      className={classes(
        'flex h-7 cursor-pointer items-center gap-2 rounded px-2',
        isAt && 'bg-accent-soft',
        isChosen && 'font-semibold',
      )}
    >
      <Middle text={candidate.choice.model} className="flex-1" />
      <span className="max-w-[45%] shrink-0 truncate text-xs font-normal text-ink-soft">
        {candidate.kind}
      </span>
    </div>
  );
}

function bringIntoView(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' });
}
