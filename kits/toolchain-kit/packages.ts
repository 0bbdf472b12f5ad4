import type { ValidateFunction } from 'ajv';
import type { Checkout, ToolchainJob, ToolchainWish } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { validator } from '../feature-kit/validator.ts';

/**
 * Reads what a provider asks of a toolchain in `source.packages`.
 * @param schema a JSON Schema; it is compiled when it is first needed
 * @returns throws GatewayError install_failed, with what is wrong
 */
export function packagesReader<Packages>(schema: object): (wish: ToolchainWish) => Packages {
  const ajv = validator({ allErrors: true });
  let isRight: ValidateFunction<Packages> | undefined;
  return ({ provider, packages }) => {
    isRight ??= ajv.compile<Packages>(schema);
    if (isRight(packages)) return packages;
    throw new GatewayError(
      'install_failed',
      `${provider}: its packages are not right: ${ajv.errorsText(isRight.errors)}`,
    );
  };
}

/** @throws GatewayError install_failed where the program has no code of its own */
export function checkoutOf({ provider, checkout }: ToolchainJob): Checkout {
  if (checkout) return checkout;
  throw new GatewayError('install_failed', `${provider}: its toolchain needs its code: name a source`);
}
