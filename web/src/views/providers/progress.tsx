import type { Provider } from '../../api/types.ts';
import { duration } from '../../format/numbers.ts';
import { instant } from '../../format/time.ts';
import { useLive } from '../../live/store.ts';
import { Lamp } from '../../ui/signal.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useProgress } from './running.ts';

/** The progress of an installation or a start, in the program's own words. */
export function Progress({ provider }: { readonly provider: Provider }) {
  const line = useProgress(provider);
  const since = useLive((live) => live.progress[provider.name]?.since) ?? provider.process?.since;
  const now = useNow(line === undefined ? 0 : 1_000);
  return (
    <div role="status" aria-label="Progress">
      {line !== undefined && (
        <p className="mb-4 flex items-center gap-2.5 rounded-md bg-busy-soft px-3 py-2 text-busy">
          <Lamp tone="busy" />
          <span className="min-w-0 flex-1 font-mono text-xs break-all">{line}</span>
          {since !== undefined && (
            <span aria-hidden="true" className="text-xs">
              {duration(Math.max(0, Math.floor((now - instant(since)) / 1_000) * 1_000))}
            </span>
          )}
        </p>
      )}
    </div>
  );
}
