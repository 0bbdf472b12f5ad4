import { GatewayError } from '../../../../core/errors.ts';

export const invalid = (param: string | null, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { ...(param !== null && { param }) });

/** A mistake in the config becomes an error of the request that would have caused it. */
export function asRequestError(error: unknown): never {
  const failed = GatewayError.from(error);
  if (failed.code !== 'config_invalid') throw failed;
  throw new GatewayError('invalid_request', `Nothing was changed. ${failed.message}`, { cause: error });
}
