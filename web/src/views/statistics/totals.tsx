import type { Statistics } from '../../api/types.ts';
import { count, duration, percent } from '../../format/numbers.ts';
import { Total } from '../../ui/total.tsx';

/** The totals of the whole range. */
export function Totals({ totals }: { readonly totals: Statistics['totals'] }) {
  const { requests, errors, left, retried, prompt, completion, estimated, p50, p95, p99, ttft } = totals;
  const share = (part: number): string => (requests === 0 ? '' : percent(part / requests, 1));
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 lg:grid-cols-6">
      <Total label="Requests" value={count(requests)} more={`${count(left)} cancelled by the client`} />
      <Total label="Errors" value={count(errors)} more={share(errors)} />
      <Total label="Retried" value={count(retried)} more={share(retried)} />
      <Total
        label="Median response"
        value={duration(p50)}
        more={`p95 ${duration(p95)}, p99 ${duration(p99)}`}
      />
      <Total
        label="Median first token"
        value={duration(ttft.p50)}
        more={`p95 ${duration(ttft.p95)}, p99 ${duration(ttft.p99)}`}
      />
      <Total
        label="Tokens"
        value={count(prompt + completion)}
        more={`${count(prompt)} in, ${count(completion)} out${estimated > 0 ? `, ${count(estimated)} of them estimated` : ''}`}
      />
    </dl>
  );
}
