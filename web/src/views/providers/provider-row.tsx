import { isHigh, worstOf } from '../../api/standing.ts';
import type { Provider } from '../../api/types.ts';
import { bytes, count, duration, percent } from '../../format/numbers.ts';
import { useLive } from '../../live/store.ts';
import { classes } from '../../ui/classes.ts';
import { ProviderLink } from '../../ui/provider-link.tsx';
import { StateBadge } from '../../ui/signal.tsx';
import type { RowProps } from '../../ui/use-window.ts';
import { Controls } from './controls.tsx';
import { useProgress } from './running.ts';

const CELL = 'hidden px-3 py-1.5 text-right whitespace-nowrap';
const NUMBER = `${CELL} lg:table-cell`;

interface Props {
  readonly provider: Provider;
  readonly row: RowProps;
}

export function ProviderRow({ provider, row }: Props) {
  const { name, models, process, targets } = provider;
  const inflight = useLive((live) => live.ticks.at(-1)?.providers[name]?.inflight);
  const memory = useLive((live) => live.ticks.at(-1)?.providers[name]?.memory);
  const { ttft, errorRate } = worstOf(provider);
  return (
    <tr {...row} className="hover:bg-hover/50">
      <th scope="row" className="px-3 py-1.5 font-normal">
        <ProviderLink name={name} />
        <span className="block truncate text-xs text-ink-faint">{modelsOf(models, provider.anyModel)}</span>
      </th>
      <td className="px-3 py-1.5">
        <StateBadge state={provider.state} />
        <Why provider={provider} />
      </td>
      <td className={NUMBER}>
        {count(inflight ?? targets.reduce((sum, target) => sum + target.inflight, 0))}
      </td>
      <td className={NUMBER}>{duration(ttft)}</td>
      <td className={classes(NUMBER, isHigh(errorRate) && 'text-bad')}>
        {errorRate === undefined ? '–' : percent(errorRate)}
      </td>
      <td className={classes(CELL, 'xl:table-cell')}>
        {bytes(process ? (memory ?? process.usage?.memory) : null)}
      </td>
      <td className="px-2 py-1.5">
        <div className="flex justify-end">
          <Controls small provider={provider} />
        </div>
      </td>
    </tr>
  );
}

/** The line below the state: its activity, or its problem. */
function Why({ provider }: { readonly provider: Provider }) {
  const progress = useProgress(provider);
  const { process, lacks } = provider;
  if (progress !== undefined) return <Line>{progress}</Line>;
  if (lacks.length > 0)
    return <span className="block text-xs font-medium text-warn">{lacksWords(provider)}</span>;
  if (process && ['failed', 'backoff', 'unhealthy'].includes(process.state))
    return <Line>{process.reason}</Line>;
  return null;
}

const Line = ({ children }: { readonly children: string }) => (
  <span className="block truncate text-xs text-ink-soft" title={children}>
    {children}
  </span>
);

/** Short: the names of the secrets where they are what is missing. */
function lacksWords({ process }: Provider): string {
  const missing = (process?.secrets ?? []).filter(({ required, given }) => required && !given);
  return missing.length > 0 ? `needs ${missing.map(({ name }) => name).join(', ')}` : 'cannot run yet';
}

function modelsOf(models: readonly string[], anyModel: boolean): string {
  const more = models.length - 3;
  const told = [...models.slice(0, 3), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return told === '' && anyModel ? 'any model' : told;
}
