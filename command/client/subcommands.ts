import { hasBench } from '../installation.ts';
import { alerts } from './alerts.ts';
import { cache } from './cache.ts';
import { chat } from './chat.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { doctor } from './doctor.ts';
import { hooks } from './hooks.ts';
import { restart, start, stop } from './lifecycle.ts';
import { launch } from './launch.ts';
import { keys } from './keys.ts';
import { limits } from './limits.ts';
import { logs } from './logs.ts';
import { models } from './models.ts';
import { nodes } from './nodes.ts';
import { password } from './password.ts';
import { providers } from './providers.ts';
import { status } from './status.ts';
import { populate } from './populate.ts';
import { secret } from './secret.ts';
import { secrets } from './secrets.ts';
import { strategy } from './strategy.ts';
import type { Subcommand } from './subcommand.ts';
import { test } from './test.ts';
import { usage } from './usage.ts';
import { route, why } from './why.ts';

/** Every subcommand that calls a gateway or acts in its stead, in the order of the help. */
export const GROUPS: Readonly<Record<string, readonly Subcommand[]>> = {
  Providers: [providers, start, stop, restart, populate, test, logs, secret],
  Callers: [keys, limits, usage, password],
  Requests: [chat, launch, models, route, why, strategy],
  'The gateway': [
    status,
    nodes,
    config,
    secrets,
    alerts,
    cache,
    doctor,
    hooks,
    completion(() => SUBCOMMANDS),
  ],
};

export const SUBCOMMANDS: readonly Subcommand[] = Object.values(GROUPS).flat();

/** Subcommands that the launcher runs itself, as programs of their own. */
export const LAUNCHED = [
  { name: 'start', takes: '[--config FILE] [--port N]', does: 'starts the gateway' },
  ...(hasBench
    ? [{ name: 'bench', takes: '[ARGUMENTS]', does: 'runs the benchmarks, as npm run bench does' }]
    : []),
];
