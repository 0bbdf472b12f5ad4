import type { ProcessSpec, Secret } from '../../core/contracts/index.ts';

/** Values that the operator must give before a program can start, each with the remedy. */
export function lacksOf({ unavailable, secrets = {} }: ProcessSpec, provider: string): string[] {
  const missing = Object.entries(secrets).filter(([, { required, value }]) => required && !value?.trim());
  return [
    ...(unavailable === undefined ? [] : [unavailable]),
    ...missing.map(([name, { description }]) => `set providers.${provider}.secrets.${name}: ${description}`),
  ];
}

/** The config has a value, which then takes precedence. */
export const isGiven = ({ value }: Pick<Secret, 'value'>): boolean => Boolean(value?.trim());
