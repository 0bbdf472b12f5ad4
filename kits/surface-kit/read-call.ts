import type { FastifyRequest } from 'fastify';
import { scalarAt, skipSpace, valueAt } from '../../wire/body/json-members.ts';
import { readOnce, withoutMark } from '../../wire/json.ts';
import { formField } from '../../wire/body/multipart.ts';
import type { Call, Host, Members, PathOf, Place, Span, StreamEncoder } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { BodyIndex, isForm, SHORT } from './body-index.ts';
import { readBody, shareMemory } from './read-body.ts';
import { isPacked } from './unpack-body.ts';

/** Longest model name: names are kept, in routes and traces. */
const LONGEST_NAME = 500;
/** bytes of the longest JSON text of that many characters: `\u0061` is one */
const LONGEST_WRITTEN = 6 * LONGEST_NAME + 2;

/** largest body in bytes of a request to the gateway itself: it is parsed whole */
const ADMIN_LIMIT = 1024 * 1024;

const AS_BYTES = 'bodiesPassAsBytes';

/** Bodies stay the bytes that came. Each surface that needs it says so; the first one counts. */
export function passBodiesAsBytes({ app, gateway, config }: Host): void {
  if (app.hasDecorator(AS_BYTES)) return;
  app.decorate(AS_BYTES, true);
  const { bodyLimit = 0 } = app.initialConfig;
  const { bodyIdle: idleMs } = config.server;
  shareMemory(app, config.server);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  for (const type of ['application/json', /^application\/[\w.+-]+\+json/, /^multipart\/form-data/]) {
    app.addContentTypeParser(type, (request, _payload, done) => {
      const limit = isForCallers(request) ? bodyLimit : Math.min(bodyLimit, ADMIN_LIMIT);
      const reading = { limit, idleMs, clock: gateway.clock, watcher: indexed(request) };
      readBody(request, reading, done);
    });
  }
}

const isForCallers = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config.forCallers === true;

/** Only of a body that is long, or may be. */
export function indexed(request: FastifyRequest): BodyIndex | undefined {
  const { 'content-length': length, 'content-type': type = '' } = request.headers;
  const isShort = Number(length) <= SHORT && !isPacked(request.headers);
  if (isShort || !isForCallers(request)) return undefined;
  return (request.bodyIndex = new BodyIndex(type));
}

/** A path whose request names a model, and the API it belongs to. */
export interface ModelPath {
  readonly path: string;
  readonly surface: string;
  /** the model must be named: the API has no default there */
  readonly named: boolean;
  /** The surface of bodies that have `input` in the place of `messages`; absent: the same. */
  readonly byInput?: string;
  /** Whether a body with `messages` is of that surface all the same. */
  readonly isByInput?: (agent: string | undefined, body: Buffer) => boolean;
  /** its servers have it beside `/v1`, not below */
  readonly isAtRoot?: boolean;
  /** It streams unless the body says `stream: false`. */
  readonly streamsByDefault?: boolean;
  /** Its answers say how long they took. */
  readonly isTimed?: boolean;
  /** The model, and whether it streams, stand in the path. Absent: the body has them. */
  readonly inPath?: (request: FastifyRequest) => InPath;
}

/** What a path says, and what it is for another model. */
export interface InPath {
  readonly model: string;
  readonly stream: boolean;
  readonly pathOf: PathOf;
  /** how its stream is written, where the path says that, too */
  readonly encoder?: StreamEncoder;
}

/**
 * Reads only as much of a request as routing needs.
 * @throws GatewayError `invalid_json`, `invalid_request`
 */
export function readCall(
  request: FastifyRequest,
  {
    path,
    surface: own,
    named,
    byInput,
    isByInput,
    isAtRoot,
    streamsByDefault,
    isTimed,
    inPath: readPath,
  }: ModelPath,
  forwardAuthorization: boolean,
): Call {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { 'content-type': contentType = '' } = request.headers;
  const multipart = isForm(contentType);
  const said = multipart ? readForm(body, request) : readJson(body, request.bodyIndex);
  const isOther = said.hasOnlyInput || isByInput?.(request.headers['user-agent'], body);
  const surface = (isOther && byInput) || own;
  const place = readPath?.(request);
  // Azure's clients name the deployment in the path: Azure ignores the model in the body, which may be another or none.
  const inPath = place ? undefined : (request.params as { model?: string }).model;
  const model = place?.model ?? inPath ?? said.model ?? '';
  const stream = place?.stream ?? said.stream ?? streamsByDefault === true;
  if (model.length > LONGEST_NAME) throw tooLong(`${model.length}`);
  if (model === '' && named) throw invalid("'model' is missing; name one of those that GET /v1/models lists");
  return {
    surface,
    method: request.method,
    path: place?.pathOf({ model, stream }) ?? path + queryOf(request.url),
    ...(place && { pathOf: place.pathOf }),
    ...(place?.encoder && { encoder: place.encoder }),
    ...(isAtRoot && { isAtRoot }),
    headers: request.headers,
    raw: body,
    ...(said.members && { members: said.members }),
    ...(said.fields && { fields: said.fields }),
    model,
    ...(inPath !== undefined && inPath !== said.model && { set: { model: inPath } }),
    stream,
    choices: said.n * (surface === 'completions' ? said.prompts : 1),
    format: multipart ? 'multipart' : 'json',
    ...(isTimed && { receivedEpochMs: performance.timeOrigin + performance.now() }),
    forwardAuthorization,
  };
}

interface Said {
  readonly model: string | undefined;
  /** undefined: it does not say */
  readonly stream: boolean | undefined;
  /** how many answers are requested for each prompt */
  readonly n: number;
  /** a list of numbers is one prompt */
  readonly prompts: number;
  /** It has `input`, and no `messages`. */
  readonly hasOnlyInput?: boolean;
  readonly members?: Members | undefined;
  readonly fields?: ReadonlyMap<string, Place> | undefined;
}

const answers = (n: unknown): number => (typeof n === 'number' && n > 0 ? n : 1);

/** @param index of a body that was long, or might have been */
function readJson(body: Buffer, index: BodyIndex | undefined): Said {
  if (body.length === 0) throw new GatewayError('invalid_json', 'the body is empty; send a JSON object');
  if (body.length > SHORT) return readIndexed(body, index?.members);
  let value: unknown;
  try {
    value = readOnce(body, withoutMark(body.toString()));
  } catch (error) {
    throw new GatewayError('invalid_json', `the body is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GatewayError(
      'invalid_json',
      `the body must be a JSON object; it is ${Array.isArray(value) ? 'an array' : JSON.stringify(value)}`,
    );
  const { model, stream, n, prompt, messages, input } = value as Readonly<Record<string, unknown>>;
  if (model !== undefined && model !== null && typeof model !== 'string') throw noText(JSON.stringify(model));
  const isSeveral = Array.isArray(prompt) && typeof prompt[0] !== 'number';
  return {
    model: model ?? undefined,
    stream: typeof stream === 'boolean' ? stream : undefined,
    n: answers(n),
    prompts: isSeveral ? Math.max(1, prompt.length) : 1,
    hasOnlyInput: messages === undefined && input !== undefined,
  };
}

/** What the walk has found: no value that could be long is read. */
function readIndexed(body: Buffer, found: Members | undefined): Said {
  if (!found) throw new GatewayError('invalid_json', 'the body is not a valid JSON object');
  const { spans } = found;
  return {
    model: textAt(body, spans.get('model')),
    stream: streamAt(body, spans.get('stream')),
    n: answers(scalarAt(body, spans.get('n'))),
    prompts: promptsAt(body, spans.get('prompt')),
    hasOnlyInput: !spans.has('messages') && spans.has('input'),
    members: found,
  };
}

function streamAt(body: Buffer, span: Span | undefined): boolean | undefined {
  const said = scalarAt(body, span);
  return typeof said === 'boolean' ? said : undefined;
}

function textAt(body: Buffer, span: Span | undefined): string | undefined {
  if (!span) return undefined;
  const written = () => body.toString('utf8', span.start, Math.min(span.end, span.start + 100));
  if (body[span.start] === 0x22) {
    if (span.end - span.start > LONGEST_WRITTEN) throw tooLong(`more: it begins with ${written()}`);
    return valueAt(body, span) as string | undefined;
  }
  if ((scalarAt(body, span) ?? null) === null && body[span.start] === 0x6e) return undefined;
  throw noText(written());
}

function promptsAt(body: Buffer, span: Span | undefined): number {
  if (!span || body[span.start] !== 0x5b) return 1;
  const first = body[skipSpace(body, span.start + 1)] as number;
  const isNumber = first === 0x2d || (first >= 0x30 && first <= 0x39);
  return isNumber ? 1 : span.items;
}

function readForm(body: Buffer, { headers, bodyIndex }: FastifyRequest): Said {
  const { 'content-type': contentType = '' } = headers;
  const { fields } = bodyIndex ?? {};
  const field = (name: string) => {
    const place = fields ? fields.get(name) : formField(body, contentType, name);
    return place && body.toString('utf8', place.start, Math.min(place.end, place.start + LONGEST_WRITTEN));
  };
  return { model: field('model'), stream: field('stream') === 'true', n: 1, prompts: 1, fields };
}

/** The provider requested by `?provider=NAME`. */
export function pinOf({ query }: FastifyRequest): string | undefined {
  const { provider } = query as { provider?: string | string[] };
  const pin = Array.isArray(provider) ? provider.at(-1) : provider;
  if (pin !== '') return pin;
  throw new GatewayError(
    'provider_not_found',
    "'?provider=' names no provider; leave it out or name a provider",
    {
      param: 'provider',
    },
  );
}

/** Parameters that are meant for the gateway. */
const OURS: ReadonlySet<string> = new Set(['provider', 'api-version']);

/** A parameter's name as Fastify's query parser decodes it: `%70rovider` is `provider`. */
function nameOf(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The caller's query without the parameters meant for this gateway. */
export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  const kept = url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '' && !OURS.has(nameOf(pair)));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

const noText = (written: string): GatewayError =>
  invalid(`'model' must be a string; it is ${written.slice(0, 100)}`);

const tooLong = (has: string): GatewayError =>
  invalid(`'model' must have at most ${LONGEST_NAME} characters; it has ${has}`);

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'model' });
}
