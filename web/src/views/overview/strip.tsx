import { useProviderAction } from '../../api/actions.ts';
import { isHigh, worstOf } from '../../api/standing.ts';
import type { Provider } from '../../api/types.ts';
import { bytes, count, duration, percent } from '../../format/numbers.ts';
import { useLive } from '../../live/store.ts';
import { lately } from '../../live/window.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icon.tsx';
import { Fact } from '../../ui/panel.tsx';
import { ProviderLink } from '../../ui/provider-link.tsx';
import { StateBadge } from '../../ui/signal.tsx';
import type { RowProps } from '../../ui/use-window.ts';
import { Heartbeat } from './heartbeat.tsx';

/** The columns of a strip on wide screens, and the facts among them. */
export const COLUMNS =
  'grid items-center gap-x-4 lg:grid-cols-[minmax(9rem,13rem)_minmax(8rem,1fr)_minmax(0,26rem)_3.5rem]';
export const FACTS = 'grid grid-cols-[1fr_1.4fr_1fr_1fr] gap-2';

/** One provider's state and last hour, on one line. */
export function Strip({ provider, row }: { readonly provider: Provider; readonly row: RowProps }) {
  const { name, models } = provider;
  const tick = useLive((live) => live.ticks.at(-1)?.providers[name]);
  const ticks = useLive((live) => live.ticks);
  const now = lately(ticks, name);
  const inflight = tick?.inflight ?? provider.targets.reduce((sum, target) => sum + target.inflight, 0);
  const worst = worstOf(provider);
  const ttft = now.ttft ?? worst.ttft;
  const errorRate = now.errorRate ?? worst.errorRate;
  const memory = tick?.memory ?? provider.process?.usage?.memory;
  return (
    <li {...row} className={classes(COLUMNS, 'grid-cols-[minmax(0,1fr)_auto] gap-y-2 px-3 py-2')}>
      <div className="min-w-0">
        <ProviderLink name={name} />
        <span className="flex items-center gap-2 text-xs">
          <span className="shrink-0 whitespace-nowrap">
            <StateBadge state={tick?.state ?? provider.state} />
          </span>
          <span className="truncate text-ink-faint">{models.slice(0, 2).join(', ')}</span>
        </span>
      </div>
      <Controls provider={provider} className="lg:order-last" />
      <div className="col-span-2 lg:col-span-1">
        <Heartbeat provider={provider} />
      </div>
      <dl className={classes(FACTS, 'col-span-2 lg:col-span-1')}>
        <Fact label="In flight" isNamedAbove>
          {count(inflight)}
        </Fact>
        <Fact label="First token" isNamedAbove>
          {duration(ttft)}
        </Fact>
        <Fact label="Errors" isNamedAbove className={classes(isHigh(errorRate) && 'text-bad')}>
          {errorRate === undefined ? '–' : percent(errorRate)}
        </Fact>
        <Fact label="Memory" isNamedAbove>
          {bytes(memory)}
        </Fact>
      </dl>
    </li>
  );
}

interface ControlProps {
  readonly provider: Provider;
  readonly className: string;
}

/** Buttons to start, stop and restart a program. */
function Controls({ provider: { name, process, state }, className }: ControlProps) {
  const act = useProviderAction();
  if (!process) return <span className={className} />;
  const isUp = !['absent', 'stopped', 'failed', 'backoff'].includes(state);
  const { isPending } = act;
  return (
    <div className={classes('flex justify-end', className)}>
      {isUp ? (
        <>
          <IconButton
            small
            label={`Restart ${name}`}
            changes="the gateway"
            disabled={isPending}
            onClick={() => act.mutate({ name, action: 'restart' })}
          >
            <Icon name="restart" />
          </IconButton>
          <IconButton
            small
            label={`Stop ${name}`}
            changes="the gateway"
            disabled={isPending}
            onClick={() => act.mutate({ name, action: 'stop' })}
          >
            <Icon name="stop" />
          </IconButton>
        </>
      ) : (
        <IconButton
          small
          changes="the gateway"
          label={`Start ${name}`}
          disabled={isPending}
          onClick={() => act.mutate({ name, action: 'start' })}
        >
          <Icon name="start" />
        </IconButton>
      )}
    </div>
  );
}
