import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** one sentence, read out with the title */
  readonly description?: ReactNode;
  /** `sheet` comes from the side and takes the whole height: for long content */
  readonly kind?: 'dialog' | 'sheet';
  readonly className?: string;
  readonly children: ReactNode;
}

/** A dialog: it holds the focus, closes by Escape, and gives the focus back. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  kind = 'dialog',
  className,
  children,
}: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={classes(
            'fixed z-50 flex flex-col border bg-raised shadow-lift focus:outline-none',
            PLACES[kind],
            className,
          )}
        >
          <header className="flex items-start justify-between gap-3 border-b px-4 py-3">
            <div className="min-w-0">
              <Radix.Title className="truncate text-base font-semibold">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="text-ink-soft">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close">
                <Icon name="close" />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto p-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const PLACES = {
  dialog: 'top-[12dvh] left-1/2 max-h-[80dvh] w-[min(32rem,calc(100vw-1.5rem))] -translate-x-1/2 rounded-xl',
  sheet: 'inset-y-0 right-0 w-[min(46rem,100vw)] rounded-l-xl border-y-0 border-r-0',
} as const;
