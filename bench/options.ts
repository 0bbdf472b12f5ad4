import { parseArgs } from 'node:util';

export interface Options {
  isQuick: boolean;
  rounds: number;
  minutes: number;
  only: string[] | undefined;
  peers: string[] | undefined;
  strategies: string[] | undefined;
  withHeapFlags: boolean;
  /** Profiles instead of measuring. */
  isProfile: boolean;
}

export const usage = `npm run bench -- [options]
  --quick             some seconds, one round, bare and switchyard, nothing recorded: does everything still work?
  --only NAMES        json, tls, providers, streams, burst, bodies, shapes, memory, translated, transform, hedge, history, team, shared, strategies,
                      failover, cut, faults
                      (comma between several); quiet-faults must be named, no other run has it
  --peers NAMES       only these, as the files in peers/ are called
  --strategies NAMES  only these, where strategies are compared (strategies, faults, quiet-faults)
  --rounds N          fresh processes and the other order each round (3)
  --profile           where the time and the memory of a small request go, into PROFILE.md; nothing else
  --minutes N         how long quiet-faults lasts (20)
  --default-heap      Node's own heap settings instead of the flags of node.ts`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      peers: { type: 'string' },
      strategies: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      'default-heap': { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit();
  }
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20)
    throw new Error(`--rounds must be 1 to 20, not ${values.rounds}`);
  const minutes = Number(values.minutes ?? (values.quick ? 1 : 20));
  if (!(minutes >= 1 && minutes <= 600)) throw new Error(`--minutes must be 1 to 600, not ${values.minutes}`);
  return {
    isQuick: values.quick,
    rounds,
    minutes,
    only: values.only?.split(','),
    peers: values.peers?.split(',') ?? (values.quick ? ['bare', 'switchyard'] : undefined),
    strategies: values.strategies?.split(','),
    withHeapFlags: !values['default-heap'],
    isProfile: values.profile,
  };
}
