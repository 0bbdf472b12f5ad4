import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props {
  readonly tip: ReactNode;
  /** one thing that can have the focus */
  readonly children: ReactNode;
}

/** More about something, on hover or focus. It must not hold information that is nowhere else. */
export function Tooltip({ tip, children }: Props) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-72 rounded-md border bg-raised px-2 py-1 text-xs shadow-lift"
        >
          {tip}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
