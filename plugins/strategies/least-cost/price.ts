import type { OptionsOf, Target } from '../../../core/contracts/index.ts';

const amount = { type: 'number', minimum: 0 } as const;

export const prices = {
  type: 'object',
  default: {},
  description:
    'What a million tokens cost, by the target (provider/model), the model as its provider calls it, or as it is asked for. A program that the gateway runs costs nothing unless said otherwise; who has no price comes last.',
  additionalProperties: {
    type: 'object',
    required: ['input', 'output'],
    additionalProperties: false,
    properties: {
      input: { ...amount, description: 'Per million tokens that are sent.' },
      output: { ...amount, description: 'Per million tokens that are answered.' },
    },
  },
} as const;

export type Prices = OptionsOf<typeof prices>;

/** Of a usual request, three parts sent to one part answered; of equal worth to compare by, in no currency. */
export function priceOf({ id, model, provider }: Target, asked: string, said: Prices): number {
  const name = [id, `${provider.name}/${asked}`, model, asked].find((one) => Object.hasOwn(said, one));
  if (name === undefined) return provider.process ? 0 : Number.MAX_VALUE;
  const { input, output } = said[name]!;
  return (3 * input + output) / 4;
}
