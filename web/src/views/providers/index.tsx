import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { queries } from '../../api/queries.ts';
import { QueryState, SkeletonRows } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { Glance } from './glance.tsx';
import { One } from './one.tsx';

/** ms: latencies have no events */
const LOOK = 5_000;

/** All providers; with a name in the URL, one of them in detail. */
export default function ProvidersView() {
  const { name, tab, ...filter } = useSearch({ from: '/providers' });
  const navigate = useNavigate({ from: '/providers' });
  const query = useQuery({ ...queries.providers(), refetchInterval: LOOK });
  const skeleton = (
    <>
      <ViewHeader title={name ?? 'Providers'} />
      <SkeletonRows rows={10} className="h-10" />
    </>
  );
  return (
    <QueryState query={query} skeleton={skeleton}>
      {(providers) =>
        name === undefined ? (
          <Glance
            providers={providers}
            filter={filter}
            change={(change) =>
              void navigate({ search: (search) => ({ ...search, ...change }), replace: true })
            }
          />
        ) : (
          <One
            providers={providers}
            name={name}
            tab={tab}
            openTab={(next) =>
              void navigate({ search: (search) => ({ ...search, tab: next }), replace: true })
            }
          />
        )
      }
    </QueryState>
  );
}
