import { useId, useState, type ChangeEvent, type KeyboardEvent } from 'react';

interface Options<Option> {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** the options that match the text */
  readonly options: readonly Option[];
  readonly onChoose: (option: Option) => void;
}

/** A field that finds options by typing, with arrows and Enter (ARIA's combobox): props of its input, list and options. */
export function useCombobox<Option>({ text, onText, options, onChoose }: Options<Option>) {
  const id = useId();
  const [index, setIndex] = useState(0);
  const at = Math.min(index, Math.max(0, options.length - 1));
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setIndex((at + step + options.length) % Math.max(1, options.length));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (options[at] !== undefined) onChoose(options[at]);
    }
  };
  return {
    at,
    input: {
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-controls': `${id}-list`,
      'aria-activedescendant': options.length > 0 ? `${id}-${at}` : undefined,
      'aria-autocomplete': 'list',
      spellCheck: false,
      value: text,
      onChange: ({ target }: ChangeEvent<HTMLInputElement>): void => {
        onText(target.value);
        setIndex(0);
      },
      onKeyDown: press,
    },
    list: { id: `${id}-list`, role: 'listbox', tabIndex: -1 },
    option: (place: number) => ({
      id: `${id}-${place}`,
      ref: place === at ? bringIntoView : null,
      role: 'option',
      tabIndex: -1,
      'aria-selected': place === at,
      onClick: () => onChoose(options[place] as Option),
      onPointerMove: () => place === at || setIndex(place),
    }),
  } as const;
}

function bringIntoView(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' });
}
