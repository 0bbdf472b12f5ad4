import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { traceQuery } from '../../api/trace.ts';
import type { RequestTrace } from '../../api/types.ts';
import { bytes, count, duration } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';
import { providerWords } from '../../format/words.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { EndingTag } from '../../ui/ending-tag.tsx';
import { Fact } from '../../ui/panel.tsx';
import { QueryState } from '../../ui/states.tsx';
import { Tabs, type Tab } from '../../ui/tabs.tsx';
import { Candidates } from './candidates.tsx';
import { Source } from './source.tsx';
import { TimelineChart } from './timeline-chart.tsx';

interface Props {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

/** One request in detail: its timeline, its candidates, its bodies, and all of it as JSON. */
export function RequestSheet({ id, onClose }: Props) {
  return (
    <Dialog kind="sheet" open={id !== undefined} onOpenChange={(open) => open || onClose()} title={id ?? ''}>
      {id !== undefined && <Whole key={id} id={id} />}
    </Dialog>
  );
}

function Whole({ id }: { readonly id: string }) {
  const query = useQuery(traceQuery(id));
  const [tab, setTab] = useState('timeline');
  return (
    <QueryState query={query}>
      {(trace) => (
        <div className="grid gap-4">
          <Facts trace={trace} />
          <Tabs label="About this request" tabs={tabsOf(trace)} value={tab} onChange={setTab} />
        </div>
      )}
    </QueryState>
  );
}

function tabsOf(trace: RequestTrace): readonly Tab[] {
  const { bodies, ...rest } = trace;
  return [
    { value: 'timeline', label: 'Timeline', content: <TimelineChart trace={trace} /> },
    { value: 'candidates', label: 'Candidates', content: <Candidates trace={trace} /> },
    ...(bodies
      ? [
          {
            value: 'request',
            label: 'Request body',
            content: <Source label="Request body" text={bodies.request} whole={bodies.requestBytes} />,
          },
          {
            value: 'answer',
            label: 'Answer body',
            content: <Source label="Answer body" text={bodies.answer} whole={bodies.answerBytes} />,
          },
        ]
      : []),
    {
      value: 'json',
      label: 'JSON',
      content: <Source label="Trace as JSON" text={JSON.stringify(rest, null, 2)} />,
    },
  ];
}

function Facts({ trace }: { readonly trace: RequestTrace }) {
  const {
    time,
    model,
    surface,
    stream,
    ending,
    status = null,
    ms,
    usage,
    key,
    overhead,
    waited,
    attempts,
  } = trace;
  const attempt = attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1);
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      <Fact label="Result">
        <EndingTag status={status} ending={ending} />
      </Fact>
      <Fact label="Model">{model}</Fact>
      <Fact label="Provider">
        {providerWords({ provider: attempt?.provider ?? null, status, ending })}
        {attempts.length > 1 && `, ${attempts.length} tries`}
      </Fact>
      <Fact label="Started">{dateTime(time)}</Fact>
      <Fact label="Duration">{duration(ms)}</Fact>
      <Fact label="Waited, overhead">
        {duration(waited)}, {duration(overhead)}
      </Fact>
      <Fact label="Tokens">
        {usage
          ? `${usage.estimated ? 'about ' : ''}${count(usage.prompt)} + ${count(usage.completion)}`
          : 'not reported'}
      </Fact>
      <Fact label="API">
        {surface}
        {stream ? ', stream' : ''}
        {key === null ? '' : `, ${key}`}
      </Fact>
      {trace.node !== null && <Fact label="Node">{trace.node}</Fact>}
      {trace.from !== undefined && <Fact label="From peer">{trace.from}</Fact>}
      {attempt?.peer && (
        <Fact label={`Id at peer ${attempt.provider}`}>
          {attempt.peer.id}
          {attempt.peer.url === null ? '' : `, ${attempt.peer.url}`}
        </Fact>
      )}
      <Fact label="Bytes">{bytes(trace.bytes)}</Fact>
    </dl>
  );
}
