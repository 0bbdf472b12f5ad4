import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import { testProviders } from './suite.ts';
import { wantsSuite } from './suite/options.ts';

/**
 * `POST /v1/test`: one short chat, to see whether a model answers. `message`, `provider` and `model` in the query or in
 * the body, which takes precedence. It goes the way of every request; a refusal there is the same refusal here. With
 * `suite: true` it is the provider test suite.
 */
export function testChat(host: Host): void {
  host.app.post('/v1/test', (request, reply) =>
    wantsSuite(request) ? testProviders(request, reply, host) : shortChat(request, reply, host),
  );
}

async function shortChat(request: FastifyRequest, reply: FastifyReply, { app }: Host): Promise<unknown> {
  const { message, model, provider } = readQuestion(request);
  const pin = provider === undefined ? '' : `?provider=${encodeURIComponent(provider)}`;
  const { host, authorization, 'x-api-key': own, 'api-key': azure } = request.headers;
  const answer = await app.inject({
    method: 'POST',
    url: `${app.prefix}/v1/chat/completions${pin}`,
    remoteAddress: request.ip,
    headers: clean({
      host,
      authorization,
      'x-api-key': own,
      'api-key': azure,
      'content-type': 'application/json',
    }),
    payload: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: message }] }),
  });
  const signed = Object.entries(answer.headers).filter(([name]) => /^x-|^retry-after$/.test(name));
  reply.headers(Object.fromEntries(signed));
  if (answer.statusCode !== 200)
    return reply.code(answer.statusCode).type('application/json; charset=utf-8').send(answer.body);
  const said = answer.json<{ choices?: { message?: { content?: string | null } }[] }>();
  return {
    test_message: message,
    provider_used: answer.headers['x-switchyard-provider'],
    model_used: answer.headers['x-switchyard-model'],
    response: said.choices?.[0]?.message?.content ?? '',
    timestamp: Date.now() / 1000,
  };
}

interface Question {
  readonly message: string;
  readonly model: string;
  readonly provider: string | undefined;
}

function readQuestion(request: FastifyRequest): Question {
  const said = { ...(request.query as Record<string, unknown>), ...readObject(request) };
  const { message = 'Hello, AI!', model = 'gpt-3.5-turbo', provider: named } = said;
  // An empty field of a form counts as absent.
  const provider = named === null || named === '' ? undefined : named;
  for (const [name, value] of Object.entries({ message, model, provider }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new GatewayError('invalid_request', `'${name}' must be a text`, { param: name });
  return { message, model, provider } as Question;
}

function clean(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((pair): pair is [string, string | string[]] => pair[1] !== undefined),
  );
}
