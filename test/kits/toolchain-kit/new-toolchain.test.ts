// A toolchain of one's own, written with nothing but the kit: dropped into its folder, it makes a program runnable.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { request } from 'undici';
import { root } from '../../../gateway.ts';
import { checkoutWithout } from '../../checkout.ts';
import { startCommand } from '../../command.ts';

const TOOLCHAIN = `
import {
  findTool, fingerprint, installEnvironment, installOnce, onPath, packagesReader, RANGE, runTool, versionText,
  type OptionsOf, type ToolchainPlugin,
} from '../../kits/toolchain-kit/index.ts';

const options = { type: 'object', additionalProperties: false, properties: { smith: { type: 'string' } } } as const;
const packages = {
  type: 'object',
  additionalProperties: false,
  required: ['smith', 'says'],
  properties: { smith: { type: 'string', pattern: RANGE }, says: { type: 'string' } },
} as const;
const read = packagesReader<OptionsOf<typeof packages>>(packages);
const SMITH = { what: 'Smith', url: 'https://example.com/smith', option: 'toolchains.forge.smith' };

export default {
  name: 'forge',
  options,
  create({ smith }, { env: given }) {
    const env = installEnvironment(given);
    return {
      async prepare(job) {
        const { smith: range, says } = read(job);
        const { provider, folder, signal, progress } = job;
        const paths = smith === undefined ? await onPath('smith', env) : [smith];
        const tool = await findTool(provider, SMITH, { range, paths, env, signal });
        await installOnce(folder, fingerprint(versionText(tool.version), says), async (stage) => {
          progress('forging');
          await runTool({ provider, command: [tool.path, 'make', says], cwd: stage, env, signal, remedies: [] });
        });
        return { made: folder };
      },
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;
`;

const PROVIDER = (name: string, range: string) => `
import { local, localOptions } from '../kits/provider-kit/index.ts';
export default {
  name: '${name}',
  options: localOptions,
  create: (options, host) => local(options, host, {
    basePath: '/v1',
    models: { ${name}: '${name}' },
    process: {
      source: { toolchain: 'forge', packages: { smith: '${range}', says: 'forged' } },
      command: [process.execPath, '{made}/main.mjs'],
      env: { PORT: '{port}' },
      port: 'free',
      host: '127.0.0.1',
      probe: { method: 'GET', path: '/', status: [200], everyMs: 10_000, withinMs: 60_000 },
      start: 'on-demand',
      stop: { signal: 'SIGTERM', graceMs: 1_000 },
      notes: { writes: [], risks: [] },
    },
  }),
};
`;

/** Tells its version, or makes a program that answers with what it was told, and notes what it was given. */
const SMITH = `#!/bin/sh
if [ "$1" = --version ]; then echo "smith 3.2.1"; exit; fi
env > "$(dirname "$0")/env"
cat > main.mjs <<END
import { createServer } from 'node:http';
const message = { role: 'assistant', content: '$2' };
const answer = { id: '1', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
}).listen(Number(process.env.PORT), '127.0.0.1');
END
`;

const isWindows = process.platform === 'win32' ? { skip: 'the tool is a shell script' } : {};

t.test('a toolchain is written with the kit alone', { timeout: 180_000, ...isWindows }, async (t) => {
  const cwd = checkoutWithout(t);
  writeFileSync(join(cwd, 'plugins/toolchains/forge.ts'), TOOLCHAIN);
  writeFileSync(join(cwd, 'providers/forged.ts'), PROVIDER('forged', '>=3.1 <4'));
  writeFileSync(join(cwd, 'providers/newer.ts'), PROVIDER('newer', '>=4'));
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'smith'), SMITH);
  chmodSync(join(bin, 'smith'), 0o755);
  const command = startCommand(t, {
    cwd,
    env: { PATH: `${bin}:${process.env.PATH}`, OPENAI_API_KEY: 'planted-key' },
    config: {
      discover: false,
      home: join(cwd, 'home'),
      server: { port: 0 },
      providers: { forged: {}, newer: {} },
    },
  });
  const url = await command.url;
  const chat = async (model: string) => {
    const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    });
    return { status: statusCode, text: await body.text() };
  };
  t.match(await chat('forged'), { status: 200, text: /"content":"forged"/ });
  t.notMatch(readFileSync(join(bin, 'env'), 'utf8'), 'planted-key', 'an installation has no credentials');
  t.match(await chat('newer'), {
    status: 503,
    text: /newer needs Smith 4\.0 or newer; found 3\.2\.1 \(.*toolchains\.forge\.smith/,
  });
  const kept = join(root, 'plugins/toolchains');
  t.strictSame(
    readdirSync(kept).filter((name) => name.startsWith('forge')),
    [],
    'the checkout itself is as it was',
  );
});

t.test("the shipped toolchains' own files need nothing but the kit either", (t) => {
  const folder = join(root, 'plugins/toolchains');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const text = readFileSync(join(folder, file), 'utf8');
    const imports = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, name = '']) => name);
    const others = imports.filter((name) => /\.\.\/(core|kits|config|wire)\//.test(name));
    t.strictSame(
      others.filter((name) => !name.endsWith('/kits/toolchain-kit/index.ts')),
      [],
      file,
    );
  }
  t.end();
});
