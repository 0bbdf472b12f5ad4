import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import type { Statistics } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, QueryState, Skeleton } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { Charts } from './charts.tsx';
import { Errors } from './errors.tsx';
import { Models } from './models.tsx';
import { Providers } from './providers.tsx';
import { StatisticsFilter } from './statistics-filter.tsx';
import { Totals } from './totals.tsx';

/** Statistics, over minutes or weeks. */
export default function StatisticsView() {
  const { range = '1h', provider, model, show } = useSearch({ from: '/statistics' });
  const navigate = useNavigate({ from: '/statistics' });
  const query = useQuery(queries.statistics(range, { provider, model }));
  const asTables = show === 'table';
  const change = (changed: Readonly<Record<string, string | undefined>>): void =>
    void navigate({ search: (search) => ({ ...search, ...changed }), replace: true });
  return (
    <>
      <ViewHeader
        title="Statistics"
        actions={
          <Button aria-pressed={asTables} onClick={() => change({ show: asTables ? undefined : 'table' })}>
            <Icon name={asTables ? 'statistics' : 'table'} />
            {asTables ? 'Show charts' : 'Show tables'}
          </Button>
        }
      />
      <div className="grid gap-4">
        <StatisticsFilter range={range} provider={provider} model={model} change={change} />
        <QueryState query={query} skeleton={<Waiting />}>
          {(statistics) => <Whole statistics={statistics} asTables={asTables} />}
        </QueryState>
      </div>
    </>
  );
}

interface WholeProps {
  readonly statistics: Statistics;
  readonly asTables: boolean;
}

function Whole({ statistics, asTables }: WholeProps) {
  const { totals, providers, models, errors, history } = statistics;
  return (
    <>
      {history?.ok === false && (
        <p role="status" className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
          Nothing is stored on disk now{history.reason ? `: ${history.reason}` : ''}. The numbers are from
          memory.
        </p>
      )}
      <Totals totals={totals} />
      {totals.requests === 0 && providers.length === 0 ? (
        <div className="rounded-lg border bg-raised">
          <Empty title="No requests in this time.">Choose a longer time, or remove a filter.</Empty>
        </div>
      ) : (
        <>
          <Charts statistics={statistics} asTables={asTables} />
          <Providers providers={providers} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <Models models={models} />
            <Errors errors={errors} />
          </div>
        </>
      )}
    </>
  );
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-4">
      <Skeleton className="h-16 rounded-lg" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-60 rounded-lg" />
        <Skeleton className="h-60 rounded-lg" />
      </div>
    </div>
  );
}
