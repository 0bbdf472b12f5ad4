import type { OptionsOf, Target } from '../../../core/contracts/index.ts';

const amount = { type: 'number', minimum: 0 } as const;

export const prices = {
  type: 'object',
  default: {},
  description:
    'What a million tokens cost, by the target (provider/model), the model as its provider calls it, or as it is asked for. A program that the gateway runs costs nothing unless it has a price; a target without a price comes last.',
  additionalProperties: {
    type: 'object',
    required: ['input', 'output'],
    additionalProperties: false,
    properties: {
      input: { ...amount, description: 'Per million input tokens.' },
      output: { ...amount, description: 'Per million output tokens.' },
    },
  },
} as const;

export type Prices = OptionsOf<typeof prices>;

/** Price of a typical request, three parts input to one part output; a number to compare by, in no currency. */
export function priceOf({ id, model, provider }: Target, asked: string, said: Prices): number {
  const name = [id, `${provider.name}/${asked}`, model, asked].find((one) => Object.hasOwn(said, one));
  if (name === undefined) return provider.process ? 0 : Number.MAX_VALUE;
  const { input, output } = said[name]!;
  return (3 * input + output) / 4;
}
