import type { State } from '../api/types.ts';
import { stateWords } from '../format/words.ts';
import { classes } from './classes.ts';
import { SURFACE, TEXT, toneOf, type Tone } from './tone.ts';

/** A status light. Each tone has a shape of its own, for people who cannot tell the colours apart. */
export function Lamp({ tone }: { readonly tone: Tone }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className={classes('size-2.5 shrink-0', TEXT[tone])}>
      {shapes[tone]}
    </svg>
  );
}

const shapes = {
  well: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  busy: (
    <path
      d="M5 1a4 4 0 1 1-4 4"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      className="origin-center animate-spin"
    />
  ),
  warn: <path d="M5 .8 9.5 9.2H.5z" fill="currentColor" />,
  bad: <path d="M1 1h8v8H1z" fill="currentColor" />,
  off: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
} as const;

/** The state of a provider: light and word. */
export function StateBadge({ state }: { readonly state: State }) {
  const tone = toneOf(state);
  return (
    <span className={classes('inline-flex items-center gap-1.5 font-medium', TEXT[tone])}>
      <Lamp tone={tone} />
      {stateWords(state)}
    </span>
  );
}

/** A short word on a background of its tone. */
export function Tag({
  tone = 'off',
  children,
}: {
  readonly tone?: Tone;
  readonly children: React.ReactNode;
}) {
  return (
    <span
      className={classes(
        'inline-flex min-h-5 max-w-full items-center gap-1 rounded px-1.5 text-2xs font-semibold',
        SURFACE[tone],
      )}
    >
      {children}
    </span>
  );
}
