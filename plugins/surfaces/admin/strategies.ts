import type { Host, Schema } from '../../../core/contracts/index.ts';
import type { Strategies } from './answers/balancing.ts';

/** `GET /strategies`: all strategies, what each does, and its options as a JSON Schema; `format` marks durations. */
export function strategiesRoute({ app, strategies }: Host): void {
  const data = strategies.map(({ name, options, standard = false }) => {
    const { description = '', ...schema } = options as Schema;
    return { name, description, options: schema, standard };
  });
  app.get('/strategies', (): Strategies => ({ object: 'list', data }));
}
