import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Ending } from '../../api/types.ts';
import { endingWords } from '../../format/words.ts';
import { Button } from '../../ui/button.tsx';
import { FilterForm } from '../../ui/filter-form.tsx';
import { Select, type Choice } from '../../ui/select.tsx';
import { NAMES, type Filter } from './filter.ts';
import { FilterText } from './filter-text.tsx';
import { TimeRange } from './time-range.tsx';

const STATUSES: readonly Choice[] = [
  { value: '', label: 'Any status' },
  { value: '2xx', label: '2xx' },
  { value: '4xx', label: '4xx' },
  { value: '429', label: '429' },
  { value: '5xx', label: '5xx' },
];

const ENDINGS: readonly Choice[] = [
  { value: '', label: 'Any result' },
  ...['complete', 'error', 'cut', 'stalled', 'refused', 'left'].map((value) => ({
    value,
    label: endingWords(value as Ending),
  })),
];

interface Props {
  readonly filter: Filter;
  readonly change: (change: { readonly [Name in keyof Filter]?: string | undefined }) => void;
  /** the keys seen so far */
  readonly keys: readonly string[];
}

/** The filter; it is in the URL, so it can be shared. */
export function FilterBar({ filter, change, keys }: Props) {
  const { data: providers = [] } = useQuery(queries.providers());
  const { data: models = [] } = useQuery(queries.models());
  const isFiltered = NAMES.some((name) => filter[name] !== undefined);
  return (
    <FilterForm>
      <FilterText
        label="Search in ids, models, targets and errors"
        placeholder="Search …"
        value={filter.q ?? ''}
        onChange={(q) => change({ q })}
        isSearch
        className="w-full sm:w-56"
      />
      <FilterText
        label="Model"
        placeholder="Any model"
        value={filter.model ?? ''}
        onChange={(model) => change({ model })}
        suggestions={models.map(({ id }) => id)}
        className="w-44"
      />
      <Select
        label="Provider"
        value={filter.provider ?? ''}
        onChange={(provider) => change({ provider })}
        choices={withValue(filter.provider, [
          { value: '', label: 'Any provider' },
          ...providers.map(({ name }) => ({ value: name, label: name })),
        ])}
      />
      <Select
        label="Status"
        value={filter.status ?? ''}
        onChange={(status) => change({ status })}
        choices={withValue(filter.status, STATUSES)}
      />
      <Select
        label="Result"
        value={filter.ending ?? ''}
        onChange={(ending) => change({ ending })}
        choices={ENDINGS}
      />
      {(keys.length > 0 || filter.key !== undefined) && (
        <Select
          label="Key"
          value={filter.key ?? ''}
          onChange={(key) => change({ key })}
          choices={withValue(filter.key, [
            { value: '', label: 'Any key' },
            ...keys.map((key) => ({ value: key, label: key })),
          ])}
        />
      )}
      <TimeRange filter={filter} change={change} />
      {isFiltered && (
        <Button
          look="quiet"
          onClick={() => change(Object.fromEntries(NAMES.map((name) => [name, undefined])))}
        >
          Clear
        </Button>
      )}
    </FilterForm>
  );
}

/** A value in the URL is a choice, whether it is known or not. */
function withValue(value: string | undefined, choices: readonly Choice[]): readonly Choice[] {
  if (value === undefined || choices.some((choice) => choice.value === value)) return choices;
  return [...choices, { value, label: value }];
}
