import { GatewayError } from '../../core/errors.ts';

/** What was asked needs PostgreSQL. */
export const storeLost = (what: string, { message }: Error): GatewayError =>
  new GatewayError('store_unavailable', `${what}: PostgreSQL cannot be asked (${message})`);
