import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Received } from './received.ts';
import type { Script, Step } from './script.ts';

/** One answer on its way out. */
export interface Stage {
  readonly request: Received;
  readonly response: ServerResponse;
  /** The TCP socket, below TLS where there is TLS: only it can be reset. */
  readonly tcp: Socket;
  /** Aborted when the connection is gone or the answer has ended. */
  readonly gone: AbortSignal;
}

const pieceSize = 64 * 1024;

/** Does a script's steps in order, and stops in the middle when the client leaves. */
export async function perform(script: Script, stage: Stage): Promise<void> {
  try {
    for (const [index, step] of script.entries()) {
      if (stage.gone.aborted) return;
      await doStep(step, stage, script[index + 1]);
    }
  } catch (error) {
    if (!stage.gone.aborted) throw error;
  }
}

async function doStep(step: Step, stage: Stage, next: Step | undefined): Promise<void> {
  const { response, tcp, gone, request } = stage;
  switch (step.do) {
    case 'head':
      writeHead(step, response);
      // A head that no body follows at once has to be sent by itself.
      if (next?.do !== 'write' && next?.do !== 'end') response.flushHeaders();
      return;
    case 'write':
      for (let from = 0; from < step.bytes.length; from += pieceSize) {
        await write(step.bytes.subarray(from, from + pieceSize), stage);
      }
      return;
    case 'flood':
      for (let written = 0; written < step.count; written += 1) {
        await write(step.bytes, stage);
        if (step.pause !== undefined) await sleep(step.pause, undefined, { signal: gone, ref: false });
      }
      return;
    case 'wait':
      await sleep(step.ms, undefined, { signal: gone, ref: false });
      return;
    case 'hold':
      await Promise.race([step.until, once(gone, 'abort')]);
      return;
    case 'flush':
      await turn();
      return;
    case 'end':
      response.end();
      return;
    case 'break':
      request.broken = true;
      response.socket?.destroySoon();
      return;
    case 'reset':
      request.broken = true;
      tcp.resetAndDestroy();
      response.socket?.destroy();
      return;
    case 'raw':
      request.broken = true;
      response.socket?.write(step.bytes);
      return;
    case 'hang':
      await once(gone, 'abort');
  }
}

function writeHead(
  { status, reason, headers }: Extract<Step, { do: 'head' }>,
  response: ServerResponse,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (reason === undefined) response.writeHead(status);
  else response.writeHead(status, reason);
}

/** Writes and, when the socket has had enough, waits until it wants more. */
async function write(bytes: Buffer, { response, request, gone }: Stage): Promise<void> {
  if (gone.aborted) return;
  const wantsMore = response.write(bytes);
  request.bytesWritten += bytes.length;
  if (!wantsMore) await once(response, 'drain', { signal: gone });
}
