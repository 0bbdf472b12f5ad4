import { Link } from '@tanstack/react-router';
import type { Provider } from '../../api/types.ts';
import { stateWords } from '../../format/words.ts';
import { LongList } from '../../ui/long.tsx';
import { Lamp } from '../../ui/signal.tsx';
import { toneOf } from '../../ui/tone.ts';
import { filterProviders } from './filter-providers.ts';

interface Props {
  readonly providers: readonly Provider[];
  readonly name: string;
}

/** px of a row */
const HEIGHT = 30;

/** Navigation between providers, on wide screens. */
export function Rail({ providers, name }: Props) {
  const sorted = filterProviders(providers, {}).toSorted((a, b) => Number(a.dormant) - Number(b.dormant));
  return (
    <nav aria-label="Providers" className="hidden min-w-0 lg:block">
      <Link to="/providers" className="mb-2 block px-2 text-accent underline">
        All providers
      </Link>
      <LongList count={sorted.length} height={HEIGHT} className="grid grid-cols-[minmax(0,1fr)]">
        {(index, row) => {
          const one = sorted[index] as Provider;
          return (
            <li key={one.name} {...row} className="pb-0.5">
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
                <span className="sr-only">, {stateWords(one.state)}</span>
              </Link>
            </li>
          );
        }}
      </LongList>
    </nav>
  );
}
