import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import type { TestRun } from './answers/test-run.ts';

/** `POST /providers/{name}/test`: the provider test suite on one. */
export function suite(host: Host): void {
  host.app.post('/providers/:name/test', (request, reply) =>
    testProviders(request, reply, host, (request.params as { name: string }).name),
  );
}

/** The test suite, loaded with its first use. */
export async function testProviders(
  request: FastifyRequest,
  reply: FastifyReply,
  host: Host,
  name?: string,
): Promise<TestRun | FastifyReply> {
  const loaded = await import('./suite/test-providers.ts');
  return loaded.testProviders(request, reply, host, name);
}
