import type { Provider } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { Empty } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { AllAtOnce } from './all-at-once/all-at-once.tsx';
import { ProviderTable } from './provider-table.tsx';
import { SieveBar } from './sieve-bar.tsx';
import { sift, type Sieve } from './sift.ts';

interface Props {
  readonly providers: readonly Provider[];
  readonly sieve: Sieve;
  readonly change: (change: Sieve) => void;
}

/** The list of all, the inactive ones apart. */
export function Glance({ providers, sieve, change }: Props) {
  const shown = sift(providers, sieve);
  const awake = shown.filter(({ dormant }) => !dormant);
  const asleep = shown.filter(({ dormant }) => dormant);
  return (
    <>
      <ViewHeader title="Providers" actions={<AllAtOnce providers={providers} />} />
      <div className="grid gap-4">
        <SieveBar sieve={sieve} change={change} />
        {awake.length > 0 && <ProviderTable title="Active" providers={awake} />}
        {asleep.length > 0 && (
          <ProviderTable
            title="Inactive"
            aside={
              <span className="text-xs text-ink-soft">
                {plural(asleep.length, 'third-party program')}: nothing is downloaded or started before you
                say so
              </span>
            }
            providers={asleep}
          />
        )}
        {shown.length === 0 && (
          <Empty title="No matching providers.">Clear the search or the state to see all.</Empty>
        )}
      </div>
    </>
  );
}
