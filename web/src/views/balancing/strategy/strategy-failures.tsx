import { useQuery } from '@tanstack/react-query';
import { balancing } from '../../../api/balancing.ts';
import { plural } from '../../../format/numbers.ts';
import { Panel } from '../../../ui/panel.tsx';
import { Tag } from '../../../ui/signal.tsx';

/** ms */
const LOOK = 3_000;

/** Strategies that recently failed to pick, and the ones that picked instead. Hidden where there are none. */
export function StrategyFailures() {
  const { data } = useQuery({ ...balancing.strategyFailures(), refetchInterval: LOOK });
  if (!data || data.length === 0) return null;
  return (
    <Panel
      title="Strategy failed"
      aside={<Tag tone="bad">{plural(data.length, 'strategy', 'strategies')}</Tag>}
    >
      <ul className="grid gap-2">
        {data.map(({ model, use, standby, message, count }) => (
          <li key={`${use} ${model}`} className="[overflow-wrap:anywhere]">
            <strong>{use}</strong> failed {plural(count, 'time')} for {model === '*' ? 'other models' : model}
            , and {standby} picked instead: {message}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
