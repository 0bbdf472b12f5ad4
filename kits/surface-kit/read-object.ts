import type { FastifyRequest } from 'fastify';
import { members } from '../../wire/body/json-members.ts';
import { GatewayError } from '../../core/errors.ts';

/** Bodies up to this many bytes are parsed at once; in a longer one the values are counted first. */
const SHORT = 16 * 1024;
/** Most values in one body: each of them costs time. */
const MOST_VALUES = 5_000;

/**
 * The JSON object in a request's body; empty where there is no body. Bodies arrive as bytes in this gateway.
 * @throws GatewayError `invalid_json`, `invalid_request`
 */
export function readObject({ body }: FastifyRequest): Record<string, unknown> {
  const value = Buffer.isBuffer(body) ? parsed(body) : (body ?? {});
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new GatewayError('invalid_json', 'the body must be a JSON object');
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (body.length > SHORT) mustHoldLittle(body);
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new GatewayError('invalid_json', `the body is not valid JSON: ${(error as Error).message}`);
  }
}

function mustHoldLittle(body: Buffer): void {
  const found = members(body, []);
  if (!found) throw new GatewayError('invalid_json', 'the body is not a valid JSON object');
  if (found.values > MOST_VALUES)
    throw new GatewayError(
      'invalid_request',
      `the body holds more than ${MOST_VALUES} values; nothing here takes as many`,
    );
}
