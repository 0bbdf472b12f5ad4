import { useLive } from '../live/store.ts';
import { Lamp } from '../ui/signal.tsx';
import { useNow } from '../ui/use-now.ts';

// ms; a blip is nobody's concern.
const GRACE = 1_000;

/** Says so while the gateway cannot be heard: what is shown is then what was. */
export function ConnectionBanner() {
  const connection = useLive((live) => live.connection);
  const lostAt = useLive((live) => live.lostAt);
  const now = useNow(lostAt === undefined ? 0 : 500);
  const silence = lostAt === undefined ? 0 : Math.max(0, now - lostAt);
  const told = connection === 'lost' && silence < GRACE ? undefined : TOLD[connection];
  return (
    <div role="status" aria-live="polite">
      {told !== undefined && (
        <p className="flex flex-wrap items-center gap-x-2 border-b bg-warn-soft px-4 py-1.5 text-warn">
          <Lamp tone="busy" />
          <strong className="font-semibold">{told[0]}</strong>
          <span>{told[1]}</span>
          {connection !== 'absent' && (
            // Not read out each second.
            <span aria-hidden="true" className="ml-auto">
              {Math.floor(silence / 1_000)} s
            </span>
          )}
        </p>
      )}
    </div>
  );
}

const RECONNECTING = 'Reconnecting … What you see is how it was.';

const TOLD: Readonly<Record<string, readonly [what: string, then: string]>> = {
  restarting: ['The gateway is restarting.', RECONNECTING],
  lost: ['The gateway does not answer.', RECONNECTING],
  absent: [
    'Live events are switched off in this gateway.',
    'What you see is asked for again every few seconds.',
  ],
};
