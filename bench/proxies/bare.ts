// The yardstick: the least a Node proxy does. node:http in, undici out, bytes through, no one left waiting.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const [port, upstream = ''] = process.argv.slice(2);
const pool = new Pool(upstream, { headersTimeout: 0, bodyTimeout: 0, allowH2: false });
createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => forward(request, response, parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
}).listen(Number(port), '127.0.0.1', 4096);

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const [path, method] = [request.url ?? '/', request.method as Dispatcher.HttpMethod];
  let away: Dispatcher.DispatchController | undefined;
  let [streams, done] = [false, false];
  response.on('close', () => response.writableFinished || away?.abort(new Error('the client left')));
  pool.dispatch(
    { path, method, headers, body: body.length > 0 ? body : null },
    {
      onRequestStart(controller) {
        away = controller;
        if (response.destroyed) controller.abort(new Error('the client left'));
      },
      onResponseStart(_controller, status, { connection: _hop, 'keep-alive': _alive, ...answered }) {
        streams = String(answered['content-type']).startsWith('text/event-stream');
        response.writeHead(status, answered);
      },
      onResponseData(controller, chunk) {
        done ||= streams && chunk.includes('[DONE]');
        if (response.write(chunk)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd: () => (streams && !done ? response.destroy() : response.end()),
      onResponseError: () => (response.headersSent ? response.destroy() : response.writeHead(502).end()),
    },
  );
}
