import type { Host, Target, Upstream } from '../../core/contracts/index.ts';
import { standing, targetNames } from '../../kits/feature-kit/index.ts';
import type { Family, Sample } from './page.ts';

/** The providers' state at the moment of the scrape. */
export function providerFamilies(host: Host): Family[] {
  const { upstreams } = host.gateway;
  const samplesOf = (read: (upstream: Upstream) => Iterable<Sample>) => (): Sample[] =>
    [...upstreams.values()].flatMap((upstream) => [...read(upstream)]);
  const each = (type: Family['type'], name: string, help: string, read: Read): Family => ({
    name,
    help,
    type,
    samples: samplesOf((upstream) => sampleOf(upstream, read(upstream))),
  });
  const inflight: Read = ({ use }) => use.inflight;
  const waiting: Read = ({ concurrency }) => concurrency?.waiting;
  const limit: Read = ({ concurrency }) => concurrency?.limit;
  const restarts: Read = ({ process }) => process?.restarts;
  return [
    each('gauge', 'switchyard_inflight', 'Answers under way.', inflight),
    each('gauge', 'switchyard_waiting', 'Requests in the queue.', waiting),
    each('gauge', 'switchyard_concurrency', 'Most requests it takes at once.', limit),
    each(
      'counter',
      'switchyard_process_restarts_total',
      'Starts of a local process after a crash.',
      restarts,
    ),
    {
      name: 'switchyard_process_state',
      help: 'The state that a local process is in has 1.',
      type: 'gauge',
      samples: samplesOf(({ provider, process }) =>
        process ? [{ labels: { provider: provider.name, state: process.state }, value: 1 }] : [],
      ),
    },
    {
      name: 'switchyard_provider_state',
      help: 'How a provider is, as GET /providers says it: the state that it is in has 1.',
      type: 'gauge',
      samples: samplesOf((upstream) => {
        const { state } = standing(upstream, upstreams, host.now());
        return [{ labels: { provider: upstream.provider.name, state }, value: 1 }];
      }),
    },
    ...targetFamilies(host),
  ];
}

/** Reads a number of a provider; undefined: it has none. */
type Read = (upstream: Upstream) => number | undefined;

const sampleOf = ({ provider }: Upstream, value: number | undefined): Sample[] =>
  value === undefined ? [] : [{ labels: { provider: provider.name }, value }];

function targetFamilies({ gateway, now }: Host): Family[] {
  const nameOf = targetNames(gateway.settings);
  const labelsOf = (target: Target) => ({ provider: target.provider.name, target: nameOf(target) });
  const samplesOf = (read: (target: Target, nowMs: number) => Sample[]) => (): Sample[] => {
    const nowMs = now();
    const targets = [...gateway.upstreams.values()].flatMap((upstream) => [...upstream.targets]);
    return unique(targets.flatMap((target) => read(target, nowMs)));
  };
  return [
    {
      name: 'switchyard_target_blocked',
      help: 'Why a target is blocked now: 1 for each reason.',
      type: 'gauge',
      samples: samplesOf((target, nowMs) =>
        [...target.blocks(nowMs).keys()].map((reason) => ({
          labels: { ...labelsOf(target), reason },
          value: 1,
        })),
      ),
    },
    {
      name: 'switchyard_target_circuit',
      help: 'The state that the circuit of a target is in has 1: closed, open or half-open.',
      type: 'gauge',
      samples: samplesOf((target, nowMs) => [
        { labels: { ...labelsOf(target), state: target.stats.circuit.state(nowMs) }, value: 1 },
      ]),
    },
  ];
}

/** Several models of one provider may share a label. */
function unique(samples: readonly Sample[]): Sample[] {
  return [...new Map(samples.map((sample) => [JSON.stringify(sample.labels), sample])).values()];
}
