import type { ReactNode } from 'react';
import { useWindow, type RowProps } from './use-window.ts';

interface Props {
  readonly count: number;
  /** px of a row, about */
  readonly height: number;
  readonly className?: string;
  /** the row at a place; the props are for its element */
  readonly children: (index: number, row: RowProps) => ReactNode;
}

/** A list of which only what is seen is drawn, where it is long. */
export function LongList({ count, height, className, children }: Props) {
  const { list, rows, before, after } = useWindow<HTMLUListElement>({ count, height, of: 'list' });
  return (
    <ul ref={list} className={className} style={{ paddingTop: before, paddingBottom: after }}>
      {rows.map(({ index, props }) => children(index, props))}
    </ul>
  );
}

/** The body of such a table. */
export function LongBody({ count, height, className, children }: Props) {
  const { list, rows, before, after } = useWindow<HTMLTableSectionElement>({ count, height, of: 'table' });
  return (
    <tbody ref={list} className={className}>
      <Spacer height={before} />
      {rows.map(({ index, props }) => children(index, props))}
      <Spacer height={after} />
    </tbody>
  );
}

/** The place of rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td style={{ height, padding: 0 }} />
    </tr>
  );
}
