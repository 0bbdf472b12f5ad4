import type { FastifyInstance, FastifyRequest } from 'fastify';
import { members, valueAt } from '../../../core/body/members.ts';
import { addFormField, formField } from '../../../core/body/multipart.ts';
import { splice } from '../../../core/body/splice.ts';
import type { Call } from '../../../core/contracts.ts';
import { GatewayError } from '../../../core/errors.ts';
import { readBody } from './read-body.ts';

/** Up to here a body is parsed, which also proves it whole; a longer one is walked over for what routing needs. */
const PARSED = 16 * 1024;
const WANTED = ['model', 'stream', 'n', 'prompt'];
/** Names are remembered, in routes and traces: what is longer is none. */
const LONGEST_NAME = 500;

/** Bodies stay the bytes that came. */
export function passBodiesAsBytes(app: FastifyInstance): void {
  const { bodyLimit = 0 } = app.initialConfig;
  app.removeContentTypeParser(['application/json', 'text/plain']);
  for (const type of ['application/json', /^application\/[\w.+-]+\+json/, /^multipart\/form-data/]) {
    app.addContentTypeParser(type, (request, payload, done) =>
      readBody(payload, bodyLimit, (error, body) => done(error ?? packed(request), body)),
    );
  }
}

/** What the bytes say cannot be read before they are unpacked, and no client of this API packs them. */
function packed({ headers: { 'content-encoding': encoding } }: FastifyRequest): GatewayError | null {
  if (encoding === undefined || encoding === 'identity') return null;
  return new GatewayError(
    'unsupported_media_type',
    `the content encoding '${encoding}' is not read here; send the body as it is`,
  );
}

interface Place {
  readonly path: string;
  readonly surface: string;
  readonly named: boolean;
}

/**
 * The least understanding of a request that routing needs.
 * @throws GatewayError `invalid_json`, `invalid_request`
 */
export function readCall(
  request: FastifyRequest,
  { path, surface, named }: Place,
  forwardAuthorization: boolean,
): Call {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { 'content-type': contentType = '' } = request.headers;
  const multipart = /^multipart\//i.test(contentType);
  const said = multipart ? readForm(body, contentType) : readJson(body);
  // Azure's clients name the deployment in the path and may leave the model as an empty string.
  const inPath = said.model ? undefined : (request.params as { model?: string }).model;
  const model = inPath ?? said.model ?? '';
  if (typeof model !== 'string')
    throw invalid(`'model' must be a string; it is ${JSON.stringify(model).slice(0, 100)}`);
  if (model.length > LONGEST_NAME)
    throw invalid(`'model' must have at most ${LONGEST_NAME} characters; it has ${model.length}`);
  if (model === '' && named) throw invalid("'model' is missing; name one of those that GET /v1/models lists");
  return {
    surface,
    method: request.method,
    path: path + queryOf(request.url),
    headers: request.headers,
    raw:
      inPath === undefined
        ? body
        : multipart
          ? addFormField(body, contentType, 'model', inPath)
          : splice(body, { model }),
    model,
    stream: said.stream === true,
    choices: choicesOf(said, surface),
    format: multipart ? 'multipart' : 'json',
    forwardAuthorization,
  };
}

interface Said {
  model?: unknown;
  stream?: unknown;
  n?: unknown;
  prompt?: unknown;
}

/** How many answers come back: `n`, and each of several prompts of a text completion has its own. */
function choicesOf({ n, prompt }: Said, surface: string): number {
  const each = typeof n === 'number' && n > 0 ? n : 1;
  const several = surface === 'completions' && Array.isArray(prompt) && typeof prompt[0] !== 'number';
  return several ? each * Math.max(1, prompt.length) : each;
}

function readJson(body: Buffer): Said {
  if (body.length === 0) throw new GatewayError('invalid_json', 'the body is empty; send a JSON object');
  if (body.length > PARSED) {
    const found = members(body, WANTED);
    if (!found) throw new GatewayError('invalid_json', 'the body is no valid JSON object');
    const read = (name: string) => valueAt(body, found.spans.get(name));
    const several = body[found.spans.get('prompt')?.start ?? -1] === 0x5b;
    return {
      model: read('model'),
      stream: read('stream'),
      n: read('n'),
      prompt: several ? read('prompt') : undefined,
    };
  }
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(body.toString()));
  } catch (error) {
    throw new GatewayError('invalid_json', `the body is no valid JSON: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Said;
  throw new GatewayError(
    'invalid_json',
    `the body must be a JSON object; it is ${Array.isArray(value) ? 'an array' : JSON.stringify(value)}`,
  );
}

/** Editors on Windows begin a file with a mark that JSON does not know (RFC 8259 §8.1 lets readers pass over it). */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function readForm(body: Buffer, contentType: string): Said {
  const field = (name: string) => {
    const span = formField(body, contentType, name);
    return span && body.toString('utf8', span.start, span.end);
  };
  return { model: field('model'), stream: field('stream') === 'true' };
}

/** The provider asked for by `?provider=NAME`. */
export function pinOf({ query }: FastifyRequest): string | undefined {
  const { provider } = query as { provider?: string | string[] };
  const pin = Array.isArray(provider) ? provider.at(-1) : provider;
  if (pin !== '') return pin;
  throw new GatewayError('provider_not_found', "'?provider=' names nobody; leave it out or name a provider", {
    param: 'provider',
  });
}

/** The caller's query less what is meant for this house. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '' && !/^(provider|api-version)(=|$)/.test(pair));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'model' });
}
