import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** one sentence of what the view is for */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

/** A view's heading: its name, which is also the tab's title, and the target of the focus on navigation. */
export function ViewHeader({ title, lead, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Switchyard`;
    // On the first load the focus belongs to the browser.
    if (hasNavigated()) heading.current?.focus({ preventScroll: true });
    arrived = true;
  }, [title]);
  return (
    <header className="mb-4 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
      <div>
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight">
          {title}
        </h1>
        {lead !== undefined && <p className="text-ink-soft">{lead}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

let arrived = false;
const hasNavigated = (): boolean => arrived;
