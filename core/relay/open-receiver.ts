import type { AdaptedCall } from '../translation/adapt-call.ts';
import type { Call, Formats } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import type { Delivery, Reading, Receiver } from './receiver.ts';
import { receive } from './choose-receiver.ts';
import { RefusedRelay } from './refusal.ts';

/** What lies beyond is no class of statuses (RFC 9110 §15). */
const LAST_STATUS = 599;

interface StartProgress {
  readonly asked: AdaptedCall;
  /** what the client wants */
  readonly wanted: Call;
  readonly formats: Formats;
  readonly reading: Reading;
  readonly delivery: Delivery;
  readonly status: number;
}

/**
 * The receiver of an answer, by its head.
 * @throws GatewayError `upstream_malformed` where nothing here can read it
 */
export function open({ asked, wanted, formats, reading, delivery, status }: StartProgress): Receiver {
  const encoding = reading.headers['content-encoding'];
  if (encoding !== undefined) throw malformed(reading, `sent its answer in an unknown encoding: ${encoding}`);
  if (status > LAST_STATUS) throw malformed(reading, `answered ${status}, which is not an HTTP status`);
  return status < 300
    ? receive(asked, wanted, reading, delivery, status, formats)
    : new RefusedRelay(reading, delivery, status);
}

const malformed = ({ who }: Reading, what: string): GatewayError =>
  new GatewayError('upstream_malformed', `${who} ${what}`);
