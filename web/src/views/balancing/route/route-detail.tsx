import type { Route } from '../../../api/types.ts';
import { Panel } from '../../../ui/panel.tsx';
import { StrategyPanel } from '../strategy/strategy-panel.tsx';
import { Shares } from './shares.tsx';
import { TargetForm } from './target-form.tsx';

interface Props {
  readonly route: Route;
  /** time over which the shares are counted */
  readonly minutes: number;
}

/** One model: how its requests are shared, with what weights, and by which strategy. */
export function RouteDetail({ route, minutes }: Props) {
  const { model, targets, strategy, fallbacks, contextFallbacks, problem } = route;
  return (
    <>
      <Panel title="Targets" aside={<span className="font-semibold">{model}</span>} flush>
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
