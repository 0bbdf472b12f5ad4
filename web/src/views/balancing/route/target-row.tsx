import type { RouteTarget } from '../../../api/balancing.ts';
import { send } from '../../../api/client.ts';
import { count, percent } from '../../../format/numbers.ts';
import { untilWords } from '../../../format/until.ts';
import { Button } from '../../../ui/button.tsx';
import { classes } from '../../../ui/classes.ts';
import { INPUT } from '../../../ui/field.tsx';
import { Tag } from '../../../ui/signal.tsx';
import { useChange } from '../use-change.ts';
import { shownIn, type Typed } from './draft.ts';

interface Props {
  readonly target: RouteTarget;
  readonly typed: Typed;
  readonly change: (typed: Typed) => void;
}

export function TargetRow({ target, typed, change }: Props) {
  const { target: id, weight, priority, file, share, inflight } = target;
  return (
    <tr>
      <th scope="row" className="px-3 py-1.5 font-medium break-all">
        {id}
      </th>
      <td className="px-3 py-1.5 whitespace-nowrap">
        <input
          type="number"
          inputMode="decimal"
          step="any"
          aria-label={`Weight of ${id}`}
          value={shownIn(typed.weight, weight)}
          onChange={(event) => change({ weight: event.target.value })}
          className={classes(INPUT, 'w-20')}
        />
        <FileWord now={weight} file={file?.weight} />
      </td>
      <td className="px-3 py-1.5 whitespace-nowrap">
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
      <td className="px-3 py-1.5">{share === null ? '–' : percent(share)}</td>
      <td className="px-3 py-1.5">{count(inflight)}</td>
      <td className="px-3 py-1.5">
        <Blocks target={target} />
      </td>
    </tr>
  );
}

function FileWord({ now, file }: { readonly now: number; readonly file: number | undefined }) {
  if (file === undefined || file === now) return null;
  return <span className="ml-2 text-xs text-ink-soft">file: {file}</span>;
}

/** Why nobody asks it just now, and a way to have it asked again. */
function Blocks({ target: { target, out } }: { readonly target: RouteTarget }) {
  const reset = useChange({
    act: () => send('POST', `targets/${encodeURIComponent(target)}/reset`),
    done: () => `${target} is asked again`,
    failed: `Could not reset ${target}`,
  });
  const blocks = Object.entries(out);
  if (blocks.length === 0) return <span className="text-ink-faint">nothing</span>;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {blocks.map(([reason, { detail, until }]) => (
        <span key={reason} className="inline-flex flex-wrap items-center gap-1.5">
          <Tag tone="warn">{reason}</Tag>
          <span className="text-xs text-ink-soft [overflow-wrap:anywhere]">
            {detail} {untilWords(until)}
          </span>
        </span>
      ))}
      <Button
        small
        busy={reset.isPending}
        aria-label={`Ask again now: ${target}`}
        onClick={() => reset.mutate()}
      >
        Ask again now
      </Button>
    </div>
  );
}
