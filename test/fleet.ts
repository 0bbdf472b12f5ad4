import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Injected } from '../gateway.ts';
import { sharedOf } from '../kits/shared-kit/index.ts';
import { redisServer, type RedisServer } from './redis.ts';
import { startSwitchyard, type Switchyard } from './switchyard.ts';
import { testFolder } from './test-folder.ts';

export interface Fleet {
  readonly redis: RedisServer;
  readonly gateways: readonly [Switchyard, Switchyard, ...Switchyard[]];
}

interface FleetParts {
  readonly count?: number;
  readonly redis?: RedisServer;
  /** of each, where it is not the machine's own */
  readonly injected?: readonly Injected[];
}

/** Gateways with the same config that share a Redis, each with a home of its own. */
export async function openFleet(
  t: Test,
  config: Record<string, unknown>,
  { count = 2, injected = [], ...parts }: FleetParts = {},
): Promise<Fleet> {
  const redis = parts.redis ?? (await redisServer(t));
  const folder = testFolder(t);
  const gateways: Switchyard[] = [];
  for (let nth = 0; nth < count; nth++) {
    const home = join(folder, `home-${nth}`);
    mkdirSync(home);
    const shared = { use: 'redis', url: redis.url, node: `node-${nth}` };
    gateways.push(await startSwitchyard(t, { ...config, shared, home }, injected[nth]));
  }
  return { redis, gateways: gateways as unknown as Fleet['gateways'] };
}

/** Each has heard of the others, which takes a second. */
export const met = (gateways: readonly Switchyard[]): Promise<void> =>
  until(() => gateways.every(({ gateway }) => sharedOf(gateway).redis?.nodes === gateways.length));

export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(5);
}

/** Redis still listens, but answers nothing. */
export async function frozen(redis: RedisServer, work: () => Promise<void>): Promise<void> {
  redis.process.kill('SIGSTOP');
  try {
    await work();
  } finally {
    redis.process.kill('SIGCONT');
  }
}
