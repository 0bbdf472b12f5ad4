import type { RouteTarget } from '../../../api/types.ts';
import { send } from '../../../api/client.ts';
import { count, percent } from '../../../format/numbers.ts';
import { untilWords } from '../../../format/until.ts';
import { blockWords } from '../../../format/words.ts';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { INPUT } from '../../../ui/field.tsx';
import { Tag } from '../../../ui/signal.tsx';
import type { RowProps } from '../../../ui/use-window.ts';
import { useChange } from '../../../api/use-change.ts';
import { isNoWeight, shownIn, type Typed } from './draft.ts';

interface Props {
  readonly target: RouteTarget;
  readonly minutes: number;
  readonly typed: Typed;
  readonly change: (typed: Typed) => void;
  readonly row: RowProps;
}

const CELL = 'sm:table-cell sm:px-3 sm:py-1.5';

/** A row of a table; on a narrow screen a card, where each number has its name beside it. */
export function TargetRow({ target, minutes, typed, change, row }: Props) {
  const { target: id, weight, priority, file, share, inflight } = target;
  return (
    <tr {...row} className="grid grid-cols-2 gap-x-3 gap-y-1.5 px-3 py-2.5 sm:table-row">
      <th
        scope="row"
        className={classes(
          CELL,
          'col-span-2 block text-left font-medium [overflow-wrap:anywhere] sm:min-w-44',
        )}
      >
        {id}
      </th>
      <td className={classes(CELL, 'sm:whitespace-nowrap')}>
        <Named name="Weight" />
        <input
          type="number"
          inputMode="decimal"
          step="any"
          aria-label={`Weight of ${id}`}
          aria-invalid={isNoWeight(typed.weight) || undefined}
          value={shownIn(typed.weight, weight)}
          onChange={(event) => change({ weight: event.target.value })}
          className={classes(INPUT, 'w-20', isNoWeight(typed.weight) && 'border-bad')}
        />
        <FileWord now={weight} file={file?.weight} />
        {isNoWeight(typed.weight) && <p className="text-xs text-bad">above 0</p>}
      </td>
      <td className={classes(CELL, 'sm:whitespace-nowrap')}>
        <Named name="Priority" />
        <input
          type="number"
          inputMode="numeric"
          step="1"
          aria-label={`Priority of ${id}`}
          value={shownIn(typed.priority, priority)}
          onChange={(event) => change({ priority: event.target.value })}
          className={classes(INPUT, 'w-20')}
        />
        <FileWord now={priority} file={file?.priority} />
      </td>
      <td className={CELL}>
        <Named name={`Share of ${minutes} min`} />
        {share === null ? '–' : percent(share)}
      </td>
      <td className={CELL}>
        <Named name="In flight" />
        {count(inflight)}
      </td>
      <td className={classes(CELL, 'col-span-2')}>
        <Blocks target={target} />
      </td>
    </tr>
  );
}

/** On wide screens the column's header shows it. */
const Named = ({ name }: { readonly name: string }) => (
  <span aria-hidden="true" className="eyebrow block sm:hidden">
    {name}
  </span>
);

function FileWord({ now, file }: { readonly now: number; readonly file: number | undefined }) {
  if (file === undefined || file === now) return null;
  return <span className="ml-2 text-xs text-ink-soft">file: {file}</span>;
}

/** Why it is blocked, and a button to unblock it. */
function Blocks({ target: { target, out } }: { readonly target: RouteTarget }) {
  const reset = useChange({
    act: () => send('POST', `targets/${encodeURIComponent(target)}/reset`),
    done: () => `${target} is unblocked`,
    failed: `Could not unblock ${target}`,
  });
  const blocks = Object.entries(out);
  if (blocks.length === 0) return <span className="hidden text-ink-faint sm:inline">not blocked</span>;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {blocks.map(([reason, { detail, until }]) => (
        <span key={reason} className="inline-flex flex-wrap items-center gap-1.5">
          <Tag tone="warn">{blockWords(reason)}</Tag>
          <span className="text-xs text-ink-soft [overflow-wrap:anywhere]">
            {detail} {untilWords(until)}
          </span>
        </span>
      ))}
      <Button
        small
        changes="the gateway"
        busy={reset.isPending}
        aria-label={`Unblock ${target}`}
        onClick={() => reset.mutate()}
      >
        Unblock
      </Button>
    </div>
  );
}
