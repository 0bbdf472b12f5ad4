import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Test } from 'tap';
import { root } from '../gateway.ts';
import { repositories, type Repositories } from './providers/repositories.ts';

/** A program for Node that others might have written: it says what it was given, and answers with it. */
const MAIN = `
import { createServer } from 'node:http';
const { PORT, TOKEN, EXTRA } = process.env;
console.log('tiny begins with ' + TOKEN);
createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const message = { role: 'assistant', content: 'TOKEN ' + (TOKEN ?? 'none') + ', EXTRA ' + (EXTRA ?? 'none') };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  response.end(JSON.stringify(request.url === '/health' ? {} : { id: '1', object: 'chat.completion', created: 1, model: 't', choices }));
}).listen(Number(PORT), '127.0.0.1');
`;

const FILES = { 'main.mjs': MAIN, 'package.json': '{"name":"tiny","version":"1.0.0","type":"module"}' };

/** A provider file for it, and the repository that it is fetched from. */
export interface Tiny {
  readonly there: Repositories;
  /** what `use` names */
  readonly plugin: string;
  readonly source: { readonly git: string; readonly commit: string };
  readonly home: string;
  /** Changes the program. @returns where it is then */
  change(text: string): Tiny['source'];
}

export function tinyProgram(t: Test): Tiny {
  const there = repositories(t);
  const git = 'https://git.example.com/tiny.git';
  const plugin = join(there.folder, 'tiny.mjs');
  const facts = {
    name: 'tiny',
    // Test files run beside each other.
    port: 21_000 + (process.pid % 10_000),
    surfaces: ['chat'],
    models: { t: 't' },
    modelsPath: false,
    toolchain: 'node',
    packages: { node: '>=20' },
    command: '{node} {app}/main.mjs',
    env: { PORT: '{port}' },
    secrets: {
      TOKEN: { required: true, description: 'what it shows upstream' },
      EXTRA: { required: false, description: 'what it could show too' },
    },
    probe: { path: '/health', every: 1_000 },
    notes: { licence: 'MIT', writes: ['next to nothing'], risks: ['unofficial: it is only a test'] },
  };
  writeFileSync(
    plugin,
    `import { programPlugin } from '${join(root, 'kits/provider-kit/program.ts')}';\nexport default programPlugin(${JSON.stringify(facts)});\n`,
  );
  return {
    there,
    plugin,
    source: { git, commit: there.commit(git, FILES) },
    home: join(there.folder, 'home'),
    change: (text) => ({ git, commit: there.commit(git, { 'main.mjs': MAIN + text }) }),
  };
}
