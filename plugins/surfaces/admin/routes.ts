import type { FastifyRequest } from 'fastify';
import type { Gateway, Host } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { GatewayError } from '../../../core/errors.ts';
import { withTargets } from '../../../config/settings/overrides.ts';
import type { Routes } from './answers/balancing.ts';
import { listedModels, describeRoute } from './routes/describe-route.ts';
import { shared } from './routes/shared.ts';
import { override, tagged } from './if-match.ts';
import { mustExist, short } from './must-exist.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import { MINUTES, type Traffic } from './traffic.ts';

/**
 * `/routes`: GET lists every balanced model, its targets and their shares. `PATCH /routes/{model}` gives targets another
 * weight or priority from the next request on, DELETE removes the override. A name may have slashes.
 */
export function routes(host: Host, traffic: Traffic): void {
  const { app, gateway } = host;
  const options = tagged(gateway);
  app.get('/routes', options, (): Unsent<Routes> => ({
    object: 'list',
    data: listedModels(gateway).map((model) => describeRoute(model, host, traffic)),
    minutes: MINUTES,
    timestamp: Date.now() / 1000,
  }));
  const describe = (model: string) => describeRoute(model, host, traffic);
  app.get('/routes/*', options, (request) => describe(modelOf(request, gateway)));
  app.patch('/routes/*', options, (request) => change(request, gateway, describe));
  app.delete('/routes/*', options, (request) => takeBack(request, gateway, describe));
}

type Describe = (model: string) => object;

async function change(request: FastifyRequest, gateway: Gateway, describe: Describe): Promise<object> {
  const model = modelOf(request, gateway);
  const { targets, ...others } = readObject(request);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new GatewayError('invalid_request', `'${short(other)}' is not known here; say targets`, {
      param: short(other),
    });
  await override(request, gateway, (value) =>
    withTargets(value, model, shared(targets, model, value, gateway)),
  );
  return { ...describe(model), success: true, timestamp: Date.now() / 1000 };
}

async function takeBack(request: FastifyRequest, gateway: Gateway, describe: Describe): Promise<object> {
  const model = modelOf(request, gateway);
  await override(request, gateway, (value) => withTargets(value, model, []));
  return { ...describe(model), success: true, timestamp: Date.now() / 1000 };
}

function modelOf({ params }: FastifyRequest, gateway: Gateway): string {
  const { '*': model } = params as { '*': string };
  mustExist(model, gateway.models.names());
  return model;
}
