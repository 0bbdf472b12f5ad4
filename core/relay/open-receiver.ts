import { GatewayError } from '../errors.ts';
import type { Reading, Receiver, StartProgress } from './receiver.ts';
import { receive } from './choose-receiver.ts';
import { RefusedRelay } from './refusal.ts';

/** What lies beyond is no class of statuses (RFC 9110 §15). */
const LAST_STATUS = 599;

/**
 * The receiver of an answer, by its head.
 * @throws GatewayError `upstream_malformed` where nothing here can read it
 */
export function open(progress: StartProgress): Receiver {
  const { reading, delivery, status } = progress;
  const encoding = reading.headers['content-encoding'];
  if (encoding !== undefined) throw malformed(reading, `sent its answer in an unknown encoding: ${encoding}`);
  if (status > LAST_STATUS) throw malformed(reading, `answered ${status}, which is not an HTTP status`);
  return status < 300 ? receive(progress) : new RefusedRelay(reading, delivery, status);
}

const malformed = ({ provider }: Reading, what: string): GatewayError =>
  new GatewayError('upstream_malformed', `${provider} ${what}`);
