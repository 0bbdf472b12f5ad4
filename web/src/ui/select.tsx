import { Select as Radix } from 'radix-ui';
import { getNonce } from 'get-nonce';
import { classes } from './classes.ts';
import { Icon } from './icon.tsx';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface Props {
  /** the purpose of the choice; read out, and shown before the value */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly Choice[];
  readonly disabled?: boolean;
  readonly className?: string;
}

// Radix takes no empty value.
const NONE = ' ';

/** One of a few. An empty value is a choice like any other, for example "all". */
export function Select({ label, value, onChange, choices, disabled = false, className }: Props) {
  return (
    <Radix.Root
      value={value === '' ? NONE : value}
      onValueChange={(next) => onChange(next === NONE ? '' : next)}
      disabled={disabled}
    >
      <Radix.Trigger
        aria-label={label}
        className={classes(
          'inline-flex h-8 max-w-full items-center justify-between gap-1.5 rounded-md border border-line-strong/60 bg-raised px-2.5 hover:bg-hover disabled:opacity-50',
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <Icon name="down" className="text-ink-faint" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-[min(24rem,var(--radix-select-content-available-height))] min-w-(--radix-select-trigger-width) overflow-hidden rounded-lg border bg-raised p-1 shadow-lift"
        >
          <Radix.Viewport {...nonceOf()}>
            {choices.map(({ value: one, label: told }) => (
              <Radix.Item
                key={one}
                value={one === '' ? NONE : one}
                className="flex h-7 cursor-pointer items-center justify-between gap-4 rounded px-2 outline-none data-highlighted:bg-hover data-[state=checked]:font-semibold"
              >
                <Radix.ItemText>{told}</Radix.ItemText>
                <Radix.ItemIndicator>
                  <Icon name="check" className="text-accent" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function nonceOf(): { nonce?: string } {
  const nonce = getNonce();
  return nonce === undefined ? {} : { nonce };
}
