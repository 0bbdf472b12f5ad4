/** Callers of Anthropic's API, answered by a provider that only has chat completions. */
import Anthropic from '@anthropic-ai/sdk';
import type { Test } from 'tap';
import type { StandIn } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';

export const ASKED = { model: 'm', max_tokens: 99, messages: [{ role: 'user' as const, content: 'hi' }] };

export async function before(t: Test, server: StandIn) {
  const options = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 }) };
}
