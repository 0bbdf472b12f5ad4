import type { Provider, TargetStanding } from '../../api/types.ts';
import { useResetTargets } from '../../api/reset-targets.ts';
import { count, duration, percent } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Tag } from '../../ui/signal.tsx';
import { blockWords } from '../../format/words.ts';
import { untilWords } from '../../format/until.ts';

const NUMBER = 'px-3 py-1.5 text-right whitespace-nowrap';

/** Each of its requested models: its latency, and its blocks. */
export function TargetTable({ provider }: { readonly provider: Provider }) {
  return (
    <div className="relative overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead>
          <tr className="border-y">
            <th scope="col" className="eyebrow px-3 py-1.5">
              Model
            </th>
            {['In flight', 'First token', 'Whole answer', 'Errors'].map((head) => (
              <th key={head} scope="col" className="eyebrow px-3 py-1.5 text-right whitespace-nowrap">
                {head}
              </th>
            ))}
            <th scope="col" className="eyebrow px-3 py-1.5 whitespace-nowrap">
              Blocked because
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {provider.targets
            .flatMap((target) => [target, ...(target.names ?? [])])
            .map((target) => (
              <Row key={target.target} target={target} provider={provider} />
            ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ target, provider }: { readonly target: TargetStanding; readonly provider: Provider }) {
  const reset = useResetTargets();
  const blocks = Object.entries(target.blocks);
  return (
    <tr>
      <th scope="row" className="px-3 py-1.5 min-w-40 font-medium [overflow-wrap:anywhere]">
        {target.target.slice(provider.name.length + 1)}
      </th>
      <td className={NUMBER}>{count(target.inflight)}</td>
      <td className={NUMBER}>{target.ttft === 0 ? '–' : duration(target.ttft)}</td>
      <td className={NUMBER}>{target.latency === 0 ? '–' : duration(target.latency)}</td>
      <td className={classes(NUMBER, target.errorRate >= 0.1 && 'text-bad')}>{percent(target.errorRate)}</td>
      <td className="px-3 py-1.5">
        {blocks.length === 0 ? (
          <span className="text-ink-faint">not blocked</span>
        ) : (
          <div className="flex flex-wrap items-center gap-2">
            {blocks.map(([reason, block]) => (
              <span key={reason} className="inline-flex flex-wrap items-center gap-1.5">
                <Tag tone="warn">{blockWords(reason)}</Tag>
                <span className="text-xs text-ink-soft [overflow-wrap:anywhere]">
                  {block.detail} {untilWords(block.until)}
                </span>
              </span>
            ))}
            <Button
              small
              busy={reset.isPending}
              changes="the gateway"
              aria-label={`Unblock ${target.target}`}
              onClick={() => reset.mutate({ name: target.target, targets: [target] })}
            >
              Unblock
            </Button>
          </div>
        )}
      </td>
    </tr>
  );
}
