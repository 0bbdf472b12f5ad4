import type { ProcessState } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

/** requests that may wait until a program is ready */
export const MOST_WAITING = 256;

export const noop = (): void => {};

/** Waits for something that continues for other waiters when this wait is given up. */
export function abortable<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The error of a request that finds the queue full. */
export function queueFull(name: string, state: ProcessState): GatewayError {
  return new GatewayError(
    'queue_full',
    `${name} is ${state}, and ${MOST_WAITING} requests wait for it already; come back in a moment`,
  );
}

export function startedByHand(name: string, state: string): GatewayError {
  return new GatewayError(
    'provider_unavailable',
    `${name} is ${state}, and it is started by hand only: switchyard start ${name}`,
  );
}
