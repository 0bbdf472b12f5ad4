import { Link } from '@tanstack/react-router';
import type { Statistics } from '../../api/types.ts';
import { count } from '../../format/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Columns, type Column } from '../../ui/columns.tsx';
import { ShareBar } from './share-bar.tsx';

type Row = Statistics['models'][number];

const COLUMNS: readonly Column<Row>[] = [
  {
    head: 'Model',
    cell: ({ model }) => (
      <Link to="/requests" search={{ model }} className="hover:underline">
        {model}
      </Link>
    ),
  },
  { head: 'Share', cell: ({ share }) => <ShareBar share={share} colour="var(--track-3)" /> },
  { head: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
  { head: 'Errors', isNumber: true, cell: ({ errors }) => count(errors) },
];

/** The requested models. */
export function Models({ models }: { readonly models: readonly Row[] }) {
  return (
    <Panel title="Models" flush>
      <Columns label="Models" columns={COLUMNS} rows={models} keyOf={({ model }) => model} />
    </Panel>
  );
}
