import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

type Request = Pick<IncomingMessage, 'headers' | 'url'>;

/**
 * Lets a route be for the clients of one API alone, where another API has the same path: as `constraints`.
 * @param name of the constraint
 */
export function tellClients(
  app: FastifyInstance,
  name: string,
  isClient: (request: Request) => boolean,
): Readonly<Record<string, string>> {
  const constraints = { [name]: 'yes' };
  // One gateway may be a plugin beside another in the same app.
  if (app.hasConstraintStrategy(name)) return constraints;
  app.addConstraintStrategy({
    name,
    storage: () => {
      const handlers = new Map<unknown, never>();
      return {
        get: (key) => handlers.get(key) ?? null,
        set: (key, handler) => void handlers.set(key, handler as never),
      };
    },
    deriveConstraint: (request: Request) => (isClient(request) ? 'yes' : undefined),
    validate: () => {},
  });
  return constraints;
}
