import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { callers, type UsageQuery } from '../../api/callers.ts';
import { useAccess } from '../../api/role.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, QueryState } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { AllLimits, OwnLimits } from './limits.tsx';
import { downloadUsage } from './download.ts';
import { sinceOf } from './ranges.ts';
import { UsageByDay } from './by-day/usage-by-day.tsx';
import { UsageFilter } from './usage-filter.tsx';
import { UsageTable } from './usage-table.tsx';
import { UsageTotals } from './usage-totals.tsx';

/** What keys have used, what it cost, and what is left of limits. */
export default function UsageView() {
  const { range = '30d', by = 'day', bars, show, ...only } = useSearch({ from: '/usage' });
  const navigate = useNavigate({ from: '/usage' });
  const role = useAccess()?.role;
  const asked: Partial<UsageQuery> = { by, since: sinceOf(range), ...only };
  const query = useQuery(callers.usage(asked));
  const change = (changed: Readonly<Record<string, string | undefined>>): void =>
    void navigate({ search: (search) => ({ ...search, ...changed }), replace: true });
  return (
    <>
      <ViewHeader
        title="Usage and cost"
        lead={
          role === 'caller'
            ? 'What your key has used.'
            : 'What keys have used. Requests without a key are not counted.'
        }
        actions={
          <Button onClick={() => void downloadUsage(asked)}>
            <Icon name="download" />
            CSV
          </Button>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <UsageFilter range={range} by={by} only={only} isOwn={role === 'caller'} change={change} />
        <QueryState query={query}>
          {({ data, totals, limits }) => (
            <>
              {totals && <UsageTotals totals={totals} />}
              {data.length > 0 && (
                <UsageByDay
                  by={by}
                  asked={asked}
                  groups={data}
                  measure={bars}
                  asTable={show === 'table'}
                  change={change}
                />
              )}
              <Panel title={`By ${by}`} flush>
                {data.length === 0 ? (
                  <Empty title="Nothing was used in this time.">
                    {Object.keys(only).length > 0
                      ? 'Choose a longer time, or remove a filter.'
                      : 'What a key uses is shown here within seconds. Choose a longer time for what was before.'}
                  </Empty>
                ) : (
                  <UsageTable by={by} lines={data} choose={(name, value) => change({ [name]: value })} />
                )}
              </Panel>
              {limits && <OwnLimits standings={limits} />}
            </>
          )}
        </QueryState>
        {role !== undefined && role !== 'caller' && <AllLimits />}
      </div>
    </>
  );
}
