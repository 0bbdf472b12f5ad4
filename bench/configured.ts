import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Peer, type Setup } from './peer.ts';

/**
 * The gateway of this repository with a config of its own.
 * @param around adds to the command that runs Node
 */
export const configured = (
  name: string,
  config: (setup: Setup) => object,
  around: (node: readonly string[]) => readonly string[] = (node) => node,
): Peer => ({
  name,
  launch(setup) {
    const file = join(setup.folder, 'switchyard.json');
    writeFileSync(file, JSON.stringify({ server: { host: '127.0.0.1' }, ...config(setup) }, undefined, 2));
    return [...around(setup.node), here('../main.ts'), '--config', file, '--port', String(setup.port)];
  },
});

/**
 * A provider whose API is at that origin.
 * @param models the names of its models: the client's and its own
 */
export const providerAt = (
  origin: string,
  models: Readonly<Record<string, string>> = { 'bench-model': 'bench-model' },
): object => ({ use: 'openai-compatible', baseUrl: `${origin}/v1`, apiKey: 'bench', models });
