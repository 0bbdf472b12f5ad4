import type { FastifyInstance } from 'fastify';
import { openRoute, tellClients } from '../../../kits/surface-kit/index.ts';

/** Its clients are recognised by their `User-Agent`. */
const CLIENT = 'ollamaClient';
const NAME = /^ollama\b/i;

/**
 * `GET /` of Ollama's clients, which check that it runs. Other clients get the dashboard; its `HEAD /` has the same status.
 */
export function runningRoute(app: FastifyInstance): void {
  const constraints = tellClients(app, CLIENT, ({ headers }) => NAME.test(headers['user-agent'] ?? ''));
  app.get('/', { config: openRoute, constraints }, (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('Ollama is running'),
  );
}
