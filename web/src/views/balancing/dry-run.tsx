import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { chatModel } from '../../../../wire/chat-model.ts';
import { balancing } from '../../api/balancing.ts';
import type { DryRun } from '../../api/types.ts';
import { queries } from '../../api/queries.ts';
import { duration, percent, plural } from '../../format/numbers.ts';
import { blockWords } from '../../format/words.ts';
import { classes } from '../../ui/classes.ts';
import { INPUT } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LongList } from '../../ui/long.tsx';
import { Middle } from '../../ui/middle.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tag } from '../../ui/signal.tsx';
import { QueryState } from '../../ui/states.tsx';

/** ms */
const LOOK = 3_000;
/** px of a row */
const HEIGHT = 32;

interface Props {
  /** tried first; undefined: one that is likely to chat */
  readonly model: string | undefined;
}

/** Where a request would go that came now. Nothing is sent. */
export function DryRun({ model: first }: Props) {
  const id = useId();
  const [typed, setTyped] = useState(first);
  const { data: models = [] } = useQuery(queries.models());
  const model = typed ?? chatModel(models.map((one) => one.id)) ?? '';
  const query = useQuery({
    ...balancing.dryRun(model.trim()),
    enabled: model.trim() !== '',
    refetchInterval: LOOK,
  });
  return (
    <Panel
      title="Where a request would go now"
      aside={
        <>
          <input
            aria-label="Model to try"
            list={id}
            spellCheck={false}
            value={model}
            onChange={(event) => setTyped(event.target.value)}
            className={classes(INPUT, 'w-56')}
          />
          <datalist id={id}>
            {models.map((one) => (
              <option key={one.id} value={one.id} />
            ))}
          </datalist>
        </>
      }
    >
      {model.trim() === '' ? (
        <p className="text-ink-soft">Enter a model.</p>
      ) : (
        <QueryState query={query}>{(dryRun) => <Seen dryRun={dryRun} />}</QueryState>
      )}
    </Panel>
  );
}

function Seen({
  dryRun: { pick, waits, error, remarks, candidates, strategy, route },
}: {
  readonly dryRun: DryRun;
}) {
  return (
    <div className="grid gap-3">
      <p className="text-base">
        {pick === null ? (
          <span className="font-semibold text-bad">{error?.message ?? 'No target could be asked.'}</span>
        ) : (
          <>
            <Icon name="right" className="mr-1.5 inline text-accent" />
            <strong className="font-semibold">{pick}</strong> would be asked
            {waits !== undefined && `, once it is ready: ${waits}`}.
          </>
        )}
      </p>
      <p className="text-ink-soft">
        {strategy} picks among {plural(candidates.length, 'target')}
        {route === '*' ? ': every provider that can answer' : ` of ${route}`}.
      </p>
      {remarks.length > 0 && (
        <ul className="text-ink-soft">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      <LongList count={candidates.length} height={HEIGHT} className="divide-y rounded-md border">
        {(index, row) => {
          const { target, out, full, inflight, ttft, errorRate } = candidates[
            index
          ] as DryRun['candidates'][number];
          return (
            <li
              key={target}
              {...row}
              className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-3 py-1.5"
            >
              <Middle text={target} className={target === pick ? 'font-semibold' : ''} />
              <span className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
                {inflight} in flight,{' '}
                {ttft === 0 ? 'first token not measured' : `first token ${duration(ttft)}`},{' '}
                {percent(errorRate)} errors
                {Object.keys(out).map((reason) => (
                  <Tag key={reason} tone="warn">
                    blocked: {blockWords(reason)}
                  </Tag>
                ))}
                {full && <Tag tone="warn">full</Tag>}
                {target === pick && <Tag tone="well">picked</Tag>}
              </span>
            </li>
          );
        }}
      </LongList>
    </div>
  );
}
