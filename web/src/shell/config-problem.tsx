import { useQuery } from '@tanstack/react-query';
import { balancing } from '../api/balancing.ts';
import { useAccess } from '../api/role.ts';
import { Lamp } from '../ui/signal.tsx';

/** ms */
const LOOK = 10_000;

/** A message while the config file, as it is now, cannot be used. */
export function ConfigProblem() {
  const role = useAccess()?.role;
  const enabled = role !== undefined && role !== 'caller';
  const { data } = useQuery({ ...balancing.diff(), refetchInterval: LOOK, enabled });
  return (
    <div role="status" aria-live="polite">
      {data?.problem && (
        <div className="flex flex-wrap items-baseline gap-x-2 border-b bg-warn-soft px-4 py-1.5 text-warn">
          <Lamp tone="busy" />
          <strong className="font-semibold">The config file has a mistake.</strong>
          <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{data.problem.message}</span>
        </div>
      )}
    </div>
  );
}
