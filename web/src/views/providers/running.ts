import type { Provider } from '../../api/types.ts';
import { useLive } from '../../live/store.ts';
import { progressOf } from '../../api/standing.ts';

const DOWN: readonly string[] = ['absent', 'stopped', 'failed', 'backoff'];

/** Its process is running, or about to. */
export const isUp = ({ process }: Provider): boolean =>
  process !== undefined && !DOWN.includes(process.state);

/** Its program's output while it installs or starts; undefined otherwise. */
export function useProgress(provider: Provider): string | undefined {
  const told = useLive((live) => live.progress[provider.name]?.line);
  const state = provider.process?.state;
  if (state !== 'installing' && state !== 'starting') return undefined;
  return told ?? progressOf(provider) ?? provider.process?.reason;
}
