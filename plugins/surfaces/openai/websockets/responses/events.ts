import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Members } from '../../../../../core/contracts/index.ts';
import { errorBody, type GatewayError } from '../../../../../core/errors.ts';
import { isObject, parse, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { members, scalarAt, valueAt } from '../../../../../wire/body/json-members.ts';
import { Walk } from '../../../../../wire/body/walk.ts';
import type { Refusal } from './refusal.ts';

/** The members of a message that the gateway reads. */
export interface Said {
  readonly type: string;
  readonly model: string;
  /** the response that it continues, which only the upstream of this connection may have; '': none */
  readonly previous: string;
  /** of an error: its status as an HTTP answer */
  readonly status: number | undefined;
  /** how many values it has, each of which takes time and memory once it is parsed */
  readonly values: number;
}

/** Bytes of a message that are read in one turn of the event loop. */
const TURN = 256 * 1024;
/** bytes of the longest error that is read */
const LONGEST_ERROR = 64 * 1024;
const NAMES = ['type', 'model', 'previous_response_id', 'status', 'error'];
const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** undefined: it is no JSON object */
export const readMessage = (message: Buffer): Said | undefined => saidIn(message, members(message, NAMES));

export const isLong = ({ length }: Buffer): boolean => length > TURN;

/** The same of a long one, piece by piece: all at once it would delay every other request. */
export async function readInTurns(message: Buffer): Promise<Said | undefined> {
  const walk = new Walk(NAMES);
  for (let end = TURN; end < message.length; end += TURN) {
    walk.advance(message.subarray(0, end));
    await nextTurn();
  }
  walk.advance(message);
  return saidIn(message, walk.found());
}

function saidIn(message: Buffer, found: Members | undefined): Said | undefined {
  if (!found) return undefined;
  const { spans, values } = found;
  const text = (name: string): string => {
    const value = scalarAt(message, spans.get(name));
    return typeof value === 'string' ? value : '';
  };
  const status = scalarAt(message, spans.get('status'));
  return {
    type: text('type'),
    model: text('model'),
    previous: text('previous_response_id'),
    status: typeof status === 'number' && status >= 300 && status < 600 ? status : undefined,
    values,
  };
}

/** The response that is under way ends with it. */
export const isLast = ({ type }: Pick<Said, 'type'>): boolean => LAST.has(type);

/** The error in a message of this API. */
export function errorIn(message: Buffer): { readonly body: Buffer; readonly text: string } {
  const span = members(message, NAMES)?.spans.get('error');
  const isShort = span !== undefined && span.end - span.start <= LONGEST_ERROR;
  const error = ((isShort && valueAt(message, span)) || {}) as { message?: unknown };
  const text = typeof error.message === 'string' ? error.message : 'it gave no reason';
  return { body: Buffer.from(JSON.stringify({ error })), text };
}

/** An error in this API's own form. @param body of an HTTP answer */
export function errorEvent({ status, body }: Refusal): string {
  const read = parse(body.toString());
  const error = (isObject(read) ? read.error : undefined) ?? { message: `answered ${status}` };
  return JSON.stringify({ type: 'error', status, error });
}

/** The error after which clients send the whole conversation, as with OpenAI. */
const NOT_FOUND = { status: 400, code: 'previous_response_not_found' };

export function refusalOf(error: GatewayError): Refusal {
  const said = errorBody(error);
  if (error.code !== 'response_not_found')
    return { status: error.statusCode, body: Buffer.from(JSON.stringify(said)) };
  const { status, code } = NOT_FOUND;
  return { status, body: Buffer.from(JSON.stringify({ error: { ...said.error, code } })) };
}

/** @param response as far as it was known */
export const cancelledEvent = (response: Json = {}): string =>
  JSON.stringify({ type: 'response.cancelled', response: { ...response, status: 'cancelled' } });

/** The event of one of several conversations on a connection. @param lane '': there is one only */
export const inLane = (event: string, lane: string): string =>
  lane === '' ? event : `{"stream_id":${JSON.stringify(lane)},${event.slice(event.indexOf('{') + 1)}`;
