import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { here, type Peer } from '../peer.ts';

const main = here('../main.ts');

/** The gateway of this repository, with one remote provider and nothing else configured. */
export default before('switchyard', 'openai-compatible');

/** @param use what its provider is */
export function before(name: string, use: string): Peer {
  return {
    name,
    missing: () => (existsSync(main) ? undefined : 'main.ts is not there'),
    launch({ node, port, upstream, folder }) {
      const file = join(folder, 'switchyard.yaml');
      writeFileSync(file, config(port, upstream, use));
      return [...node, main, '--config', file, '--port', String(port)];
    },
  };
}

const config = (port: number, upstream: string, use: string): string => `\
server: { host: 127.0.0.1, port: ${port} }
strategy: { use: round-robin }
providers:
  up: { use: ${use}, baseUrl: ${upstream}/v1, apiKey: bench, models: { bench-model: bench-model } }
`;
