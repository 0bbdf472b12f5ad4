import type { Usage } from '../../api/types.ts';
import { money } from './cost.ts';
import { count, plural } from '../../format/numbers.ts';
import { Total } from '../../ui/total.tsx';

/** What was counted, what is estimated and what is not known stand apart. */
export function UsageTotals({ totals }: { readonly totals: NonNullable<Usage['totals']> }) {
  const { requests, failed, unknown, reported, estimated, cost } = totals;
  return (
    <dl
      aria-label="Totals"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 lg:grid-cols-5 *:last:col-span-2 lg:*:last:col-span-1"
    >
      <Total label="Requests" value={count(requests)} more={`${count(failed)} failed`} />
      <Total
        label="Tokens reported"
        value={count(reported.prompt + reported.completion)}
        more={`${count(reported.prompt)} in (${count(reported.cached)} cached), ${count(reported.completion)} out`}
      />
      <Total
        label="Tokens estimated"
        value={count(estimated.prompt + estimated.completion)}
        more={`${count(estimated.prompt)} in, ${count(estimated.completion)} out`}
      />
      <Total label="Tokens unknown" value={plural(unknown, 'request')} more="nothing was counted" />
      <Total label="Cost" {...money(cost)} />
    </dl>
  );
}
