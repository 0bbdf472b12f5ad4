import type { FastifyRequest } from 'fastify';
import type { Host, Target } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  answerOnly,
  callersRoute,
  checkModel,
  mergeDescriptions,
  namesFor,
  pinOf,
} from '../../../kits/surface-kit/index.ts';

/**
 * `GET /v1/models` and `/v1/models/{id}`: every model that can be requested, its providers, and its upstream's
 * description; with `?provider=` those of one provider.
 */
export function modelRoutes({ app, gateway }: Host, prefixes: readonly string[]): void {
  const created = Math.floor(Date.now() / 1000);
  const told = (id: string, owner: string, pin: string | undefined) => {
    const targets = gateway.models.having(id, pin);
    const said = targets.map((target) => saidOf(target)).filter((one) => one !== undefined);
    const { created: since, object: _, ...more } = mergeDescriptions(said);
    return {
      ...more,
      id,
      object: 'model',
      created: typeof since === 'number' ? since : created,
      owned_by: owner,
    };
  };
  const saidOf = ({ provider, model }: Target) => gateway.upstreams.get(provider.name)?.details?.get(model);
  const names = async (
    request: FastifyRequest,
  ): Promise<[pin: string | undefined, names: Map<string, string>]> => {
    await gateway.models.lists.current?.fetchMapped();
    const pin = pinOf(request);
    return [pin, namesFor(request.caller, gateway.models, pin)];
  };
  for (const prefix of prefixes) {
    const list = async (request: FastifyRequest): Promise<object> => {
      const [pin, all] = await names(request);
      return { object: 'list', data: [...all].map(([id, owner]) => told(id, owner, pin)) };
    };
    answerOnly(app, { url: `${prefix}/models`, method: 'GET', handler: list });
    // A name may contain slashes: 'meta-llama/Llama-3.3-70B-Instruct-Turbo'.
    app.get(`${prefix}/models/*`, { config: callersRoute }, async (request) => {
      const id = (request.params as { '*': string })['*'];
      const [pin, all] = await names(request);
      checkModel(request.caller, id);
      const owner = all.get(id) ?? gateway.models.having(id, pin)[0]?.provider.name;
      if (owner === undefined)
        throw new GatewayError(
          'model_not_found',
          `the model '${id}' does not exist here; GET /v1/models lists those that do`,
          { param: 'model' },
        );
      return told(id, owner, pin);
    });
  }
}
