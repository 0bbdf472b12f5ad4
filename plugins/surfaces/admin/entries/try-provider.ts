import type { Host } from '../../../../core/contracts/index.ts';
import type { Trial } from '../answers/entries.ts';
import { asRequestError, invalid } from './invalid.ts';
import type { Change, ProviderEntries } from './provider-entries.ts';
import { entryBody, nameIn } from './read-entry.ts';
import { trialOf } from './trial.ts';

/**
 * `POST /providers/test`: tests a provider with a change: asks for its list of models with each of its keys and, with
 * `model`, for one short chat, which costs money. Nothing is stored.
 */
export function tryProviders(host: Host, entries: ProviderEntries): void {
  host.app.post('/providers/test', (request) => {
    const { model, ...said } = entryBody(request);
    if (model !== undefined && (typeof model !== 'string' || model === ''))
      throw invalid('model', "'model' must be the name of a model, for a short chat with it");
    const name = nameIn(said, 'provider');
    return tried(host, entries.tried(said, name), name, model);
  });
}

async function tried(host: Host, change: Change, name: string, model?: string): Promise<Trial> {
  const { upstream, close } = await host.tryProvider(change, name).catch(asRequestError);
  try {
    return await trialOf(upstream, host.gateway, model);
  } finally {
    close();
    await upstream.provider.close?.();
  }
}
