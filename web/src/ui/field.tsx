import { useId, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes.ts';

export const INPUT =
  'h-8 min-w-0 rounded-md border border-line-strong/60 bg-raised px-2.5 text-ink placeholder:text-ink-faint disabled:opacity-50';

interface Props extends ComponentProps<'input'> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

/** A text field with its label, a hint, and its error. */
export function Field({ label, hint, error, className, ...rest }: Props) {
  const id = useId();
  const told = error ?? hint;
  return (
    <div className={classes('grid content-start gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        id={id}
        {...rest}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={told === undefined ? undefined : `${id}-told`}
        className={classes(INPUT, 'w-full')}
      />
      {told !== undefined && (
        <p
          id={`${id}-told`}
          className={classes('text-xs', error === undefined ? 'text-ink-soft' : 'text-bad')}
        >
          {told}
        </p>
      )}
    </div>
  );
}
