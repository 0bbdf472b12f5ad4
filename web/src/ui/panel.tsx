import { useId, type ReactNode } from 'react';
import { classes } from './classes.ts';

interface Props {
  readonly title: string;
  /** beside the title: numbers, buttons */
  readonly aside?: ReactNode;
  readonly className?: string;
  /** for tables and charts, which bring their own edges */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A part of a view: a region with its heading. */
export function Panel({ title, aside, className, flush = false, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classes('min-w-0 rounded-lg border bg-raised', className)}>
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-3 py-1.5">
        <h2 id={id} className="eyebrow">
          {title}
        </h2>
        {aside}
      </header>
      <div className={flush ? '' : 'px-3 pb-3'}>{children}</div>
    </section>
  );
}

interface FactProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
  /** on wide screens the column's header shows it */
  readonly isNamedAbove?: boolean;
  /** a text of any length, on lines of its own */
  readonly isLong?: boolean;
}

/** A number with its name. Stands in a `<dl>`. */
export function Fact({ label, children, className, isNamedAbove = false, isLong = false }: FactProps) {
  return (
    <div className={classes('min-w-0', isLong && 'col-span-full', className)}>
      <dt className={classes('eyebrow truncate', isNamedAbove && 'lg:sr-only')}>{label}</dt>
      <dd className={classes('text-sm font-medium', isLong ? '[overflow-wrap:anywhere]' : 'truncate')}>
        {children}
      </dd>
    </div>
  );
}
