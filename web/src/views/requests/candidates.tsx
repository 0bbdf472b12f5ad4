import type { RequestTrace } from '../../api/types.ts';
import { duration } from '../../format/numbers.ts';
import { blockWords } from '../../format/words.ts';
import { LongList } from '../../ui/long.tsx';
import { Middle } from '../../ui/middle.tsx';
import { Tag } from '../../ui/signal.tsx';

/** px of a row */
const HEIGHT = 35;

/** The candidate targets, their blocks, and the strategy that chose. */
export function Candidates({ trace }: { readonly trace: RequestTrace }) {
  const { candidates, route, strategy, translated, notes } = trace;
  const remarks = notes.filter(({ remark }) => remark !== undefined);
  return (
    <div className="grid gap-3">
      <p>
        <strong className="font-semibold">{strategy}</strong> picked among the targets of{' '}
        <strong className="font-semibold">{route}</strong>
        {translated !== undefined && `; the request was translated (${translated})`}.
      </p>
      <LongList count={candidates.length} height={HEIGHT} className="divide-y rounded-md border">
        {(index, row) => {
          const { target, out } = candidates[index] as RequestTrace['candidates'][number];
          return (
            <li
              key={target}
              {...row}
              className="flex flex-wrap items-center justify-between gap-2 px-3 py-1.5"
            >
              <Middle text={target} />
              {out ? (
                <Tag tone="warn">blocked: {out.map(blockWords).join(', ')}</Tag>
              ) : (
                <Tag tone="well">available</Tag>
              )}
            </li>
          );
        }}
      </LongList>
      {remarks.length > 0 && (
        <ul className="grid gap-1 text-ink-soft">
          {remarks.map(({ at, remark }) => (
            <li key={`${at} ${remark}`}>
              {duration(at)}: {remark}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
