import type { Caller } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

/**
 * What a key allows is the name that is asked for: a model that answers in its stead needs no permission.
 * @param model '': the request names none
 * @throws GatewayError `model_not_allowed`
 */
export function checkModel(caller: Caller | undefined, model: string): void {
  if (!caller || caller.allowsModel(model)) return;
  throw new GatewayError(
    'model_not_allowed',
    model === ''
      ? `the key '${caller.name}' is for certain models, and this request names none`
      : `the key '${caller.name}' does not allow '${model}'; GET /v1/models lists the models that it does`,
    { param: 'model' },
  );
}
