import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Select, type Choice } from '../../ui/select.tsx';

const RANGES: readonly Choice[] = [
  { value: '15m', label: '15 minutes' },
  { value: '1h', label: '1 hour' },
  { value: '6h', label: '6 hours' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
];

interface Props {
  readonly range: string;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly change: (change: Readonly<Record<string, string | undefined>>) => void;
}

export function StatisticsFilter({ range, provider = '', model = '', change }: Props) {
  const { data: providers = [] } = useQuery(queries.providers());
  // All models that were requested in this time, whatever is selected here.
  const { data: whole } = useQuery(queries.statistics(range));
  const models = [...new Set([...(whole?.models.map((one) => one.model) ?? []), model])].filter(Boolean);
  return (
    <form aria-label="Filter" className="flex flex-wrap gap-2" onSubmit={(event) => event.preventDefault()}>
      <Select label="Time" value={range} onChange={(next) => change({ range: next })} choices={RANGES} />
      <Select
        label="Provider"
        value={provider}
        onChange={(next) => change({ provider: next })}
        choices={[
          { value: '', label: 'All providers' },
          ...providers.map(({ name }) => ({ value: name, label: name })),
        ]}
      />
      <Select
        label="Model"
        value={model}
        onChange={(next) => change({ model: next })}
        choices={[
          { value: '', label: 'All models' },
          ...models.map((name) => ({ value: name, label: name })),
        ]}
      />
    </form>
  );
}
