import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { microseconds } from '../clock.ts';
import { every } from './wheel.ts';
import type { Ask } from './ask.ts';

/** The events of a stream, as text. */
export interface Script {
  /** what comes at once */
  readonly head: string;
  readonly delta: (text: string) => string;
  readonly end: string;
}

/** `complete` is called when all was written. */
export type StreamAnswer = (
  response: ServerResponse,
  ask: Ask,
  received: number,
  complete: () => void,
) => void;

/**
 * The head at once, then a delta per interval, then the end. Each delta says its number, when it was written and when
 * the request came (microseconds), so that the reader can tell loss and delay apart from the upstream's own timing.
 */
export function streamAnswer({ head, delta: deltaOf, end }: Script): StreamAnswer {
  const [first, last] = [framed(head), `${framed(end)}0\r\n\r\n`];
  const [before, after] = framed(deltaOf(`#${digits(0, 36)} `)).split(digits(0, 36)) as [string, string];
  // The widths are fixed, so the frame's length is too: 4 digits, a space, 15, a space, 15.
  const delta = (number: number, received: number): string =>
    `${before}${digits(number, 4)} ${digits(microseconds(), 15)} ${digits(received, 15)}${after}`;

  return (response, ask, received, complete) => {
    const socket = response.socket;
    if (socket === null) return;
    open(response, socket, first);
    let sent = 0;
    every(ask.interval, () => {
      if (response.closed || socket.destroyed) return false;
      sent += 1;
      if (sent <= ask.chunks) {
        socket.write(delta(sent, received), 'latin1');
        return true;
      }
      complete();
      socket.write(last, 'latin1');
      response.end();
      return false;
    });
  };
}

// Own chunk framing, one write per delta: three times lighter than response.write, so that the upstream is not what is measured.
function open(response: ServerResponse, socket: Socket, first: string): void {
  socket.setNoDelay(true);
  socket.cork();
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'transfer-encoding': 'chunked',
  });
  response.flushHeaders();
  response.chunkedEncoding = false;
  socket.write(first, 'latin1');
  socket.uncork();
}

const framed = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const digits = (value: number, count: number): string => String(value).padStart(count, '0');
