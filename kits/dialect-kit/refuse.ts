import { GatewayError } from '../../core/errors.ts';

/** The request has no equivalent in the other API: names the member, its value, and the remedy. @param value undefined: it is missing */
export function refuse(member: string, value: unknown, only: string, other: string): never {
  if (value === undefined)
    throw new GatewayError('not_translatable', `'${member}' is missing: ${other} requires it.`, {
      param: member,
    });
  const shown = JSON.stringify(value) ?? String(value);
  throw new GatewayError(
    'not_translatable',
    `'${member}' (here ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}) has no equivalent in ${only}, ` +
      `the only API that a provider of this model has. Leave it out, or ask for a model whose provider has ${other}. ` +
      "`untranslatable: drop` in a model's entry leaves it out.",
    { param: member },
  );
}
