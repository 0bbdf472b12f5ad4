import type { Context } from '../contracts/index.ts';
import { errorBody, GatewayError } from '../errors.ts';
import { meaningOfStatus } from '../failures/status-meaning.ts';
import { readExactJson } from '../../wire/json.ts';
import type { Refusal } from '../failures/refusal.ts';
import { excerpt } from './buffered.ts';
import { eventsIn } from '../../wire/sse/event.ts';

/**
 * The body of a refusal for the client: the upstream's own where that is an error in the API's shape, as it came;
 * else its message in that shape, whatever form it had (other JSON, an event, a page, plain text). Other members of that
 * JSON stay beside it.
 */
export function refusedBody(
  { status, body }: Refusal,
  provider: string,
  { dialect, id }: Pick<Context, 'dialect' | 'id'>,
): Buffer {
  const { foreignRefusal: foreign } = dialect;
  const own = jsonIn(body);
  if (own !== undefined && foreign?.(own) === undefined) return body;
  const data = own === undefined ? eventIn(body) : undefined;
  const said = own ?? (data && jsonIn(data));
  const text = said === undefined ? undefined : foreign?.(said);
  if (data && said !== undefined && text === undefined) return data;
  const words = text ?? (body.length === 0 ? 'with an empty body' : excerpt(body));
  const told = errorBody(new GatewayError('upstream_status', `${provider} answered ${status}: ${words}`));
  told.error.type = meaningOfStatus(status).type;
  const shaped = dialect.errorBody?.(told, status, id) ?? told;
  return Buffer.from(JSON.stringify(isObject(said) ? { ...said, ...shaped } : shaped));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns an object, a list or null; undefined where a body is none of these */
function jsonIn(body: Buffer): unknown {
  try {
    const json: unknown = readExactJson(body.toString());
    return typeof json === 'object' ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The data of the first event that has any: a provider that was asked for a stream may refuse in one. */
function eventIn(body: Buffer): Buffer | undefined {
  for (const { event } of eventsIn(body)) if (event.data !== '') return Buffer.from(event.data);
  return undefined;
}
