import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Host, Plugin } from './contracts.ts';

/** A house without the part that each plugin gets of its own. */
export type HostParts = Omit<Host, 'app' | 'log'>;

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
  parts: HostParts,
  take: (made: Awaited<Result>) => void = () => {},
  name = plugin.name,
): void {
  const make = async (instance: FastifyInstance): Promise<void> => {
    const host: Host = { ...parts, app: instance, log: instance.log.child({ plugin: name }) };
    const made = await plugin.create(options, host);
    const { close } = (made ?? {}) as Made;
    if (close) instance.addHook('onClose', () => close.call(made));
    take(made);
  };
  app.register(fastifyPlugin(make, { name: `switchyard:${name}`, fastify: '5.x' }));
}
