import type { ReactNode } from 'react';

interface Props {
  /** its accessible name */
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** A region that scrolls by itself, also by keyboard. */
export function Scroller({ label, className, children }: Props) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without the focus no key would scroll it
    <div role="region" aria-label={label} tabIndex={0} className={className}>
      {children}
    </div>
  );
}
