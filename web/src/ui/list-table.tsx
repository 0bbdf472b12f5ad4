import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface Props {
  readonly label: string;
  readonly heads: readonly string[];
  /** what the last column's buttons do; its header shows no text */
  readonly action: string;
  readonly actionClass: string;
  /** rows */
  readonly children: ReactNode;
}

/** A table of named things, a row each. On narrow screens all of a row but its buttons stands below its name. */
export function ListTable({ label, heads, action, actionClass, children }: Props) {
  return (
    <table className="w-full border-collapse border-t text-left" aria-label={label}>
      <thead className="hidden lg:table-header-group">
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col" className="eyebrow px-3 py-1.5">
              {head}
            </th>
          ))}
          <th scope="col" className={actionClass}>
            <span className="sr-only">{action}</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y border-t">{children}</tbody>
    </table>
  );
}

interface NameCellProps {
  readonly name: string;
  /** beside the name */
  readonly tags: ReactNode;
  /** below it */
  readonly children: ReactNode;
}

/** The first cell of a row. */
export function NameCell({ name, tags, children }: NameCellProps) {
  return (
    <th scope="row" className="px-3 py-2 align-top font-normal [overflow-wrap:anywhere] lg:min-w-40">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{name}</span>
        {tags}
      </span>
      {children}
    </th>
  );
}

/** A cell that narrow screens do not show. */
export function WideCell({
  className,
  children,
}: {
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return <td className={classes('hidden px-3 py-2 align-top lg:table-cell', className)}>{children}</td>;
}

/** The last cell of a row. */
export function ActionCell({ children }: { readonly children: ReactNode }) {
  return <td className="px-3 py-2 text-right align-top">{children}</td>;
}
