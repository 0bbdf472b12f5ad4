import { classes } from '../../ui/classes.ts';
import { INPUT } from '../../ui/field.tsx';
import { FilterForm } from '../../ui/filter-form.tsx';
import { Select } from '../../ui/select.tsx';
import { STANDINGS, type ProviderFilter } from './filter-providers.ts';

interface Props {
  readonly filter: ProviderFilter;
  readonly change: (change: ProviderFilter) => void;
}

export function ProviderFilterBar({ filter, change }: Props) {
  return (
    <FilterForm>
      <input
        type="search"
        aria-label="Search in names and models"
        placeholder="A name or a model …"
        spellCheck={false}
        data-search=""
        value={filter.q ?? ''}
        onChange={(event) => change({ q: event.target.value })}
        className={classes(INPUT, 'w-full sm:w-64')}
      />
      <Select
        label="State"
        value={filter.state ?? ''}
        onChange={(state) => change({ state })}
        choices={STANDINGS}
      />
    </FilterForm>
  );
}
