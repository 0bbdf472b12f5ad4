import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { plural } from '../../format/numbers.ts';
import { useLive } from '../../live/store.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { FilterBar } from './filter-bar.tsx';
import { MoreOnSight } from './more-on-sight.tsx';
import { RequestSheet } from './request-sheet.tsx';
import { RequestTable } from './request-table.tsx';
import { useRequests } from './use-requests.ts';

/** Every request, running ones too, and why each went where it went. */
export default function RequestsView() {
  const { id, ...filter } = useSearch({ from: '/requests' });
  const navigate = useNavigate({ from: '/requests' });
  const [isLive, setLive] = useState(true);
  const { query, requests } = useRequests(filter, isLive);
  const skipped = useLive((live) => live.skipped);
  const problem = query.data?.pages.find((page) => page.problem !== null)?.problem ?? undefined;
  const keys = [...new Set(requests.flatMap(({ key }) => key ?? []))].sort();
  const open = (next: string | undefined): void =>
    void navigate({
      search: ({ id: _, ...search }) => (next === undefined ? search : { ...search, id: next }),
    });
  return (
    <>
      <ViewHeader
        title="Requests"
        actions={
          <Button aria-pressed={isLive} onClick={() => setLive(!isLive)}>
            <Icon name={isLive ? 'pause' : 'start'} />
            {isLive ? 'Pause' : 'Resume'}
          </Button>
        }
      />
      <div className="grid gap-3">
        <FilterBar
          filter={filter}
          keys={keys}
          change={(change) =>
            void navigate({ search: (search) => ({ ...search, ...present(change) }), replace: true })
          }
        />
        {problem !== undefined && (
          <p className="text-xs text-warn">
            Only requests of this gateway are listed, for PostgreSQL cannot be asked: {problem}
          </p>
        )}
        {isLive && skipped > 0 && (
          <p className="text-xs text-ink-soft">
            {plural(skipped, 'request')} came too fast to be listed live.{' '}
            <button type="button" className="text-accent underline" onClick={() => void query.refetch()}>
              Show them
            </button>
          </p>
        )}
        <div role="region" aria-label="Requests" className="overflow-x-auto rounded-lg border bg-raised">
          {requests.length > 0 && <RequestTable requests={requests} open={open} opened={id} />}
          {requests.length === 0 && query.isPending && <SkeletonRows rows={10} />}
          {query.isError && <Failure error={query.error} again={() => void query.refetch()} />}
          {requests.length === 0 && query.isSuccess && (
            <Nothing isFiltered={Object.keys(filter).length > 0} />
          )}
          {query.hasNextPage && (
            <MoreOnSight isBusy={query.isFetchingNextPage} more={() => void query.fetchNextPage()} />
          )}
        </div>
      </div>
      <RequestSheet id={id} onClose={() => open(undefined)} />
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return <Empty title="No matching requests.">Remove a filter, or choose a longer time.</Empty>;
  return (
    <Empty title="No requests yet.">
      Point any OpenAI client at <code className="font-mono">{new URL('v1', document.baseURI).href}</code>, or
      use the chat.
    </Empty>
  );
}

/** An empty value means none, so it leaves the URL. */
function present(change: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, value === '' ? undefined : value]),
  );
}
