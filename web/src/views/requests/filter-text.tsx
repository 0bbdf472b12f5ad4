import { useEffect, useEffectEvent, useId, useState } from 'react';
import { classes } from '../../ui/classes.ts';
import { INPUT } from '../../ui/field.tsx';

/** ms without a key before the text counts */
const PAUSE = 300;

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly suggestions?: readonly string[];
  readonly isSearch?: boolean;
  readonly className: string;
}

/** A text that filters as it is typed. */
export function FilterText(props: Props) {
  const { label, placeholder, value, onChange, suggestions = [], isSearch = false, className } = props;
  const id = useId();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  // Changed from elsewhere: by "Clear", or by the browser's back button.
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }
  const commit = useEffectEvent((text: string) => {
    if (text !== value) onChange(text);
  });
  useEffect(() => {
    const timer = setTimeout(() => commit(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <>
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        {...(isSearch ? { 'data-search': '' } : {})}
        {...(suggestions.length > 0 ? { list: id } : {})}
        className={classes(INPUT, className)}
      />
      {suggestions.length > 0 && (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </>
  );
}
