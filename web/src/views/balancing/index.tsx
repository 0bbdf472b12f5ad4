import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { balancing } from '../../api/balancing.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty, QueryState, SkeletonRows } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { UnsavedChanges } from '../../shell/unsaved-changes.tsx';
import { DryRun } from './dry-run.tsx';
import { ModelDialog } from './model/model-dialog.tsx';
import { RouteList } from './route-list.tsx';
import { RouteDetail } from './route/route-detail.tsx';
import { StrategyFailures } from './strategy/strategy-failures.tsx';
import { StrategyPanel } from './strategy/strategy-panel.tsx';

/** ms: shares and blocks have no events */
const LOOK = 3_000;

/** The strategies, the targets of each model, a dry run, and the changes against the config file. */
export default function BalancingView() {
  const { model } = useSearch({ from: '/balancing' });
  const navigate = useNavigate({ from: '/balancing' });
  const routes = useQuery({ ...balancing.routes(), refetchInterval: LOOK });
  const inForce = useQuery(balancing.inForce());
  const [edited, setEdited] = useState<{ readonly name?: string }>();
  // Drafts are discarded with the rest.
  const [undone, setUndone] = useState(0);
  return (
    <>
      <ViewHeader
        title="Balancing"
        actions={
          <Button look="primary" changes="the gateway" onClick={() => setEdited({})}>
            Add model
          </Button>
        }
      />
      {edited && (
        <ModelDialog
          name={edited.name}
          onClose={() => setEdited(undefined)}
          onDone={(name) => {
            setEdited(undefined);
            void navigate({ search: name === undefined ? {} : { model: name }, replace: true });
          }}
        />
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <StrategyFailures />
        <UnsavedChanges onUndone={() => setUndone(undone + 1)} />
        <QueryState query={inForce} skeleton={<SkeletonRows rows={2} />}>
          {(strategy) => (
            <StrategyPanel
              key={undone}
              title="Default strategy"
              about="Used for every model without a strategy of its own."
              inForce={strategy}
              model={undefined}
            />
          )}
        </QueryState>
        <QueryState query={routes}>
          {({ data, minutes }) => {
            const chosen = data.find((route) => route.model === model) ?? data[0];
            return (
              <div
                className={classes(
                  'grid grid-cols-[minmax(0,1fr)] items-start gap-4',
                  data.length > 0 && 'lg:grid-cols-[15rem_minmax(0,1fr)]',
                )}
              >
                <RouteList
                  routes={data}
                  chosen={chosen?.model}
                  choose={(next) => void navigate({ search: { model: next }, replace: true })}
                />
                <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
                  {chosen ? (
                    <RouteDetail
                      key={`${chosen.model} ${undone}`}
                      route={chosen}
                      minutes={minutes}
                      edit={() => setEdited({ name: chosen.model })}
                    />
                  ) : (
                    <Panel title="Models">
                      <Empty title="No models to balance yet.">
                        A model appears here once several providers have it, or once it has an entry under
                        models: in the config.
                      </Empty>
                    </Panel>
                  )}
                  <DryRun key={chosen?.model ?? ''} model={chosen?.model} />
                </div>
              </div>
            );
          }}
        </QueryState>
      </div>
    </>
  );
}
