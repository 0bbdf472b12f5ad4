/** Callers of chat completions, answered by a provider that only has Anthropic's API. */
import OpenAI from 'openai-7';
import type { Test } from 'tap';
import type { StandIn } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';

export const MESSAGES = 'POST /v1/messages';
export const user = (content: unknown) => ({ role: 'user', content });
export const HI = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

export async function before(t: Test, server: StandIn) {
  const options = {
    use: 'anthropic',
    baseUrl: `${server.url}/v1`,
    apiKey: 'sk-ant-of-the-gateway',
    models: { m: 'claude-own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 }) };
}
