import { Link } from '@tanstack/react-router';
import type { Statistics } from '../../api/types.ts';
import { count, duration, percent } from '../../format/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Columns, type Column } from '../../ui/columns.tsx';
import { ShareBar } from './share-bar.tsx';

type Row = Statistics['providers'][number];

const COLUMNS: readonly Column<Row>[] = [
  {
    head: 'Provider',
    cell: ({ provider }) => (
      <Link to="/requests" search={{ provider }} className="hover:underline">
        {provider}
      </Link>
    ),
  },
  { head: 'Share', cell: ({ share }) => <ShareBar share={share} /> },
  { head: 'Answered', isNumber: true, cell: ({ requests }) => count(requests) },
  {
    head: 'Failed',
    isNumber: true,
    cell: ({ errors }) => <span className={errors > 0 ? 'text-bad' : ''}>{count(errors)}</span>,
  },
  { head: 'p50', isNumber: true, isExtra: true, cell: ({ p50 }) => duration(p50) },
  { head: 'p95', isNumber: true, isExtra: true, cell: ({ p95 }) => duration(p95) },
  { head: 'p99', isNumber: true, isExtra: true, cell: ({ p99 }) => duration(p99) },
  { head: 'Uptime', isNumber: true, cell: ({ uptime }) => (uptime === null ? '–' : percent(uptime, 2)) },
  {
    head: 'Tokens',
    isNumber: true,
    isExtra: true,
    cell: ({ prompt, completion, estimated }) =>
      `${estimated > 0 ? 'about ' : ''}${count(prompt)} + ${count(completion)}`,
  },
];

/** Each provider's answers, latency and availability. */
export function Providers({ providers }: { readonly providers: readonly Row[] }) {
  return (
    <Panel title="Providers" flush>
      <Columns label="Providers" columns={COLUMNS} rows={providers} keyOf={({ provider }) => provider} />
    </Panel>
  );
}
