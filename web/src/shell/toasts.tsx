import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Lamp } from '../ui/signal.tsx';
import { dismiss, useToasts } from './toast.ts';

/** Recent notifications. The region exists from the start, or screen readers would miss the first. */
export function Toasts() {
  const toasts = useToasts();
  return (
    <div
      role="status"
      aria-live="polite"
      aria-label="Notifications"
      className="pointer-events-none fixed right-3 bottom-16 z-60 grid w-[min(24rem,calc(100vw-1.5rem))] gap-2 md:bottom-3"
    >
      {toasts.map(({ id, tone, title, detail }) => (
        <div
          key={id}
          className="pointer-events-auto flex items-start gap-2.5 rounded-lg border bg-raised p-3 shadow-lift"
        >
          <span className="mt-1">
            <Lamp tone={tone} />
          </span>
          <div className="min-w-0 flex-1">
            <p className="font-medium">{title}</p>
            {detail !== undefined && <p className="text-ink-soft [overflow-wrap:anywhere]">{detail}</p>}
          </div>
          <IconButton small label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
