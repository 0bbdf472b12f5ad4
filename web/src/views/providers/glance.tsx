import { useState } from 'react';
import type { Provider } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { UnsavedChanges } from '../../shell/unsaved-changes.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { BulkActions } from './bulk-actions/bulk-actions.tsx';
import { ProviderDialog } from './entry/provider-dialog.tsx';
import { ProviderTable } from './provider-table.tsx';
import { ProviderFilterBar } from './provider-filter-bar.tsx';
import { filterProviders, type ProviderFilter } from './filter-providers.ts';

interface Props {
  readonly providers: readonly Provider[];
  readonly filter: ProviderFilter;
  readonly change: (change: ProviderFilter) => void;
}

/** The list of all providers, the inactive ones apart. */
export function Glance({ providers, filter, change }: Props) {
  const [adds, setAdds] = useState(false);
  const shown = filterProviders(providers, filter);
  const awake = shown.filter(({ dormant }) => !dormant);
  const asleep = shown.filter(({ dormant }) => dormant);
  return (
    <>
      <ViewHeader
        title="Providers"
        actions={
          <>
            <Button look="primary" changes="the gateway" onClick={() => setAdds(true)}>
              Add provider
            </Button>
            <BulkActions providers={providers} />
          </>
        }
      />
      <ProviderDialog name={undefined} open={adds} onClose={() => setAdds(false)} />
      <div className="grid gap-4">
        <UnsavedChanges />
        <ProviderFilterBar filter={filter} change={change} />
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
