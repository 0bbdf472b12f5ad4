import type { Host, Target } from '../../core/contracts/index.ts';
import { standing, targetNames } from '../../kits/feature-kit/index.ts';
import type { Family, Sample } from './page.ts';

/** The providers' state at the moment of the scrape. */
export function providerFamilies({ gateway, now }: Host): Family[] {
  const nameOf = targetNames(gateway.settings);
  const upstreams = () => [...gateway.upstreams.values()];
  type Upstream = ReturnType<typeof upstreams>[number];
  const each = (
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    read: (upstream: Upstream) => number | undefined,
  ): Family => ({
    name,
    help,
    type,
    samples: () =>
      upstreams().flatMap((upstream) => {
        const value = read(upstream);
        return value === undefined ? [] : [{ labels: { provider: upstream.provider.name }, value }];
      }),
  });
  return [
    each('gauge', 'switchyard_inflight', 'Answers under way.', ({ use }) => use.inflight),
    each('gauge', 'switchyard_waiting', 'Requests in the queue.', ({ concurrency }) => concurrency?.waiting),
    each(
      'gauge',
      'switchyard_concurrency',
      'Most requests it takes at once.',
      ({ concurrency }) => concurrency?.limit,
    ),
    each(
      'counter',
      'switchyard_process_restarts_total',
      'Starts of a local process after a crash.',
      ({ process }) => process?.restarts,
    ),
    {
      name: 'switchyard_process_state',
      help: 'The state that a local process is in has 1.',
      type: 'gauge',
      samples: () =>
        upstreams().flatMap(({ provider, process }) =>
          process ? [{ labels: { provider: provider.name, state: process.state }, value: 1 }] : [],
        ),
    },
    {
      name: 'switchyard_provider_state',
      help: 'How a provider is, as GET /providers says it: the state that it is in has 1.',
      type: 'gauge',
      samples: () =>
        upstreams().map((upstream) => {
          const { state } = standing(upstream, gateway.upstreams, now());
          return { labels: { provider: upstream.provider.name, state }, value: 1 };
        }),
    },
    {
      name: 'switchyard_target_blocked',
      help: 'Why a target is blocked now: 1 for each reason.',
      type: 'gauge',
      samples: () => {
        const at = now();
        return unique(upstreams().flatMap(({ targets }) => [...targets].flatMap((one) => blocks(one, at))));
      },
    },
    {
      name: 'switchyard_target_circuit',
      help: 'The state that the circuit of a target is in has 1: closed, open or half-open.',
      type: 'gauge',
      samples: () => {
        const at = now();
        return unique(upstreams().flatMap(({ targets }) => [...targets].map((one) => circuit(one, at))));
      },
    },
  ];

  function circuit(target: Target, at: number): Sample {
    const labels = { provider: target.provider.name, target: nameOf(target) };
    return { labels: { ...labels, state: target.stats.circuit.state(at) }, value: 1 };
  }

  function blocks(target: Target, at: number): Sample[] {
    const labels = { provider: target.provider.name, target: nameOf(target) };
    return [...target.blocks(at).keys()].map((reason) => ({ labels: { ...labels, reason }, value: 1 }));
  }
}

/** Several models of one provider may share a label. */
function unique(samples: readonly Sample[]): Sample[] {
  return [...new Map(samples.map((sample) => [JSON.stringify(sample.labels), sample])).values()];
}
