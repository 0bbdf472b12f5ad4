import { useOutage } from '../live/connection.ts';
import { Lamp } from '../ui/signal.tsx';

/** A message while the connection is lost: the page shows old data then. */
export function ConnectionBanner() {
  const outage = useOutage();
  const told = outage && TOLD[outage.connection];
  return (
    <div role="status" aria-live="polite">
      {told !== undefined && (
        <p className="flex flex-wrap items-center gap-x-2 border-b bg-warn-soft px-4 py-1.5 text-warn">
          <Lamp tone="busy" />
          <strong className="font-semibold">{told[0]}</strong>
          <span>{told[1]}</span>
          {outage?.connection !== 'absent' && (
            // Not read out each second.
            <span aria-hidden="true" className="ml-auto">
              {Math.floor((outage?.silence ?? 0) / 1_000)} s
            </span>
          )}
        </p>
      )}
    </div>
  );
}

const RECONNECTING = 'Reconnecting … This page shows the last known state.';

const TOLD = {
  restarting: ['The gateway has stopped, or restarts.', RECONNECTING],
  lost: ['The gateway does not answer.', RECONNECTING],
  absent: [
    'Live events are switched off in this gateway.',
    'This page is refreshed every few seconds instead.',
  ],
} as const;
