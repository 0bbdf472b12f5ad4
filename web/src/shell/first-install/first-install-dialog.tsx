import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useWaiting } from './first-install.ts';
import { Notes } from './notes.tsx';

/** Asks before a third-party program is fetched for the first time, whichever view started that. */
export function FirstInstallDialog() {
  const waiting = useWaiting();
  if (!waiting) return null;
  const {
    provider: { name, process, lacks },
    answer,
  } = waiting;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || answer(false)}
      title={`Install ${name}?`}
      description="It is not installed yet. You are asked once for each program."
    >
      <div className="grid gap-4">
        {process && <Notes program={process} />}
        {lacks.length > 0 && (
          <p className="text-ink-soft [overflow-wrap:anywhere]">
            It can be installed now. To run, it also needs: {lacks.join('; ')}.
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={() => answer(false)}>Not now</Button>
          <Button look="primary" onClick={() => answer(true)}>
            Install it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
