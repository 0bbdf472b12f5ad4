import { GatewayError } from '../../../../../../core/errors.ts';
import { isObject, parseExact, stringOf, type Json } from '../../../../../../kits/dialect-kit/json.ts';

/** A `response.create` as a request over HTTP has it. */
export interface Create {
  /** of the request: the same members, but for those that only a message has */
  readonly body: Json;
  readonly previous: string;
  /** which conversation of the connection it belongs to; '': there is one only */
  readonly lane: string;
  /** false: nothing is to be said yet */
  readonly generates: boolean;
}

/** @throws GatewayError `invalid_json` */
export function readCreate(message: Buffer): Create {
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
