import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { LongBody } from './long.tsx';
import { Scroller } from './scroller.tsx';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** numbers are aligned right */
  readonly isNumber?: boolean;
  /** on narrow screens it is left out */
  readonly isExtra?: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

/** px of a row */
const HEIGHT = 33;

/** A table with the name of the row in its first column. */
export function Columns<Row>({ label, columns, rows, keyOf }: Props<Row>) {
  const look = ({ isNumber = false, isExtra = false }: Column<Row>): string =>
    classes(
      'px-2 py-1.5 first:pl-3 last:pr-3',
      isNumber ? 'text-right whitespace-nowrap' : 'text-left',
      isExtra && 'hidden md:table-cell',
    );
  return (
    <Scroller label={label} className="overflow-x-auto border-t">
      <table aria-label={label} aria-rowcount={rows.length + 1} className="w-full">
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={classes('eyebrow', look(column))}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <LongBody count={rows.length} height={HEIGHT}>
          {(at, place) => {
            const row = rows[at] as Row;
            return (
              <tr key={keyOf(row)} {...place} className="border-t">
                {columns.map((column, index) =>
                  index === 0 ? (
                    <th
                      key={column.head}
                      scope="row"
                      className={classes('min-w-32 font-medium [overflow-wrap:anywhere]', look(column))}
                    >
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.head} className={look(column)}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            );
          }}
        </LongBody>
      </table>
    </Scroller>
  );
}
