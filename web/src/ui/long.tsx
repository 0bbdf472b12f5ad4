import type { ReactNode } from 'react';
import { useWindow, type RowProps } from './use-window.ts';

interface Props {
  readonly count: number;
  /** px of a row, about */
  readonly height: number;
  readonly className?: string;
  /** as in `useWindow`: for a list that grows at its end */
  readonly keyOf?: (index: number) => number | string;
  /** the row at a place, with a key of its own; the props are for its element */
  readonly children: (index: number, row: RowProps) => ReactNode;
}

/** A list that renders only its visible rows, where it is long. */
export function LongList({ count, height, className, keyOf, children }: Props) {
  const { list, rows, after } = useWindow<HTMLUListElement>({ count, height, of: 'list', keyOf });
  return (
    <ul ref={list} className={className}>
      {rows.flatMap(({ index, props, gap }) => [
        <Gap key={`before ${index}`} height={gap} />,
        children(index, props),
      ])}
      <Gap height={after} />
    </ul>
  );
}

/** The body of such a table. */
export function LongBody({ count, height, className, keyOf, children }: Props) {
  const { list, rows, after } = useWindow<HTMLTableSectionElement>({ count, height, of: 'table', keyOf });
  return (
    <tbody ref={list} className={className}>
      {rows.flatMap(({ index, props, gap }) => [
        <GapRow key={`before ${index}`} height={gap} />,
        children(index, props),
      ])}
      <GapRow height={after} />
    </tbody>
  );
}

interface GapProps {
  readonly height: number;
}

/** The space of rows that are not rendered. */
function Gap({ height }: GapProps) {
  if (height <= 0) return null;
  return <li aria-hidden="true" style={{ height, padding: 0 }} />;
}

function GapRow({ height }: GapProps) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td style={{ height, padding: 0 }} />
    </tr>
  );
}
