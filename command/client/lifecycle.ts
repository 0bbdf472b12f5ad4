import { act, type Action } from './act.ts';
import type { Provider, Providers, Restarted } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
import { restartNodes } from './nodes.ts';
import { forEach } from './results.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';

export const start = subcommand(
  'start',
  'starts programs; fetches and installs them first if needed',
  'Without a name it starts the gateway itself: switchyard start [--config FILE] [--port N].',
);
export const stop = subcommand('stop', 'stops programs');
const restartPrograms = subcommand('restart', 'restarts programs');
export const restart: Subcommand = {
  ...restartPrograms,
  takes: '[NAME… | --all | --nodes [NODE…]]',
  does: 'restarts programs, without a name the gateway itself, or with --nodes all gateways; no request is lost',
  about: `Without a name a new process of the gateway takes the port and the programs, which run on; the old one ends its
answers, however long they take. If the new one cannot start, the old one goes on and says why. From a checkout it first
installs what the lockfiles name: git pull && switchyard restart is an upgrade.
With --nodes the gateway restarts its peers one after the other, each once the one before is back and well, and then
itself. It ends with the first that fails. --all means all programs of this gateway.`,
  flags: { all: '', nodes: '' },
  run(given) {
    const { all, nodes } = given.options;
    if (nodes && all)
      throw new Failure('restart: --all is of programs, and --nodes of gateways: use one', EXIT.usage);
    if (nodes) return restartNodes(given);
    return given.args.length === 0 && all !== true ? restartGateway(given) : restartPrograms.run(given);
  },
};

async function restartGateway(given: Run): Promise<void> {
  const answer = await given.gateway.ask<Restarted>('POST', '/restart');
  show(
    given,
    answer,
    () => `process ${answer.pid} has taken over; ${answer.previous_pid} ends when its answers have ended\n`,
  );
}

function subcommand(name: Action, does: string, about?: string): Subcommand {
  return {
    name,
    takes: 'NAME… | --all',
    does,
    ...(about === undefined ? {} : { about }),
    words: [0, Infinity],
    flags: { all: '' },
    completes: 'providers',
    async run(given) {
      const names = await named(given, name);
      await interruptible(
        (signal) => forEach(given, names, (one, tell) => act(given.gateway, name, one, { signal, tell })),
        'the gateway continues what has begun; switchyard providers shows the progress',
      );
    },
  };
}

/** The named providers, or all that the action applies to. */
async function named({ gateway, args, options }: Run, action: Action): Promise<readonly string[]> {
  if (options.all !== (args.length === 0 || undefined))
    throw new Failure(
      `${action}: name programs, or use --all\nusage: switchyard ${action} NAME… | --all`,
      EXIT.usage,
    );
  if (args.length > 0) return [...new Set(args)];
  const { providers } = await gateway.ask<Providers>('GET', '/providers');
  const runs = ({ state }: Provider) => !['absent', 'stopped', 'failed'].includes(state);
  const wanted = (one: Provider) => (action === 'start' ? !one.lastResort : runs(one));
  return providers.filter((one) => one.process && wanted(one)).map((one) => one.name);
}
