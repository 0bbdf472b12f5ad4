// Plugins that are written outside the checkout, as docs/ tells their authors: they import the package by its name.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { root } from '../../gateway.ts';
import { startCommand } from '../command.ts';
import { startUpstream } from '../upstream/upstream.ts';

const HOW_TO = readFileSync(join(root, 'docs/write-a-provider.md'), 'utf8');
/** The tsconfig.json that the how-to gives. */
const [, TSCONFIG = ''] = /`tsconfig\.json`:\n\n```json\n([^`]*)```/.exec(HOW_TO) ?? [];

/** A folder of an operator's, with the package linked and the examples of docs/ in it. */
function outside(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-outside-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, 'docs/examples'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), TSCONFIG);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/switchyard-gateway'));
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  return folder;
}

function typeCheck(folder: string): { status: number | null; stdout: string } {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  // Through `env -i`: nothing of the environment of the tests is its own.
  const command = ['-i', process.execPath, tsc, '-p', folder];
  return spawnSync('/usr/bin/env', command, { cwd: folder, encoding: 'utf8' });
}

t.test('plugins outside the checkout are checked against the exported types', (t) => {
  const folder = outside(t);
  t.match(typeCheck(folder), { status: 0, stdout: '' });

  const wrong = {
    'wrong-provider.ts': `
      import { remote, remoteOptions, type RemotePlugin } from 'switchyard-gateway/provider-kit';
      export default {
        name: 'wrong-provider',
        options: remoteOptions,
        create: (options, host) => remote(options, host, { baseUrl: 'http://x', quirks: { streams: 'sometimes' } }),
      } satisfies RemotePlugin;`,
    'wrong-strategy.ts': `
      import type { StrategyPlugin } from 'switchyard-gateway/strategy-kit';
      export default {
        name: 'wrong-strategy',
        options: {},
        create: () => ({ pick: (candidates) => candidates[0]?.id }),
      } satisfies StrategyPlugin;`,
    'wrong-feature.ts': `
      import type { FeaturePlugin } from 'switchyard-gateway/feature-kit';
      export default {
        name: 'wrong-feature',
        options: {},
        create: (_, { events }) => events.onAttempt(({ target }) => console.log(target.colour)),
      } satisfies FeaturePlugin;`,
    'wrong-hook.ts': `
      import { addHook, type FeaturePlugin } from 'switchyard-gateway/feature-kit';
      export default {
        name: 'wrong-hook',
        options: {},
        create: (_, host) => addHook(host, { name: 'wrong', onFailure: 'shrug', request: () => undefined }),
      } satisfies FeaturePlugin;`,
    'wrong-transport.ts': `
      import type { TransportPlugin } from 'switchyard-gateway/transport-kit';
      export default {
        name: 'wrong-transport',
        options: {},
        create: () => ({ heard: () => 0, close: async () => {} }),
      } satisfies TransportPlugin;`,
    'wrong-toolchain.ts': `
      import { runTool, type ToolchainPlugin } from 'switchyard-gateway/toolchain-kit';
      export type { Toolchain } from 'switchyard-gateway/core';
      export default { name: 1, options: {}, create: () => runTool() } satisfies ToolchainPlugin;`,
    'wrong-surface.ts': `
      import { callersRoute } from 'switchyard-gateway/surface-kit';
      import type { Host } from 'switchyard-gateway/contracts';
      import { GatewayError } from 'switchyard-gateway/errors';
      export const routes = ({ app }: Host) => app.get(callersRoute, () => { throw new GatewayError('no_such_code', ''); });`,
  };
  for (const [name, text] of Object.entries(wrong)) writeFileSync(join(folder, name), text);
  const { status, stdout } = typeCheck(folder);
  t.not(status, 0);
  for (const name of Object.keys(wrong)) t.match(stdout, new RegExp(`^${name}\\(`, 'm'), name);
  t.notMatch(stdout, /^my-/m);
  t.notMatch(stdout, /Cannot find module/);
  t.end();
});

t.test('plugins outside the checkout run in a gateway', async (t) => {
  const folder = outside(t);
  const [one, two] = [await startUpstream({ name: 'one' }), await startUpstream({ name: 'two' })];
  const socketed = await startUpstream({ name: 'socketed' });
  t.teardown(() => Promise.all([one.close(), two.close(), socketed.close()]));
  const asked = await behindSocket(t, join(folder, 'llama.socket'), socketed.origin);

  const config = {
    server: { port: 0 },
    discover: false,
    history: { enabled: false },
    home: './home',
    plugins: ['./my-feature.ts', './my-hook.ts'],
    'my-hook': { word: 'Grüße', instead: 'Salut' },
    transport: './my-transport.ts',
    transports: { 'my-transport': { folder: '.' } },
    'my-feature': { path: '/counts' },
    providers: {
      one: { use: './my-provider.ts', baseUrl: one.url, models: { m: 'm' } },
      two: { use: './my-provider.ts', baseUrl: two.url, models: { m: 'm' }, team: 'sales' },
      llama: { use: 'openai-compatible', baseUrl: 'http://llama.socket/v1', models: { llama: 'llama' } },
    },
    models: {
      m: {
        strategy: { use: './my-strategy.ts', prefer: 'two' },
        targets: [{ provider: 'one' }, { provider: 'two' }],
      },
    },
  };
  const file = join(folder, 'switchyard.yaml');
  writeFileSync(file, JSON.stringify(config));
  const command = startCommand(t, { args: ['--config', file], env: { MY_KEY: 'key-of-mine' } });
  const url = await command.url;
  const chat = async (model: string, stream = false) => {
    const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hi' }] }),
    });
    return { status: statusCode, text: await body.text() };
  };

  for (let time = 0; time < 6; time++) t.match(await chat('m'), { status: 200, text: /"content"/ });
  t.equal(two.posts.length, 6, 'the strategy prefers this one');
  t.equal(one.posts.length, 0);
  t.match(two.posts[0]?.headers, {
    authorization: 'Bearer key-of-mine',
    'x-team': 'sales',
    'x-urgency': 'batch',
  });

  t.match(await chat('m', true), { status: 200, text: /data: \[DONE\]/ });
  t.match(two.posts[6]?.headers, { 'x-urgency': 'interactive' });
  t.notOk(two.posts[6]?.json()?.stream, 'it never streams');

  t.match(await chat('llama'), { status: 200, text: /"content"/ }, 'over the socket');
  t.match(await chat('llama', true), { status: 200, text: /data: \[DONE\]/ });
  t.equal(asked().filter((line) => line === 'POST /v1/chat/completions').length, 2);

  for (const stream of [false, true])
    t.match(await chat('llama', stream), { status: 200, text: /Salut/ }, 'hooked');
  t.match(await chat('Grüße'), { status: 400, text: /'Grüße' is not said here/ });

  two.behave('status-500');
  t.match(await chat('m'), { status: 200 });
  const { body } = await request(`${url}/counts`);
  t.match(await body.json(), {
    attempts: { one: { answered: 1 }, two: { answered: 7, failed: 1 }, llama: { answered: 4 } },
    endings: { complete: 12, refused: 1 },
  });
});

/** A server at a Unix socket that passes requests on to an upstream. */
async function behindSocket(t: Test, path: string, origin: string): Promise<() => readonly string[]> {
  const asked: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { host: _, connection: __, ...headers } = incoming.headers;
    const body = Buffer.concat(await incoming.toArray());
    const answer = await request(origin + incoming.url, {
      method: incoming.method as 'POST',
      headers: headers as Record<string, string>,
      body: body.length === 0 ? null : body,
    });
    outgoing.writeHead(answer.statusCode, answer.headers as Record<string, string>);
    answer.body.pipe(outgoing);
  }).listen(path);
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return () => asked;
}
