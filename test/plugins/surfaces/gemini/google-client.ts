import { GoogleGenAI } from '@google/genai';
import type { Test } from 'tap';
import { startStandIn, type Reply, type StandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';

export interface Asked {
  readonly server: StandIn;
  readonly switchyard: Switchyard;
  readonly google: GoogleGenAI;
}

/** Google's own SDK, whose model `m` is answered by a server of that kind. */
export async function googleBefore(
  t: Test,
  replies: Record<string, Reply>,
  provider: Record<string, unknown> = { use: 'openai-compatible', surfaces: ['chat'] },
  version = '/v1',
): Promise<Asked> {
  const server = await startStandIn(t, replies);
  const providers = {
    server: {
      baseUrl: `${server.url}${version}`,
      apiKey: 'the-gateways-own',
      models: { m: 'own' },
      ...provider,
    },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers });
  return { server, switchyard, google: clientOf(switchyard) };
}

export const clientOf = ({ url }: Pick<Switchyard, 'url'>, apiKey = 'a-callers-key'): GoogleGenAI =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } });
