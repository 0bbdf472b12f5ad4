import type { Host } from '../../../core/contracts.ts';
import { GatewayError } from '../../../core/errors.ts';
import { callersRoute } from '../../../core/open-route.ts';
import { onlyAllows } from './index.ts';

/** `GET /v1/models` and `/v1/models/{id}`: every name that can be asked for, and who answers to it. */
export function modelRoutes({ app, yard }: Host, prefixes: readonly string[]): void {
  const created = Math.floor(Date.now() / 1000);
  const model = (id: string, owner: string) => ({ id, object: 'model', created, owned_by: owner });
  for (const prefix of prefixes) {
    app.get(`${prefix}/models`, { config: callersRoute }, () => ({
      object: 'list',
      data: [...yard.modelNames()].map(([id, owner]) => model(id, owner)),
    }));
    onlyAllows(app, `${prefix}/models`, 'GET');
    // A name may hold slashes: 'meta-llama/Llama-3.3-70B-Instruct-Turbo'.
    app.get(`${prefix}/models/*`, { config: callersRoute }, (request) => {
      const id = (request.params as { '*': string })['*'];
      const owner = yard.modelNames().get(id);
      if (owner === undefined)
        throw new GatewayError(
          'model_not_found',
          `the model '${id}' does not exist here; GET /v1/models lists those that do`,
          { param: 'model' },
        );
      return model(id, owner);
    });
  }
}
