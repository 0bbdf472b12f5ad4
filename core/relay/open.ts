import type { Asked, Wires } from '../call.ts';
import type { Call } from '../contracts.ts';
import { GatewayError } from '../errors.ts';
import type { Delivery, Reading, Receiver } from './delivery.ts';
import { receive } from './receive.ts';
import { RefusedRelay } from './refused.ts';

/** What lies beyond is no class of statuses (RFC 9110 §15). */
const LAST_STATUS = 599;

interface Opening {
  readonly asked: Asked;
  /** what the client wants */
  readonly wanted: Call;
  readonly wires: Wires;
  readonly reading: Reading;
  readonly delivery: Delivery;
  readonly status: number;
}

/**
 * Who reads an answer, by its head.
 * @throws GatewayError `upstream_malformed` where nothing here can read it
 */
export function open({ asked, wanted, wires, reading, delivery, status }: Opening): Receiver {
  const encoding = reading.headers['content-encoding'];
  if (encoding !== undefined) throw malformed(reading, `sent its answer in an unknown encoding: ${encoding}`);
  if (status > LAST_STATUS) throw malformed(reading, `answered ${status}, which is not an HTTP status`);
  return status < 300
    ? receive(asked, wanted, reading, delivery, status, wires)
    : new RefusedRelay(reading, delivery, status);
}

const malformed = ({ who }: Reading, what: string): GatewayError =>
  new GatewayError('upstream_malformed', `${who} ${what}`);
