import type { FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { Gateway, Settings } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { asRequestError } from './entries/invalid.ts';

type Change = Parameters<Settings['override']>[0];

/** Adds an `ETag` of the settings to each answer about them, for `If-Match` of a later change. */
export const tagged = ({ settings }: Gateway): RouteShorthandOptions => ({
  onSend: (_request, reply, payload, done) => {
    if (reply.statusCode < 300) void reply.header('etag', settings.tag());
    done(null, payload);
  },
});

/**
 * Changes the settings if they still have the tag of `If-Match`, compared in the same step as the change, at all gateways
 * that share them.
 * @throws GatewayError `settings_changed`, and those of the settings
 */
export function override({ headers }: FastifyRequest, { settings }: Gateway, change: Change): Promise<void> {
  const wanted = headers['if-match'];
  if (wanted === undefined) return settings.override(change);
  return settings.override((value) => {
    const tag = settings.tag(value);
    if (!isIn(tag, wanted)) throw changed(tag);
    return change(value);
  });
}

/** @throws GatewayError likewise; a mistake in the config becomes `invalid_request` */
export const put = (request: FastifyRequest, gateway: Gateway, change: Change): Promise<void> =>
  override(request, gateway, change).catch(asRequestError);

/** A proxy that compresses answers makes their tags weak. */
const isIn = (tag: string, wanted: string): boolean =>
  wanted.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);

const changed = (tag: string): GatewayError =>
  new GatewayError(
    'settings_changed',
    `Nothing was changed: the settings are not as If-Match says any more, they are ${tag} now. Read them again, and send the change with the new etag`,
    { param: 'if-match' },
  );
