import { Link } from '@tanstack/react-router';
import type { Provider } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { classes } from '../../ui/classes.ts';
import { Panel } from '../../ui/panel.tsx';
import { toneOf } from '../../ui/tone.ts';
import { LongList } from '../../ui/long.tsx';
import { COLUMNS, FACTS, Strip } from './strip.tsx';

/** px of a strip on a wide screen */
const HEIGHT = 53;

/** A strip for each provider in service, those with problems first. */
export function Strips({ providers }: { readonly providers: readonly Provider[] }) {
  const awake = providers
    .filter(({ dormant }) => !dormant)
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const asleep = providers.length - awake.length;
  return (
    <Panel title="Providers" flush>
      <div aria-hidden="true" className={classes(COLUMNS, 'eyebrow hidden px-3 pb-1.5 lg:grid')}>
        <span>Provider</span>
        <span className="flex justify-between">
          <span>An hour ago</span>
          <span>Now</span>
        </span>
        <span className={FACTS}>
          <span>In flight</span>
          <span>First token</span>
          <span>Errors</span>
          <span>Memory</span>
        </span>
      </div>
      <LongList count={awake.length} height={HEIGHT} className="divide-y border-t">
        {(index, row) => {
          const provider = awake[index] as Provider;
          return <Strip key={provider.name} provider={provider} row={row} />;
        }}
      </LongList>
      {asleep > 0 && (
        <p className="border-t px-3 py-2 text-ink-soft">
          {plural(asleep, 'provider')} {asleep === 1 ? 'is' : 'are'} inactive until started or named in the
          config.{' '}
          <Link to="/providers" className="text-accent underline">
            See them all
          </Link>
        </p>
      )}
    </Panel>
  );
}

const RANK = { bad: 0, warn: 1, busy: 2, well: 3, off: 4 } as const;

const rank = (provider: Provider): number => RANK[toneOf(provider.state)];
