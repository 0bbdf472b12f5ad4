import { Link } from '@tanstack/react-router';
import type { Provider } from '../../api/types.ts';
import { Lamp } from '../../ui/signal.tsx';
import { toneOf } from '../../ui/tone.ts';
import { sift } from './sift.ts';

interface Props {
  readonly providers: readonly Provider[];
  readonly name: string;
}

/** From one provider to the next, on screens that have the room. */
export function Rail({ providers, name }: Props) {
  const sorted = sift(providers, {});
  return (
    <nav aria-label="Providers" className="hidden min-w-0 lg:block">
      <Link to="/providers" className="mb-2 block px-2 text-accent underline">
        All providers
      </Link>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
        {[...sorted.filter(({ dormant }) => !dormant), ...sorted.filter(({ dormant }) => dormant)].map(
          (one) => (
            <li key={one.name}>
              <Link
                to="/providers"
                search={({ tab }: { tab?: string }) => ({
                  name: one.name,
                  ...(tab === undefined ? {} : { tab }),
                })}
                aria-current={one.name === name ? 'page' : undefined}
                className="flex h-7 items-center gap-2 rounded-md px-2 text-ink-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-ink"
              >
                <Lamp tone={toneOf(one.state)} />
                <span className="truncate">{one.name}</span>
                <span className="sr-only">, {one.state}</span>
              </Link>
            </li>
          ),
        )}
      </ul>
    </nav>
  );
}
