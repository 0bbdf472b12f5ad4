/** Callers of the Responses API, answered by a provider that only has chat completions. */
import OpenAI from 'openai-7';
import type { Test } from 'tap';
import type { StandIn } from '../../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../../switchyard.ts';

export async function before(t: Test, server: StandIn, config: object = {}) {
  const options = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: { server: options },
    ...config,
  });
  const client = new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 });
  return { switchyard, client };
}
