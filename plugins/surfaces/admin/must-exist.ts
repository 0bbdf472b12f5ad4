import { GatewayError } from '../../../core/errors.ts';
import { suggestion } from '../../../kits/feature-kit/index.ts';

/** @throws GatewayError `model_not_found` where no model of that name is known */
export function mustExist(model: string, names: ReadonlyMap<string, string>): void {
  if (names.has(model)) return;
  throw new GatewayError(
    'model_not_found',
    `the model '${short(model)}' does not exist here${suggestion(short(model), names.keys())}; GET /v1/models lists those that do`,
    { param: 'model' },
  );
}

export const short = (name: string): string => name.slice(0, 100);
