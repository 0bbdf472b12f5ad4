import type { Provider } from '../../api/types.ts';
import { useLive } from '../../live/store.ts';
import { progressOf } from '../../api/standing.ts';

const DOWN: readonly string[] = ['absent', 'stopped', 'failed', 'backoff'];

/** Its process is there, or is about to be. */
export const isUp = ({ process }: Provider): boolean =>
  process !== undefined && !DOWN.includes(process.state);

/** What it says of itself while it installs or starts; undefined while it does neither. */
export function useProgress(provider: Provider): string | undefined {
  const told = useLive((live) => live.progress[provider.name]?.line);
  const state = provider.process?.state;
  if (state !== 'installing' && state !== 'starting') return undefined;
  return told ?? progressOf(provider) ?? provider.process?.reason;
}
