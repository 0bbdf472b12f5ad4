interface Props {
  readonly label: string;
  readonly value: string;
  /** in small letters below it */
  readonly more: string;
}

/** One number of a list of totals. */
export function Total({ label, value, more }: Props) {
  return (
    <div className="bg-raised px-3 py-2">
      <dt className="eyebrow">{label}</dt>
      <dd>
        <span className="text-xl font-semibold tracking-tight">{value}</span>
        <span className="block min-h-4 text-xs text-ink-soft">{more}</span>
      </dd>
    </div>
  );
}
