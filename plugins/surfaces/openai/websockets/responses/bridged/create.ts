import { GatewayError } from '../../../../../../core/errors.ts';
import { isObject, parseExact, stringOf, type Json } from '../../../../../../kits/dialect-kit/json.ts';

/** most values of a message that is parsed: each takes ten times the memory of its bytes */
const MOST_VALUES = 1_000_000;

/** A `response.create` as a request over HTTP has it. */
export interface Create {
  /** of the request: the same members, but for those that only a message has */
  readonly body: Json;
  readonly previous: string;
  /** which conversation of the connection it belongs to; '': there is one only */
  readonly lane: string;
  /** false: no answer is to be generated yet */
  readonly generates: boolean;
}

/** @throws GatewayError `invalid_json`, `not_translatable` */
export function readCreate(message: Buffer, values: number): Create {
  if (values > MOST_VALUES)
    throw new GatewayError(
      'not_translatable',
      `the message holds more than ${MOST_VALUES} values, and this model has no provider with WebSockets: send less`,
    );
  const read = parseExact(message.toString());
  if (!isObject(read)) throw new GatewayError('invalid_json', 'the message must be a JSON object');
  const { type: _type, background: _background, generate, stream_id: lane, ...body } = read;
  if (body.previous_response_id === null) delete body.previous_response_id;
  return {
    body: { ...body, stream: true },
    previous: stringOf(body.previous_response_id),
    lane: stringOf(lane),
    generates: generate !== false,
  };
}
