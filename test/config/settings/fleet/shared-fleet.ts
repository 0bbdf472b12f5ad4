import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { upstream } from '../../../in-front.ts';
import { Postgres } from '../../../../kits/store-kit/postgres.ts';
import { postgresServer, type PostgresServer } from '../../../postgres.ts';
import { startSwitchyard, type Answer, type Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';

interface Start {
  readonly config?: Record<string, unknown>;
  readonly secretKey?: string;
  /** it has no PostgreSQL */
  readonly isAlone?: boolean;
}

/**
 * Gateways that share their settings in a database of their own; one that is started again has the home that it had.
 * @param postgres where that is; without it, in one that the test may end
 */
export async function sharedFleet(t: Test, given?: PostgresServer) {
  const postgres = given ?? (await postgresServer(t));
  const [database, lab, other] = await Promise.all([
    postgres.database(),
    upstream(t, 'lab', { interval: 0 }),
    upstream(t, 'other', { interval: 0 }),
  ]);
  const folder = testFolder(t, {});
  const key = randomBytes(32).toString('base64');
  const homeOf = (name: string): string => join(folder, name);
  const start = (
    name: string,
    { config = {}, secretKey = key, isAlone }: Start = {},
  ): Promise<Switchyard> => {
    const home = homeOf(name);
    mkdirSync(home, { recursive: true });
    const value = {
      home,
      ...(isAlone ? {} : { store: { use: 'postgres', url: database } }),
      shared: { node: name },
      providers: {
        lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' },
        other: { use: 'openai-compatible', baseUrl: other.url, apiKey: 'k' },
      },
      models: {
        fast: {
          targets: [
            { provider: 'lab', model: 'm' },
            { provider: 'other', model: 'm' },
          ],
        },
      },
      ...config,
    };
    return startSwitchyard(t, value, { env: { SWITCHYARD_SECRET_KEY: secretKey } });
  };
  const ask = async (text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> => {
    const connection = await Postgres.open({ url: database, pool: 1 });
    return connection.query(text, values).finally(() => connection.close());
  };
  return { postgres, database, ask, lab, other, homeOf, start };
}

export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(20);
}

export const patch = (gateway: Switchyard, path: string, body: Record<string, unknown>): Promise<Answer> =>
  gateway.ask(path, { method: 'PATCH', body });

/** Weights of the model `fast`, in the order of the config. */
export const weigh = (gateway: Switchyard, ...weights: readonly number[]): Promise<Answer> =>
  patch(gateway, '/routes/fast', {
    targets: ['lab', 'other']
      .slice(0, weights.length)
      .map((provider, at) => ({ provider, weight: weights[at] })),
  });

export const weightsOf = (gateway: Switchyard): unknown[] =>
  gateway.gateway.settings.model('fast')?.targets.map(({ weight }) => weight) ?? [];

export const hasWeights = (gateway: Switchyard, ...weights: readonly unknown[]): Promise<void> =>
  until(() => JSON.stringify(weightsOf(gateway)) === JSON.stringify(weights.map((one) => one ?? null)));

interface Standing {
  readonly problem: string | null;
  readonly settings: { readonly revision: number; readonly problem: string | null } | null;
}

/** undefined: it knows no keys yet, and answers nothing */
export const standingOf = async (gateway: Switchyard): Promise<Standing | undefined> =>
  (await gateway.ask('/health')).json().store as Standing | undefined;
