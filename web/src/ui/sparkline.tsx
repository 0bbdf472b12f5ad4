interface Props {
  readonly values: readonly number[];
  /** how many places there are, filled from the right */
  readonly places: number;
}

const HEIGHT = 24;

/** A row of numbers as bars, newest at the right. Decoration: the number itself is beside it. */
export function Sparkline({ values, places }: Props) {
  const most = Math.max(1, ...values);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${places * 2} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-6 w-full text-accent"
    >
      {values.map((value, index) => {
        const height = value === 0 ? 0.75 : Math.max(1.5, (value / most) * HEIGHT);
        return (
          <rect
            key={index}
            x={(places - values.length + index) * 2}
            y={HEIGHT - height}
            width="1.4"
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 1}
          />
        );
      })}
    </svg>
  );
}
