import type { Share } from './shares.ts';

/** px; a row of the list beside it */
const ROW = 36;
const WIDTH = 72;
const THINNEST = 1.5;
const THICKEST = 14;

/**
 * One track that branches off to each target, as thick as its share. Decoration: the list beside it has the numbers.
 */
export function Tracks({ shares }: { readonly shares: readonly Share[] }) {
  const height = shares.length * ROW;
  const thickness = shares.map(({ share }) => Math.max(THINNEST, share * THICKEST));
  const whole = thickness.reduce((sum, width) => sum + width, 0);
  const from = height / 2 - whole / 2;
  const starts = thickness.map(
    (_, row) => from + thickness.slice(0, row).reduce((sum, width) => sum + width, 0),
  );
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${height}`}
      width={WIDTH}
      height={height}
      className="shrink-0"
    >
      {shares.map(({ target }, row) => {
        const width = thickness[row] as number;
        const y = (starts[row] as number) + width / 2;
        const end = row * ROW + ROW / 2;
        return (
          <path
            key={target}
            d={`M0 ${y} H14 C38 ${y} 34 ${end} 60 ${end} H66`}
            fill="none"
            stroke={`var(--track-${(row % 6) + 1})`}
            strokeWidth={width}
            strokeLinecap="butt"
          />
        );
      })}
    </svg>
  );
}
