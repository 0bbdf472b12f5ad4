import { useState } from 'react';
import type { Provider } from '../../api/types.ts';
import { age, dateTime } from '../../format/time.ts';
import { Notes } from '../../shell/first-install/notes.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { StateBadge } from '../../ui/signal.tsx';
import { Tabs, type Tab } from '../../ui/tabs.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ViewHeader } from '../../ui/view-header.tsx';
import { blocksOf } from '../../api/standing.ts';
import { ProviderDialog } from './entry/provider-dialog.tsx';
import { Controls } from './controls.tsx';
import { History } from './history.tsx';
import { Lacks } from './lacks.tsx';
import { Log } from './log/log.tsx';
import { Now } from './now.tsx';
import { Progress } from './progress.tsx';
import { Secrets } from './secrets.tsx';
import { runTests } from './tests/test-runs.ts';
import { Tests } from './tests/tests.tsx';

interface Props {
  readonly provider: Provider;
  readonly tab: string | undefined;
  readonly openTab: (tab: string) => void;
}

export function Detail({ provider, tab, openTab }: Props) {
  const [edits, setEdits] = useState(false);
  const tabs = tabsOf(provider);
  const test = (): void => {
    openTab('test');
    void runTests(provider.name);
  };
  return (
    <>
      <ViewHeader
        title={provider.name}
        lead={<Standing provider={provider} />}
        actions={
          <>
            <Controls provider={provider} />
            <Button changes="the gateway" onClick={test}>
              <Icon name="test" />
              Test
            </Button>
            <Button onClick={() => setEdits(true)}>
              <Icon name="sliders" />
              Edit
            </Button>
          </>
        }
      />
      <ProviderDialog name={provider.name} open={edits} onClose={() => setEdits(false)} />
      <Progress provider={provider} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Lacks provider={provider} open={() => openTab('secrets')} />
        <Tabs
          label={`About ${provider.name}`}
          tabs={tabs}
          value={tabs.some(({ value }) => value === tab) ? (tab ?? 'now') : 'now'}
          onChange={openTab}
        />
      </div>
    </>
  );
}

/** Its state, since when and why. */
function Standing({ provider }: { readonly provider: Provider }) {
  const { process, out } = provider;
  const now = useNow(10_000);
  const { state } = provider;
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      <span role="status">
        <StateBadge state={state} />
      </span>
      {state === 'blocked' && (
        <span className="[overflow-wrap:anywhere]">{blocksOf(provider) || out.join(', ')}</span>
      )}
      {process && state !== 'blocked' && (
        <span className="[overflow-wrap:anywhere]">
          <time dateTime={new Date(process.since).toISOString()} title={dateTime(process.since)}>
            {sinceWords(process.since, now)}
          </time>
          : {process.reason}
        </span>
      )}
    </span>
  );
}

function sinceWords(since: number, now: number): string {
  const past = age(since, now);
  return past === 'now' ? 'just now' : `for ${past}`;
}

function tabsOf(provider: Provider): readonly Tab[] {
  const { name, process } = provider;
  const now: Tab = { value: 'now', label: 'Now', content: <Now provider={provider} /> };
  const test: Tab = { value: 'test', label: 'Test', content: <Tests provider={provider} /> };
  if (!process) return [now, test];
  const { secrets = [] } = process;
  return [
    now,
    { value: 'logs', label: 'Log', content: <Log name={name} /> },
    { value: 'history', label: 'History', content: <History name={name} /> },
    test,
    ...(secrets.length > 0
      ? [{ value: 'secrets', label: 'Secrets', content: <Secrets provider={provider} secrets={secrets} /> }]
      : []),
    { value: 'about', label: 'Licence and risks', content: <Notes program={process} /> },
  ];
}
