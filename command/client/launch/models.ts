import type { Gateway } from '../gateway.ts';

/** A model of the gateway, and its context window in tokens where that is known. */
export interface Model {
  readonly id: string;
  readonly window?: number | undefined;
}

/** Where servers give the window. */
const PLACES = [
  'max_model_len',
  'max_context_length',
  'context_length',
  'context_window',
  'max_input_tokens',
];

export async function modelsOf(gateway: Gateway): Promise<Model[]> {
  const { data } = await gateway.ask<{ data: ({ id: string } & Record<string, unknown>)[] }>(
    'GET',
    '/v1/models',
  );
  return data.map((model) => ({
    id: model.id,
    window: PLACES.map((place) => model[place]).find((value) => typeof value === 'number' && value > 0) as
      | number
      | undefined,
  }));
}
