import type { Metric } from '@prometheus-io/client';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** the sample's name where it differs from its family's: `…_bucket`, `…_sum`, `…_count` */
  readonly metricName?: string;
}

/** One metric with all its label sets, read at each scrape. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: () => Sample[];
}

/** The page that Prometheus scrapes. */
export interface Page {
  readonly contentType: string;
  readonly text: string;
}

/** Loads the client library at the first scrape: it takes longer to load than most of a start. */
export function page(families: readonly Family[]): () => Promise<Page> {
  let registered: ReturnType<typeof register> | undefined;
  return async () => {
    const registry = await (registered ??= register(families));
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

async function register(families: readonly Family[]) {
  const { Registry } = await import('@prometheus-io/client');
  const registry = new Registry();
  for (const { samples, ...family } of families) {
    const metric = { ...family, aggregator: 'sum', get: async () => ({ ...family, values: samples() }) };
    // The library asks no more of a metric than this, and its own metrics are too slow for the request path.
    registry.registerMetric(metric as unknown as Metric<string>);
  }
  return registry;
}

/** A family of one sample without labels. */
export function single(type: 'counter' | 'gauge', name: string, help: string, read: () => number): Family {
  return { name, help, type, samples: () => [{ labels: {}, value: read() }] };
}
