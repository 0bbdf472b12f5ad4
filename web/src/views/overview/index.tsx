import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { QueryState, Skeleton, SkeletonRows } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { Headline } from './headline.tsx';
import { Rates } from './rates.tsx';
import { Strips } from './strips.tsx';
import { Tail } from './tail.tsx';
import { Traffic } from './traffic.tsx';

/** One glance: is all well, and if not, what is wrong. */
export default function OverviewView() {
  const providers = useQuery(queries.providers());
  return (
    <>
      <ViewHeader title="Overview" />
      <div className="grid gap-4">
        <QueryState query={providers} skeleton={<Skeleton className="h-11 w-full rounded-lg" />}>
          {(all) => <Headline providers={all} />}
        </QueryState>
        <Rates />
        <QueryState query={providers} skeleton={<SkeletonRows className="h-12" />}>
          {(all) => <Strips providers={all} />}
        </QueryState>
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <Traffic providers={providers.data ?? []} />
          <Tail />
        </div>
      </div>
    </>
  );
}
