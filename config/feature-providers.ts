import type { FeaturePlugin, ProviderPlugin } from '../core/contracts/index.ts';
import { members, type Members } from './choose-plugins.ts';

export type Features = readonly Pick<FeaturePlugin, 'name' | 'providerOf'>[];

/** A section of a feature whose entries are providers, too. */
interface Section {
  readonly name: string;
  readonly entries: Readonly<Record<string, FeatureProvider>>;
}

export interface FeatureProvider {
  readonly plugin: ProviderPlugin;
  readonly settings: Members;
}

/** The entries of features' sections that are providers. @param sections the features' options, by their names */
export function entriesIn(features: Features, sections: Readonly<Record<string, unknown>>): Section[] {
  return features.flatMap(({ name, providerOf }) => {
    if (!providerOf) return [];
    const entries = Object.entries(members(sections[name])).flatMap(([of, entry]) => {
      const settings = members(entry);
      const plugin = providerOf(settings);
      return plugin ? [[of, { plugin, settings }] as const] : [];
    });
    return [{ name, entries: Object.fromEntries(entries) }];
  });
}

/** The same in one map, by the providers' names. */
export const entriesOf = (
  features: Features,
  sections: Readonly<Record<string, unknown>>,
): Readonly<Record<string, FeatureProvider>> =>
  Object.assign({}, ...entriesIn(features, sections).map(({ entries }) => entries)) as Record<
    string,
    FeatureProvider
  >;
