import type { Gateway, Overrides } from '../../core/contracts/index.ts';
import { type ConfigSnapshot, snapshotOf } from '../read.ts';
import type { LoadedSettings } from './running.ts';

/** What is in force in the main thread, for the others. */
export interface SettingsOfMain {
  readonly overrides: Overrides;
  /** what was read from files */
  readonly config: ConfigSnapshot | undefined;
  /** names of the providers that there are */
  readonly found: readonly string[];
}

export const settingsOfMain = (
  { overrides, filed }: Pick<LoadedSettings, 'overrides' | 'filed'>,
  upstreams: Gateway['upstreams'],
): SettingsOfMain => ({
  overrides: overrides.value,
  config: snapshotOf(filed),
  found: [...upstreams.keys()],
});
