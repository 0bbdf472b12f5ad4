import type { Caller, Candidates } from '../../core/contracts/index.ts';

/** The models that a caller may ask for, each with the provider that it belongs to. @param pin only this provider */
export function namesFor(
  caller: Caller | undefined,
  models: Candidates,
  pin: string | undefined,
): Map<string, string> {
  const all = models.names(pin);
  if (!caller) return all;
  const { allowsProvider: allows } = caller;
  const hasProvider = (name: string): boolean =>
    !allows || models.having(name, pin).some(({ provider }) => allows(provider.name));
  return new Map([...all].filter(([name]) => caller.allowsModel(name) && hasProvider(name)));
}
