import type { Asked, Wires } from '../call.ts';
import type { Call } from '../contracts.ts';
import { decoded } from '../decode.ts';
import { GatewayError } from '../errors.ts';
import type { Delivery, Reading, Receiver } from './delivery.ts';
import { receive } from './receive.ts';
import { RefusedRelay } from './refused.ts';

interface Opening {
  readonly asked: Asked;
  /** what the client wants */
  readonly wanted: Call;
  readonly wires: Wires;
  readonly reading: Reading;
  readonly delivery: Delivery;
  readonly status: number;
  /** told of what a reader throws outside the transport's turn */
  readonly failed: (error: unknown) => void;
}

/**
 * Who reads an answer, by its head, unpacked before that where it must be.
 * @throws GatewayError `upstream_malformed` for an encoding that nobody here knows
 */
export function open({ asked, wanted, wires, reading, delivery, status, failed }: Opening): Receiver {
  const receiver =
    status < 300
      ? receive(asked, wanted, reading, delivery, status, wires)
      : new RefusedRelay(reading, delivery, status);
  const encoding = reading.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return receiver;
  const unpacking = decoded(encoding, receiver, failed);
  if (unpacking) return unpacking;
  throw new GatewayError(
    'upstream_malformed',
    `${reading.who} sent its answer in an unknown encoding: ${encoding}`,
  );
}
