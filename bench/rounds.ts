import type { Experiment, Rounds, Sample } from './experiment.ts';
import { node } from './node.ts';
import type { Options } from './options.ts';
import type { Peer } from './peer.ts';
import { withRig } from './rig.ts';

/** Measures every peer once per round, in fresh processes, the order reversed each time: samples by case. */
export async function measure(
  experiment: Experiment,
  peers: readonly Peer[],
  { rounds, isQuick, withHeapFlags }: Options,
): Promise<Map<string, Rounds>> {
  const cases = new Map<string, Rounds>();
  const taking = peers.filter(({ name }) => !experiment.without?.includes(name));
  const count = Math.min(rounds, experiment.rounds ?? rounds);
  for (let round = 0; round < count; round += 1) {
    for (const peer of round % 2 === 0 ? taking : taking.toReversed()) {
      console.error(`${experiment.name} ${round + 1}/${count} ${peer.name}`);
      const samples = await withRig(
        peer,
        node(withHeapFlags),
        (rig) => experiment.measure(rig, isQuick),
        experiment.isSecure,
      ).catch(explain(experiment, peer));
      for (const [title, sample] of Object.entries(samples)) add(cases, title, peer, taking, sample);
    }
  }
  return cases;
}

function add(
  cases: Map<string, Rounds>,
  title: string,
  peer: Peer,
  taking: readonly Peer[],
  sample: Sample,
): void {
  const rounds = cases.get(title) ?? new Map(taking.map(({ name }) => [name, []]));
  cases.set(title, rounds);
  rounds.get(peer.name)?.push(sample);
}

const explain =
  (experiment: Experiment, peer: Peer) =>
  (cause: Error): never => {
    throw new Error(
      `${experiment.name}, ${peer.name}: ${cause.message}\nIts output is in .work/${peer.name}/output.log`,
      { cause },
    );
  };
