import { changesOf, type Change } from '../../../core/changes.ts';
import { shown } from '../../../core/config/path.ts';
import { redactAt } from '../../../core/config/redact.ts';
import type { Host } from '../../../core/contracts.ts';
import type { Unsent } from '../../../core/contracts/answers.ts';
import { reload } from '../../../core/reload.ts';
import { saveOverrides } from '../../../core/save-overrides.ts';
import type { Settings } from '../../../core/settings.ts';
import type { ConfigDiff, ConfigSaved, OverridesUndone } from './answers/balancing.ts';

/** What holds instead of the config's word: told, written into the file, or undone; and the file read anew. */
export function configChanges({ app, yard }: Host): void {
  const { settings } = yard;
  app.get('/config/diff', (): Unsent<ConfigDiff> => ({
    file: settings.loaded.kept?.file ?? null,
    changes: changesOf(settings).map((change) => told(change, settings)),
  }));
  app.post('/config/save', async (): Promise<ConfigSaved> => {
    const { file, changes } = await saveOverrides(yard);
    return { file, changes: changes.length, success: true, timestamp: Date.now() / 1000 };
  });
  app.post('/config/reload', async () => ({
    ...(await reload(yard)),
    timestamp: Date.now() / 1000,
  }));
  app.delete('/config/overrides', async (): Promise<OverridesUndone> => {
    let changes = 0;
    await yard.override(() => {
      changes = changesOf(settings).length;
      return {};
    });
    return { changes, success: true, timestamp: Date.now() / 1000 };
  });
}

function told({ path, file, standard, now }: Change, { loaded: { schema } }: Settings) {
  const hidden = (value: unknown): unknown => redactAt(value, path, schema);
  return {
    path: shown(path),
    file: file === undefined ? null : hidden(file),
    ...(file === undefined && standard !== undefined ? { default: hidden(standard) } : {}),
    now: hidden(now),
  };
}
