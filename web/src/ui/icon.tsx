import { classes } from './classes.ts';

/** Drawn on 16 × 16, as lines. */
const PATHS = {
  overview: 'M2 12h3l2-8 3 9 1.5-4H14',
  providers: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  chat: 'M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z',
  requests: 'M2.5 4h11M2.5 8h8M2.5 12h5',
  balancing: 'M2 8h4l3-4h5M6 8l3 4h5',
  statistics: 'M3 13V8M8 13V3M13 13V6',
  usage:
    'M8 2v12M11 4.5c-.6-1-1.700-1.500-3-1.500-1.800 0-3 .9-3 2.300 0 3.200 6.300 1.500 6.300 5 0 1.400-1.300 2.400-3.300 2.400-1.500 0-2.800-.6-3.400-1.700',
  nodes: 'M6 2h4v4H6zM1.5 10h4v4h-4zM10.5 10h4v4h-4zM8 6v2M3.5 10V8h9v2',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14',
  start: 'M5 3.2v9.6L13 8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  close: 'm4 4 8 8M12 4l-8 8',
  down: 'm4 6 4 4 4-4',
  right: 'm6 4 4 4-4 4',
  check: 'm3 8.5 3.2 3.2L13 5',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  screen: 'M2 3.5h12v7.5H2zM6 13.5h4M8 11v2.5',
  key: 'M10 9.5A3.5 3.5 0 1 0 7 7.8L2.5 12.3V13.5H5V12h1.5v-1.5L8 9M10.8 5.2h.01',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M2.5 10h11M6.5 3v10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  test: 'M6 2.5h4M7 2.5V6l-3.5 6.5h9L9 6V2.5',
  picture: 'M2.5 3h11v10h-11zM5.5 6.5h.01M3 12l3.5-3.5 2.5 2.5 2-2 2.5 2.5',
  sliders: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.5v3M6 9.5v3',
  logs: 'M3 3.5h10M3 6.5h7M3 9.5h10M3 12.5h5',
  leave: 'M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: its meaning is in the text beside it. */
export function Icon({ name, className }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={classes('size-4 shrink-0', className)}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
