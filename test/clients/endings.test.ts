// How streams of every protocol end badly, as the official SDK of every other one sees it.
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { CLIENTS, type Ask } from './sdk-clients.ts';
import { PROTOCOLS, pieces, type Provided } from './speaking.ts';

/** What the upstream does with each stream, in turn; the last for ever. */
type Ending = 'cut at once' | 'error at once' | 'cut' | 'error' | 'whole';

const PROVIDERS: readonly Provided[] = ['chat', ...PROTOCOLS];
const SAID = 'It will rain in Paris, and nowhere else.';

async function start(t: Test, spoken: readonly (readonly [Provided, Ending])[]) {
  const asked: string[] = [];
  const providers: Record<string, object> = {};
  for (const [nth, [protocol, ending]] of spoken.entries()) {
    const server = createServer(async (request, response) => {
      await request.toArray();
      asked.push(protocol);
      end(response, protocol, ending);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => (server.closeAllConnections(), server.close()));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    providers[`p${nth}`] = { use: 'openai-compatible', baseUrl, surfaces: [protocol], models: { m: 'm' } };
  }
  const targets = Object.keys(providers).map((provider) => ({ provider }));
  const switchyard = await startSwitchyard(t, {
    providers,
    models: { m: { strategy: { use: 'round-robin' }, targets } },
    retry: { again: 0 },
  });
  return { switchyard, asked };
}

function end(response: ServerResponse, protocol: Provided, ending: Ending): void {
  const { type, events, error } = pieces(protocol, { content: SAID });
  response.writeHead(200, { 'content-type': type });
  const said = ending.endsWith('at once') ? [] : events.slice(0, Math.ceil(events.length * 0.6));
  if (ending === 'whole') response.end(Buffer.concat(events));
  else if (ending.startsWith('error')) response.end(Buffer.concat([...said, error]));
  else {
    response.flushHeaders();
    response.write(Buffer.concat(said), () => response.socket?.destroySoon());
  }
}

const told = (ask: Ask, { url }: Switchyard): Promise<unknown> =>
  ask(url, true).then(
    (answer) => answer,
    (error: Error) => error,
  );

/** One that is not preferred: those with the caller's own API are. */
function another(provider: Provided, client: string): Provided {
  const own = client === 'ollama' ? 'ollama-chat' : client;
  const others = PROVIDERS.filter((one) => one !== provider && one !== own);
  return others[PROVIDERS.indexOf(provider) % others.length] as Provided;
}

for (const [client, ask] of Object.entries(CLIENTS))
  for (const provider of PROVIDERS) {
    t.test(
      `${client} with a provider of ${provider}: what breaks behind its first words throws`,
      async (t) => {
        for (const ending of ['cut', 'error'] as const) {
          const { switchyard, asked } = await start(t, [[provider, ending]]);
          const error = await told(ask, switchyard);
          t.ok(error instanceof Error, `${ending}: ${JSON.stringify(error)}`);
          t.strictSame(asked, [provider]);
          t.match((await switchyard.trace()).ending, /cut|error/, ending);
        }
      },
    );

    t.test(
      `${client} with a provider of ${provider}: what breaks before them is answered by another`,
      async (t) => {
        for (const ending of ['cut at once', 'error at once'] as const) {
          const other = another(provider, client);
          const { switchyard, asked } = await start(t, [
            [provider, ending],
            [other, 'whole'],
          ]);
          t.match(await told(ask, switchyard), { text: SAID }, `${ending}, then ${other}`);
          t.strictSame(asked, [provider, other]);
        }
      },
    );
  }
