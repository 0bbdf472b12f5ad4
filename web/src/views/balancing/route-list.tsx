import type { Route } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { LongList } from '../../ui/long.tsx';
import { Middle } from '../../ui/middle.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Lamp } from '../../ui/signal.tsx';
import type { Tone } from '../../ui/tone.ts';

/** px of a row */
const HEIGHT = 44;

interface Props {
  readonly routes: readonly Route[];
  readonly chosen: string | undefined;
  readonly choose: (model: string) => void;
}

/** Every model that is balanced. */
export function RouteList({ routes, chosen, choose }: Props) {
  if (routes.length === 0) return null;
  return (
    <Panel title="Models" flush>
      <div className="max-h-64 overflow-y-auto border-t p-1 lg:max-h-[70dvh]">
        <LongList count={routes.length} height={HEIGHT}>
          {(index, row) => {
            const route = routes[index] as Route;
            return (
              <li key={route.model} {...row}>
                <button
                  type="button"
                  aria-current={route.model === chosen || undefined}
                  onClick={() => choose(route.model)}
                  className="flex w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-hover aria-[current=true]:bg-accent-soft"
                >
                  <Lamp tone={toneOfRoute(route)} />
                  <span className="min-w-0 flex-1">
                    <Middle text={route.model} className="font-medium" />
                    <span className="block truncate text-xs text-ink-soft">
                      {route.strategy.use}, {plural(route.targets.length, 'target')}
                      {outOf(route) > 0 && `, ${outOf(route)} blocked`}
                    </span>
                  </span>
                </button>
              </li>
            );
          }}
        </LongList>
      </div>
    </Panel>
  );
}

const outOf = ({ targets }: Route): number => targets.filter(({ out }) => Object.keys(out).length > 0).length;

function toneOfRoute(route: Route): Tone {
  const out = outOf(route);
  if (route.problem !== undefined || out === route.targets.length) return 'bad';
  return out > 0 ? 'warn' : 'well';
}
