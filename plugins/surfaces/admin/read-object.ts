import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../../core/errors.ts';

/**
 * The JSON object that a request carries; an empty one where it has no body. Bodies come as bytes in this house.
 * @throws GatewayError `invalid_json`
 */
export function readObject({ body }: FastifyRequest): Record<string, unknown> {
  const value = Buffer.isBuffer(body) ? parsed(body) : (body ?? {});
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new GatewayError('invalid_json', 'the body must be a JSON object');
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new GatewayError('invalid_json', `the body is no valid JSON: ${(error as Error).message}`);
  }
}
