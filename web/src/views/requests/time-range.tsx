import { INPUT } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { lengthOf, type Filter } from './filter.ts';

const BETWEEN = 'between';

const RANGES = [
  { value: '', label: 'Any time' },
  { value: '15m', label: 'Last 15 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
  { value: BETWEEN, label: 'Between …' },
];

interface Props {
  readonly filter: Filter;
  readonly change: (change: {
    readonly since?: string | undefined;
    readonly until?: string | undefined;
  }) => void;
}

/** The last minutes, hours or days, or a range between two times. */
export function TimeRange({ filter: { since, until }, change }: Props) {
  const isBetween = until !== undefined || (since !== undefined && lengthOf(since) === undefined);
  const choose = (value: string): void => {
    if (value !== BETWEEN) return change({ since: value, until: undefined });
    const now = Date.now();
    change({ since: iso(now - (lengthOf(since ?? '1h') ?? 3_600_000)), until: iso(now) });
  };
  return (
    <>
      <Select label="Time" value={isBetween ? BETWEEN : (since ?? '')} onChange={choose} choices={RANGES} />
      {isBetween && (
        <>
          <Moment label="From" value={since} onChange={(next) => change({ since: next })} />
          <Moment label="Until" value={until} onChange={(next) => change({ until: next })} />
        </>
      )}
    </>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A local time, stored as UTC. */
function Moment({ label, value, onChange }: MomentProps) {
  return (
    <input
      type="datetime-local"
      aria-label={label}
      value={value === undefined || Number.isNaN(Date.parse(value)) ? '' : local(Date.parse(value))}
      onChange={({ target }) => onChange(target.value === '' ? undefined : iso(Date.parse(target.value)))}
      className={INPUT}
    />
  );
}

const iso = (at: number): string => new Date(at).toISOString();

/** As the input wants it: local time, to the minute, without a zone. */
const local = (at: number): string => iso(at - new Date(at).getTimezoneOffset() * 60_000).slice(0, 16);
