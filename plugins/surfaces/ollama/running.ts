import type { FastifyInstance } from 'fastify';
import { openRoute } from '../../../kits/surface-kit/index.ts';

/** Its clients are recognised by their `User-Agent`. */
const CLIENT = 'ollamaClient';
const NAME = /^ollama\b/i;

/**
 * `GET /` of Ollama's clients, which check that it runs. Other clients get the dashboard; its `HEAD /` has the same status.
 */
export function runningRoute(app: FastifyInstance): void {
  tellClients(app);
  app.get('/', { config: openRoute, constraints: { [CLIENT]: 'yes' } }, (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('Ollama is running'),
  );
}

/** One gateway may be a plugin beside another in the same app. */
function tellClients(app: FastifyInstance): void {
  if (app.hasConstraintStrategy(CLIENT)) return;
  app.addConstraintStrategy({
    name: CLIENT,
    storage: () => {
      const handlers = new Map<unknown, never>();
      return {
        get: (key) => handlers.get(key) ?? null,
        set: (key, handler) => void handlers.set(key, handler as never),
      };
    },
    deriveConstraint: ({ headers }) => (NAME.test(headers['user-agent'] ?? '') ? 'yes' : undefined),
    validate: () => {},
  });
}
