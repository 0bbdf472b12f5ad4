import { act, type Action } from './act.ts';
import type { Provider, Providers, Restarted } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
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
  takes: '[NAME… | --all]',
  does: 'restarts programs, or without a name the gateway itself, which loses no request',
  about: `Without a name a new process of the gateway takes the port and the programs, which run on; the old one ends its
answers, however long they take. If the new one cannot start, the old one goes on and says why. From a checkout it first
installs what the lockfiles name: git pull && switchyard restart is an upgrade.`,
  run: (given) =>
    given.args.length === 0 && given.options.all !== true
      ? restartGateway(given)
      : restartPrograms.run(given),
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
