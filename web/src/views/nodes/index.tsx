import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { nodes } from '../../api/nodes.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { QueryState } from '../../ui/states.tsx';
import { ViewHeader } from '../../ui/view-header.tsx';
import { NodeList } from './node-list.tsx';
import { restartable } from './restartable.ts';
import { RestartDialog } from './restart-dialog.tsx';

/** This gateway and its peers: which is up, its load, and restarts. */
export default function NodesView() {
  const query = useQuery(nodes());
  const [restarts, setRestarts] = useState<readonly string[]>();
  const all = restartable(query.data ?? []);
  return (
    <>
      <ViewHeader
        title="Nodes"
        lead="This gateway, its peers, and those that share its settings: state, version, load, and what differs."
        actions={
          all.length > 1 && (
            <Button changes="the gateway" onClick={() => setRestarts(all)}>
              <Icon name="restart" />
              Restart all
            </Button>
          )
        }
      />
      <Panel title="Gateways" flush>
        <QueryState query={query}>
          {(data) => <NodeList nodes={data} restart={(name) => setRestarts([name])} />}
        </QueryState>
      </Panel>
      {query.data?.length === 1 && (
        <p className="mt-3 text-ink-soft">
          Other gateways are added to <code className="font-mono">peers</code> in the config.
        </p>
      )}
      {restarts && <RestartDialog names={restarts} onClose={() => setRestarts(undefined)} />}
    </>
  );
}
