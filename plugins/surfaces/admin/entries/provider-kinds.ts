import type { Host, ProviderPlugin, Schema } from '../../../../core/contracts/index.ts';
import type { ProviderKind } from '../answers/entries.ts';

/** `GET /provider-kinds`: what `use` of a provider may be, with the schema of its options, for a form. */
export function providerKinds({ app, providerPlugins }: Host): void {
  app.get('/provider-kinds', () => ({
    data: providerPlugins.filter(({ name }) => name !== 'process').map(described),
  }));
}

const described = ({
  name,
  aliases = [],
  dormant,
  source,
  detect,
  options,
}: ProviderPlugin): ProviderKind => ({
  name,
  aliases: [...aliases],
  kind: dormant || source ? 'program' : 'remote',
  keyFrom: detect && 'env' in detect ? [detect.env].flat() : [],
  options: options as Schema,
});
