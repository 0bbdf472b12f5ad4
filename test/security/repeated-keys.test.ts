/** An upstream that repeats what it was sent, as some servers do in their errors. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { startSwitchyard } from '../switchyard.ts';

const PLANTED = /planted-[a-z]+-key/g;

type Says = (request: IncomingMessage, response: ServerResponse) => void;

async function echoing(t: Test, says: Says) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    await request.toArray();
    if (request.method === 'POST' || request.url?.includes('/files'))
      seen.push(`${request.url} ${JSON.stringify(request.headers)}`);
    says(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  const lab = (user: string) => ({
    use: 'openai-compatible',
    baseUrl: `http://${user}127.0.0.1:${port}/v1?api_key=planted-query-key`,
  });
  const switchyard = await startSwitchyard(t, {
    providers: {
      lab: {
        ...lab(''),
        apiKey: 'planted-provider-key',
        headers: { 'x-team-token': 'planted-team-key' },
        models: { m: 'm' },
      },
      basic: { ...lab('me:planted-user-key@'), models: { b: 'b' } },
    },
    retry: { again: 0 },
    breaker: { failures: 1000, minimum: 1000 },
  });
  return { switchyard, seen };
}

const told = ({ url, headers }: IncomingMessage): string => {
  const basic = /^Basic (.*)/.exec(headers.authorization ?? '')?.[1] ?? '';
  return JSON.stringify({
    error: {
      message: `Route ${url} not found for ${headers.authorization} ${headers['x-team-token'] ?? ''}, ${atob(basic)}`,
    },
  });
};

const WAYS: Record<string, Says> = {
  'in a refusal': (request, response) =>
    response.writeHead(401, { 'content-type': 'application/json' }).end(told(request)),
  'in one that another may mend': (request, response) => response.writeHead(500).end(told(request)),
  'in an error that is no refusal': (request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(told(request)),
  'in what is not JSON': (request, response) => response.writeHead(200).end(`<p>${told(request)}`),
  'in a redirect': (request, response) =>
    response.writeHead(308, { location: `https://elsewhere.example${request.url}` }).end(),
  'in an error of a stream': (request, response) => {
    const event = (data: string) => `data: ${data}\n\n`;
    const content = JSON.stringify({ choices: [{ index: 0, delta: { content: 'Hi' } }] });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event(content));
    response.end(event(told(request)));
  },
};

/** What a file holds is not looked through. */
const isRefused = (way: string): boolean => /refusal$|mend|redirect/.test(way) && !way.includes('no refusal');

for (const [way, says] of Object.entries(WAYS))
  t.test(`a provider's key is not passed on ${way}`, async (t) => {
    const { switchyard, seen } = await echoing(t, says);
    const texts: string[] = [];
    for (const model of ['m', 'b'])
      for (const stream of [false, true]) {
        const { headers, text } = await switchyard.chat({ model, stream });
        texts.push(JSON.stringify(headers) + text);
      }
    const { headers, text } = await switchyard.ask('/v1/files?provider=lab');
    if (isRefused(way)) texts.push(JSON.stringify(headers) + text);
    texts.push(JSON.stringify(await switchyard.traces(5)), switchyard.log.join(''));
    texts.push((await switchyard.ask('/providers')).text, (await switchyard.ask('/health')).text);
    t.same(
      new Set(seen.join(' ').match(PLANTED)),
      new Set(['planted-query-key', 'planted-provider-key', 'planted-team-key']),
      'it had them',
    );
    t.same([...new Set(texts.join(' ').match(PLANTED))], []);
  });
