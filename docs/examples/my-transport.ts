import { Agent, request as send, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { lengthOf, type OptionsOf, type TransportPlugin } from 'switchyard-gateway/transport-kit';

const options = {
  type: 'object',
  additionalProperties: false,
  required: ['folder'],
  properties: { folder: { type: 'string', format: 'path', description: 'The folder of the sockets.' } },
} as const;

/** HTTP over Unix sockets: the base URL `http://llama.socket/v1` leads to the socket `llama.socket` in the folder. */
export default {
  name: 'my-transport',
  options,
  takes: (origin) => origin.startsWith('http:') && origin.endsWith('.socket'),
  create({ folder }) {
    const agent = new Agent({ keepAlive: true });
    const heard = new Map<string, number>();
    return {
      request({ origin, path, method, headers, body }, handler, fresh) {
        let answer: IncomingMessage | undefined;
        let isOver = false;
        const lost = (error: Error): void => {
          if (!isOver) handler.lost(error, false);
          isOver = true;
        };
        const outgoing = send({
          ...(fresh ? { agent: false } : { agent }),
          socketPath: join(folder, new URL(origin).hostname),
          path,
          method,
          headers: { ...headers, host: 'localhost', 'content-length': lengthOf(body) },
        });
        outgoing.once('socket', (socket) => {
          if (outgoing.reusedSocket) handler.connected(true);
          else socket.once('connect', () => isOver || handler.connected(false));
        });
        outgoing.once('error', lost).once('response', (incoming) => {
          answer = incoming;
          handler.head(incoming.statusCode ?? 0, incoming.headers);
          incoming.on('data', (chunk: Buffer) => {
            heard.set(origin, (heard.get(origin) ?? 0) + chunk.length);
            if (!isOver) handler.data(chunk);
          });
          incoming.once('error', lost).once('end', () => {
            if (!isOver) handler.end();
            isOver = true;
          });
        });
        for (const piece of Buffer.isBuffer(body) ? [body] : (body ?? [])) outgoing.write(piece);
        outgoing.end();
        return {
          abort() {
            isOver = true;
            outgoing.destroy();
          },
          pause: () => answer?.pause(),
          resume: () => answer?.resume(),
          ignore: () => answer?.resume(),
        };
      },
      heard: (origin) => heard.get(origin) ?? 0,
      close: async () => agent.destroy(),
    };
  },
} satisfies TransportPlugin<OptionsOf<typeof options>>;
