interface Props {
  readonly text: string;
  /** it still reasons */
  readonly isOpen: boolean;
}

/** The reasoning before the answer, collapsed. */
export function Reasoning({ text, isOpen }: Props) {
  return (
    <details className="rounded-md border bg-ground">
      <summary className="cursor-pointer px-3 py-1 text-xs font-medium text-ink-soft">
        {isOpen ? 'Reasoning …' : 'Reasoning'}
      </summary>
      <p className="border-t px-3 py-2 text-ink-soft [overflow-wrap:anywhere] whitespace-pre-wrap">{text}</p>
    </details>
  );
}
