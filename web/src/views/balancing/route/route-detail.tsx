import type { Route } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { StrategyPanel } from '../strategy/strategy-panel.tsx';
import { Shares } from './shares.tsx';
import { TargetForm } from './target-form.tsx';

interface Props {
  readonly route: Route;
  /** time over which the shares are counted */
  readonly minutes: number;
  readonly edit: () => void;
}

/** One model: how its requests are shared, with what weights, and by which strategy. */
export function RouteDetail({ route, minutes, edit }: Props) {
  const { model, configured, targets, strategy, fallbacks, contextFallbacks, problem } = route;
  return (
    <>
      <Panel
        title="Targets"
        aside={
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <span className="font-semibold [overflow-wrap:anywhere]">{model}</span>
            {configured && (
              <Button small aria-label={`Edit ${model}`} onClick={edit}>
                Edit
              </Button>
            )}
          </div>
        }
        flush
      >
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 border-t pt-3">
          {problem !== undefined && <p className="px-3 text-bad">{problem}</p>}
          <div className="px-3">
            <Shares targets={targets} />
          </div>
          <TargetForm route={route} minutes={minutes} />
          {fallbacks.length + contextFallbacks.length > 0 && (
            <p className="px-3 pb-3 text-ink-soft">
              {fallbacks.length > 0 &&
                `If no target can answer, these models are tried: ${fallbacks.join(', ')}. `}
              {contextFallbacks.length > 0 && `If a request is too long: ${contextFallbacks.join(', ')}.`}
            </p>
          )}
        </div>
      </Panel>
      <StrategyPanel
        title="Strategy for this model"
        about="Without one of its own, the default strategy is used."
        inForce={strategy}
        model={model}
      />
    </>
  );
}
