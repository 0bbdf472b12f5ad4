import { Link } from '@tanstack/react-router';
import type { RequestSummary } from '../../api/types.ts';
import { duration } from '../../format/numbers.ts';
import { providerWords } from '../../format/words.ts';
import { clock } from '../../format/time.ts';
import { useRecentRequests } from '../../api/recent-requests.ts';
import { EndingTag } from '../../ui/ending-tag.tsx';
import { Middle } from '../../ui/middle.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, QueryState } from '../../ui/states.tsx';

const ROWS = 12;

/** The latest requests as they end. */
export function Tail() {
  const { requests, query } = useRecentRequests();
  return (
    <Panel
      title="Latest requests"
      aside={
        <Link to="/requests" className="text-xs text-accent hover:underline">
          All requests
        </Link>
      }
      flush
    >
      <QueryState query={query}>
        {() =>
          requests.length === 0 ? (
            <Empty title="No requests yet." />
          ) : (
            <ol className="divide-y border-t">
              {requests.slice(0, ROWS).map((request) => (
                <Row key={request.id} request={request} />
              ))}
            </ol>
          )
        }
      </QueryState>
    </Panel>
  );
}

function Row({ request }: { readonly request: RequestSummary }) {
  const { id, time, model, attempts, ms, ttft, error } = request;
  return (
    <li>
      <Link
        to="/requests"
        search={{ id }}
        className="flex items-center gap-x-3 px-3 py-1.5 hover:bg-hover"
        title={error ?? undefined}
      >
        <time dateTime={time} className="shrink-0 text-xs text-ink-faint">
          {clock(time)}
        </time>
        <span className="flex min-w-0 flex-1 items-baseline gap-1">
          <Middle text={model} /> <span className="text-ink-faint">→</span>{' '}
          <span className="truncate">{providerWords(request)}</span>
          {attempts > 1 && <span className="shrink-0 text-xs text-warn">{attempts} tries</span>}
        </span>
        <span className="shrink-0 text-xs text-ink-soft">
          {duration(ttft ?? ms)}{' '}
          <span className="text-ink-faint">{ttft === null ? 'total' : 'first token'}</span>
        </span>
        <span className="shrink-0">
          <EndingTag {...request} />
        </span>
      </Link>
    </li>
  );
}
