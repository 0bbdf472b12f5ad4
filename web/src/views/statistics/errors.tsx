import type { Statistics } from '../../api/types.ts';
import { count } from '../../format/numbers.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { Columns, type Column } from '../../ui/columns.tsx';
import { ShareBar } from './share-bar.tsx';

type Row = Statistics['errors'][number] & { readonly share: number };

const COLUMNS: readonly Column<Row>[] = [
  { head: 'Kind', cell: ({ kind }) => <code className="font-mono text-xs">{kind}</code> },
  { head: 'Share', cell: ({ share }) => <ShareBar share={share} colour="var(--bad)" /> },
  { head: 'Count', isNumber: true, cell: (row) => count(row.count) },
];

/** Errors by kind: the codes are those of docs/errors.md. */
export function Errors({ errors }: Pick<Statistics, 'errors'>) {
  const all = errors.reduce((sum, one) => sum + one.count, 0);
  const rows = errors.map((one) => ({ ...one, share: one.count / all }));
  return (
    <Panel title="Errors by kind" flush>
      {rows.length === 0 ? (
        <Empty title="No errors." />
      ) : (
        <Columns label="Errors by kind" columns={COLUMNS} rows={rows} keyOf={({ kind }) => kind} />
      )}
    </Panel>
  );
}
