import { useQuery } from '@tanstack/react-query';
import { callers } from '../../api/callers.ts';
import type { LimitStanding } from '../../api/types.ts';
import { dollars } from '../../format/money.ts';
import { count, percent } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { Columns, type Column } from '../../ui/columns.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, QueryState } from '../../ui/states.tsx';

/** What is left for the key that was entered. */
export function OwnLimits({ standings }: { readonly standings: readonly LimitStanding[] }) {
  return (
    <Panel title="Your limits" flush>
      <Standings label="Your limits" standings={standings} none="Your key has no limits." />
    </Panel>
  );
}

/** What is left of the limits of the config, and of those that were made here. */
export function AllLimits() {
  const query = useQuery(callers.limits());
  return (
    <Panel title="Limits" flush>
      <QueryState query={query}>
        {(limits) => (
          <Standings
            label="All limits"
            standings={limits.flatMap(({ used }) => used)}
            none={
              limits.length === 0
                ? 'There are no limits beside those of single keys.'
                : 'Nothing of the limits is used yet.'
            }
          />
        )}
      </QueryState>
    </Panel>
  );
}

interface Props {
  readonly label: string;
  readonly standings: readonly LimitStanding[];
  readonly none: string;
}

const COLUMNS: readonly Column<LimitStanding>[] = [
  { head: 'Limit', cell: (one) => `${one.name ?? 'own'}${placeOf(one)}` },
  { head: 'Of', cell: ({ limit, per }) => `${limit} ${perWords(per)}` },
  { head: 'Used', isNumber: true, cell: (one) => `${amount(one, one.used)} of ${amount(one, one.most)}` },
  { head: 'Left', isNumber: true, cell: (one) => <Left standing={one} /> },
  {
    head: 'Begins again',
    isNumber: true,
    isExtra: true,
    cell: ({ ends }) => (ends === null ? 'never' : dateTime(ends)),
  },
];

function Standings({ label, standings, none }: Props) {
  if (standings.length === 0) return <Empty title={none} />;
  return (
    <Columns
      label={label}
      columns={COLUMNS}
      rows={standings}
      keyOf={({ name, limit, per, of }) => JSON.stringify([name, limit, per, of])}
    />
  );
}

function Left({ standing }: { readonly standing: LimitStanding }) {
  const { left, most } = standing;
  const share = most === 0 ? 0 : left / most;
  return (
    <span className={share === 0 ? 'font-semibold text-bad' : share < 0.2 ? 'font-semibold text-warn' : ''}>
      {amount(standing, left)} ({percent(share)})
    </span>
  );
}

const amount = ({ limit }: LimitStanding, value: number): string =>
  limit === 'dollars' ? dollars(value) : count(value);

const perWords = (per: LimitStanding['per']): string =>
  per === null ? 'at once' : per === 'total' ? 'in total' : `a ${per}`;

function placeOf({ of }: LimitStanding): string {
  const all = Object.entries(of).map(([name, value]) => (value === '' ? `no ${name}` : `${name} ${value}`));
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}
