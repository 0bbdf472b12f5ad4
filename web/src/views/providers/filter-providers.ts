import type { Provider } from '../../api/types.ts';
import { toneOf } from '../../ui/tone.ts';

/** Which providers are shown: a text, and one of `STANDINGS`. */
export interface ProviderFilter {
  readonly q?: string;
  readonly state?: string;
}

export const STANDINGS = [
  { value: '', label: 'Any state' },
  { value: 'up', label: 'Can answer' },
  { value: 'trouble', label: 'With problems' },
  { value: 'down', label: 'Not running' },
  { value: 'lacking', label: 'Needs setup' },
] as const;

/** The providers that match the filter, by name. */
export function filterProviders(
  providers: readonly Provider[],
  { q = '', state = '' }: ProviderFilter,
): readonly Provider[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return providers
    .filter((provider) => words.every((word) => textOf(provider).includes(word)) && isIn(provider, state))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

const textOf = ({ name, models, aliases }: Provider): string =>
  [name, ...models, ...aliases].join(' ').toLowerCase();

function isIn(provider: Provider, state: string): boolean {
  const tone = toneOf(provider.state);
  switch (state) {
    case 'up':
      return tone === 'well' || provider.state === 'unknown';
    case 'trouble':
      return tone === 'bad' || tone === 'warn';
    case 'down':
      return tone === 'off' && provider.state !== 'unknown';
    case 'lacking':
      return provider.lacks.length > 0;
    default:
      return true;
  }
}
