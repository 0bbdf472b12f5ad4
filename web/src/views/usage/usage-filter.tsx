import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select.tsx';
import { rangeChoices } from './ranges.ts';

const GROUPS = [
  { value: 'day', label: 'By day' },
  { value: 'month', label: 'By month' },
  { value: 'key', label: 'By key' },
  { value: 'model', label: 'By model' },
  { value: 'owner', label: 'By owner' },
  { value: 'label', label: 'By label' },
  { value: 'provider', label: 'By provider' },
];
/** A caller has one key. */
const OWN = ['day', 'month', 'model', 'provider'];

interface Props {
  readonly range: string;
  readonly by: string;
  readonly only: Readonly<Record<string, string | undefined>>;
  readonly isOwn: boolean;
  readonly change: (change: Readonly<Record<string, string | undefined>>) => void;
}

export function UsageFilter({ range, by, only, isOwn, change }: Props) {
  return (
    <form aria-label="Filter" className="flex flex-wrap gap-2" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="Time"
        value={range}
        onChange={(next) => change({ range: next })}
        choices={rangeChoices}
      />
      <Select
        label="Group"
        value={by}
        onChange={(next) => change({ by: next })}
        choices={GROUPS.filter(({ value }) => !isOwn || OWN.includes(value))}
      />
      {Object.entries(only)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <Button
            key={name}
            aria-label={`Remove the filter ${name}: ${value}`}
            onClick={() => change({ [name]: undefined })}
          >
            {name}: {value}
            <Icon name="close" />
          </Button>
        ))}
    </form>
  );
}
