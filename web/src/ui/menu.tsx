import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
  readonly disabled?: boolean;
}

interface Props {
  /** one button */
  readonly trigger: ReactNode;
  readonly items: readonly (MenuItem | 'line')[];
}

export function Menu({ trigger, items }: Props) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-40 rounded-lg border bg-raised p-1 shadow-lift"
        >
          {items.map((item, index) =>
            item === 'line' ? (
              <DropdownMenu.Separator key={index} className="my-1 h-px bg-line" />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
                className={classes(
                  'flex h-7 cursor-pointer items-center gap-2 rounded px-2 outline-none data-disabled:pointer-events-none data-disabled:opacity-50 data-highlighted:bg-hover',
                  item.danger === true && 'text-bad',
                )}
              >
                {item.icon}
                {item.label}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
