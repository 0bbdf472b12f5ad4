import { STATUS_CODES } from 'node:http';
import { end, halfway, reply, write, writeFrame, type Headers, type Script } from '../script.ts';
import { errorBody, errorFrame, streamHead, type Scene } from '../scene.ts';

export interface StatusOptions {
  code?: number;
  /** Seconds, or the moment as a Date (sent as an HTTP date), or the header's text itself. */
  retryAfter?: number | Date | string;
  /** An object is sent as JSON; without a body it is OpenAI's error object. */
  body?: string | Buffer | object;
  contentType?: string;
  headers?: Headers;
}

interface Message {
  message?: string;
}

/** Answers that say they failed: by status, in a 200, in the stream. */
export const failing = {
  status: (_scene: Scene, options: StatusOptions = {}): Script => {
    const { code = 500, retryAfter, contentType = 'application/json', headers = {} } = options;
    const waiting = retryAfter === undefined ? {} : { 'retry-after': retryAfterText(retryAfter) };
    return reply(code, { 'content-type': contentType, ...waiting, ...headers }, statusBody(options));
  },

  /** JSON `{"error": …}` under a 200, also when a stream was asked for. */
  'error-in-200': (_scene: Scene, { message }: Message = {}): Script =>
    reply(200, { 'content-type': 'application/json' }, JSON.stringify(errorBody(message))),

  /** The stream's first event is an error; `done` puts [DONE] after it. */
  'error-frame-first': (
    scene: Scene,
    { message, done = false }: Message & { done?: boolean } = {},
  ): Script => {
    if (!scene.streams) return failing['error-in-200'](scene, message === undefined ? {} : { message });
    return [streamHead(), ...errorEvents(scene, message, done), end];
  },

  'error-frame-after-content': (
    scene: Scene,
    { message, done = false }: Message & { done?: boolean } = {},
  ): Script => {
    if (!scene.streams) return failing['error-in-200'](scene, message === undefined ? {} : { message });
    return [...halfway(scene.stream()), ...errorEvents(scene, message, done), end];
  },

  /** A page where an API should be, as captive portals and challenge pages send it. */
  html: (_scene: Scene, { code = 200 }: { code?: number } = {}): Script =>
    reply(
      code,
      { 'content-type': 'text/html; charset=utf-8' },
      '<!doctype html><html><title>Just a moment...</title><body>Checking your browser</body></html>\n',
    ),
};

function errorEvents(scene: Scene, message: string | undefined, done: boolean): Script {
  const error = writeFrame('finish', errorFrame(scene, message));
  return done ? [error, write('done', 'data: [DONE]\n\n')] : [error];
}

function statusBody({ code = 500, body }: StatusOptions): string | Buffer {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  const type = code === 429 ? 'rate_limit_error' : code < 500 ? 'invalid_request_error' : 'server_error';
  return JSON.stringify(body ?? errorBody(STATUS_CODES[code] ?? `Status ${code}`, type, null));
}

function retryAfterText(value: number | Date | string): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}
