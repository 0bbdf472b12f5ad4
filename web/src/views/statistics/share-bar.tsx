import { percent } from '../../format/numbers.ts';

interface Props {
  /** 0 to 1 */
  readonly share: number;
  readonly colour?: string;
}

/** A share as a number, and as a bar for the eye. */
export function ShareBar({ share, colour = 'var(--accent)' }: Props) {
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden="true" className="h-1.5 min-w-12 flex-1 overflow-hidden rounded-full bg-sunken">
        <span
          className="block h-full rounded-full"
          style={{ width: `${share * 100}%`, background: colour }}
        />
      </span>
      <span className="w-12 text-right">{percent(share)}</span>
    </span>
  );
}
