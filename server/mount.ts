import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { GatewayEvents, Host, Plugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';

/** What all plugins of a gateway share; each gets its own app, log and subscriptions. */
export type SharedHost = Omit<Host, 'app' | 'log' | 'events'>;

export interface HostParts {
  readonly shared: SharedHost;
  /** subscriptions of one plugin, until `close`; what a listener of it throws is logged there */
  readonly subscriber: (log: FastifyBaseLogger) => GatewayEvents & { close(): void };
}

interface Made {
  close?: () => Promise<void> | void;
}

/**
 * The one place where a plugin becomes a Fastify plugin: avvio gives it its place in the order of the boot, its name in
 * every boot error, and a teardown in which what was made last is closed first.
 */
export function mount<Options, Result>(
  app: FastifyInstance,
  plugin: Plugin<Options, Result>,
  options: Options,
  { shared, subscriber }: HostParts,
  take: (made: Awaited<Result>) => void = () => {},
  name = plugin.name,
): void {
  const make = async (instance: FastifyInstance): Promise<void> => {
    const log = instance.log.child({ plugin: name });
    const events = subscriber(log);
    const host: Host = { ...shared, events, app: instance, log };
    const made = await create(plugin, options, host, name);
    const { close } = (made ?? {}) as Made;
    if (close) instance.addHook('onClose', () => close.call(made));
    instance.addHook('onClose', async () => events.close());
    take(made);
  };
  app.register(fastifyPlugin(make, { name: `switchyard:${name}`, fastify: '5.x' }));
}

/** A GatewayError names its subject already; any other error gets the plugin's name. */
export async function create<Options, Result>(
  plugin: Plugin<Options, Result>,
  options: Options,
  host: Host,
  name: string,
): Promise<Awaited<Result>> {
  try {
    return await plugin.create(options, host);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new Error(`${name} could not be started: ${(error as Error)?.message ?? error}`, { cause: error });
  }
}
