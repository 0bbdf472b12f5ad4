import type { ComponentProps, ReactNode } from 'react';
import { useWhyNot } from '../api/role.ts';
import { classes } from './classes.ts';

type Look = 'plain' | 'primary' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  plain: 'border-line-strong/60 bg-raised text-ink hover:bg-hover',
  primary: 'border-accent bg-accent text-on-accent hover:brightness-110',
  quiet: 'border-transparent text-ink-soft hover:bg-hover hover:text-ink',
  danger: 'border-bad/60 bg-raised text-bad hover:bg-bad-soft',
};

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50';

interface Props extends ComponentProps<'button'> {
  readonly look?: Look;
  readonly small?: boolean;
  /** its action is running: it is disabled meanwhile, and says so */
  readonly busy?: boolean;
  /** its action changes the gateway or calls a model: with a key that may not, it is disabled and shows why */
  readonly changes?: 'the gateway' | 'a model';
}

export function Button({
  look = 'plain',
  small = false,
  busy = false,
  changes,
  className,
  children,
  ...rest
}: Props) {
  return (
    <button
      type="button"
      {...rest}
      {...useRefusal(changes)}
      aria-busy={busy || undefined}
      disabled={rest.disabled === true || busy}
      className={classes(
        SHAPE,
        LOOKS[look],
        small ? 'h-6 px-2 text-xs' : 'h-8 px-3 text-sm',
        busy && 'skeleton',
        className,
      )}
    >
      {children}
    </button>
  );
}

interface IconProps extends Omit<Props, 'children'> {
  /** its accessible name, and its tooltip */
  readonly label: string;
  readonly children: ReactNode;
}

export function IconButton({
  label,
  look = 'quiet',
  small = false,
  changes,
  className,
  children,
  ...rest
}: IconProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      {...useRefusal(changes)}
      className={classes(SHAPE, LOOKS[look], small ? 'size-6' : 'size-8', className)}
    >
      {children}
    </button>
  );
}

/** It keeps the focus, so that the reason can be read, and does nothing. */
function useRefusal(changes: Props['changes']): ComponentProps<'button'> {
  const why = useWhyNot(changes);
  if (why === undefined) return {};
  const refuse = (event: React.SyntheticEvent): void => event.preventDefault();
  return { 'aria-disabled': true, title: why, onClick: refuse, onPointerDown: refuse, onKeyDown: undefined };
}
