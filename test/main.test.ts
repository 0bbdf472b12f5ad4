import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { CONFIG_NAMES } from '../config/read.ts';
import { root } from '../gateway.ts';
import { freePort, startCommand, type Command } from './command.ts';
import { testCertificate } from './upstream/tls.ts';
import { startUpstream } from './upstream/upstream.ts';
import { testFolder } from './test-folder.ts';

const run = promisify(execFile);
const UNREACHABLE = {
  discover: false,
  server: { port: 0 },
  providers: { lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } } },
};

/** It says what is wrong in its own words, and that is all. */
async function fails(command: Command, expected = 1): Promise<string> {
  const { code } = await command.ended;
  if (code !== expected) throw new Error(`it ended with ${code}: ${command.stdout}${command.stderr}`);
  if (command.stdout !== '') throw new Error(`it said ${command.stdout}`);
  if (/^ +at /m.test(command.stderr)) throw new Error(`a stack: ${command.stderr}`);
  return command.stderr;
}

t.test('the banner has the providers found, the address, and a line that works as it is', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: '$LAB_KEY',
    models: { "o'model": 'm1', other: 'm2' },
  };
  const command = startCommand(t, {
    config: {
      ...UNREACHABLE,
      unknownModels: 'route',
      providers: { lab, off: { use: 'openai-compatible', baseUrl: upstream.url, enabled: false } },
    },
    env: { LAB_KEY: 'planted-key' },
  });
  const url = await command.url;
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.ok(command.stdout.startsWith(`Dashboard: ${url}/\nAPI: ${url}/v1\n`));
  t.equal(`${command.stdout}${command.stderr}`.match(/listening on/g)?.length, 1);
  t.match(command.stdout, /^Config: \/.*switchyard\.yaml$/m);
  t.match(command.stdout, /^ {2}lab: o'model, other$/m);
  t.notMatch(command.stdout, /^ {2}off/m);
  t.notMatch(command.stdout + command.stderr, 'planted-key');
  t.notMatch(command.stdout, 'small model');
  const line = command.stdout.slice(command.stdout.indexOf('  curl '));
  const { stdout } = await run('sh', ['-c', line.replace('curl ', 'curl -sS ')]);
  t.match(JSON.parse(stdout), { object: 'chat.completion', choices: [{ message: { content: /Hello/ } }] });
  t.match(upstream.posts[0]?.json(), {
    model: 'm1',
    messages: [{ content: 'What is the capital of France?' }],
  });
  upstream.behave('status-500', { body: 'their\u001b[31m words\nof two lines', contentType: 'text/plain' });
  await (
    await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'o\u001b[31m\nforged', messages: [] }),
    })
  ).text();
  while (!command.stderr.includes('answered 500')) await sleep(20);
  t.match(command.stderr, /warning: .*lab answered 500/, 'what went wrong is in the log');
  t.notOk(command.stderr.includes('\u001b'), 'the output has no terminal sequences');
  t.notMatch(command.stderr, /^forged|^of two/m, 'nor writes lines of their own');
  t.match(await (await fetch(`${url}/v1/models`)).json(), { data: [{ id: "o'model" }, { id: 'other' }] });
});

t.test(
  'with keys the line has a place for one; an authority of NODE_EXTRA_CA_CERTS is trusted, as errors advise',
  async (t) => {
    const upstream = await startUpstream({ tls: true, interval: 0 });
    t.teardown(() => upstream.close());
    const folder = testFolder(t, { 'ca.pem': testCertificate().cert });
    const lab = {
      use: 'openai-compatible',
      baseUrl: upstream.url,
      apiKey: 'planted-upstream-key',
      models: { m: 'm' },
    };
    const config = {
      ...UNREACHABLE,
      home: folder,
      server: { port: 0, apiKeys: ['planted-gateway-key'] },
      providers: { lab },
    };
    const command = startCommand(t, { config, env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } });
    const url = await command.url;
    t.notMatch(command.stdout + command.stderr, 'planted');
    const line = command.stdout.slice(command.stdout.indexOf('  curl '));
    const { stdout } = await run('sh', ['-c', line.replace('curl ', 'curl -sS ')], {
      env: { ...process.env, KEY: 'planted-gateway-key' },
    });
    t.match(JSON.parse(stdout), { object: 'chat.completion' });
    t.equal(
      (await fetch(`${url}/v1/files`, { headers: { 'x-api-key': 'planted-gateway-key' } })).status,
      200,
      'passed through',
    );
    for (const { headers } of upstream.requests)
      t.equal(headers.authorization, 'Bearer planted-upstream-key');
  },
);

t.test('what a provider lacks stands in the banner, and what to try is a model that one has', async (t) => {
  const lab = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' };
  const [keyless, unnamed] = [
    { azure: { apiKey: 'planted-key' }, groq: { apiKey: 'planted-key' } },
    { lab },
  ].map((providers) => startCommand(t, { config: { ...UNREACHABLE, providers } })) as [Command, Command];
  await keyless.url;
  t.match(keyless.stdout, /^ {2}azure cannot answer yet: set providers\.azure\.endpoint/m);
  t.match(keyless.stdout, /^ {2}groq \((.+) and more\)\n\nTry it:\n.+\n.+"model":"\1"/m);
  const url = await unnamed.url;
  t.ok(unnamed.stdout.includes(`Try it, with a MODEL that ${url}/v1/models lists:`));
});

t.test('a log for machines has one JSON object a line, and nothing else', async (t) => {
  const command = startCommand(t, { config: UNREACHABLE, env: { LOG_FORMAT: 'json' } });
  while (!command.stdout.includes('listening on http')) await sleep(20);
  command.child.kill('SIGTERM');
  await command.ended;
  for (const line of command.stdout.trim().split('\n'))
    t.match(JSON.parse(line), { level: Number, msg: String });
});

t.test('without a config it starts with what it finds in the environment', async (t) => {
  if (CONFIG_NAMES.some((name) => existsSync(join(root, name))))
    return void t.pass('there is a config beside the README');
  const command = startCommand(t, { env: { MISTRAL_API_KEY: 'planted-key', SWITCHYARD_PORT: '0' } });
  const url = await command.url;
  t.match(command.stdout, /^Config: none; the defaults are used$/m);
  t.match(command.stdout, /^ {2}mistral/m);
  t.notMatch(command.stdout + command.stderr, 'planted-key');
  const { providers } = (await (await fetch(`${url}/providers`)).json()) as {
    providers: { name: string; state: string }[];
  };
  t.match(
    providers.find(({ name }) => name === 'mistral'),
    { state: /^(?:unknown|blocked)$/ },
  );
});

t.test(
  'the config is named by --config before SWITCHYARD_CONFIG, the port by --port before SWITCHYARD_PORT before the file',
  async (t) => {
    const folder = testFolder(t, {
      'one.json': JSON.stringify(UNREACHABLE),
      'two.yaml': JSON.stringify({ ...UNREACHABLE, server: { port: 1 } }),
    });
    const [one, two] = [join(folder, 'one.json'), join(folder, 'two.yaml')];
    const [port, other] = [await freePort(), await freePort()];
    const byEnvironment = startCommand(t, { env: { SWITCHYARD_CONFIG: one, SWITCHYARD_PORT: String(port) } });
    const byOption = startCommand(t, {
      args: ['--config', two, `--port=${other}`],
      env: { SWITCHYARD_CONFIG: one, SWITCHYARD_PORT: String(port) },
    });
    t.equal(await byEnvironment.url, `http://127.0.0.1:${port}`);
    t.ok(byEnvironment.stdout.includes(`Config: ${one}\n`));
    t.equal(await byOption.url, `http://127.0.0.1:${other}`);
    t.ok(byOption.stdout.includes(`Config: ${two}\n`));
  },
);

t.test('--help lists the options and starts nothing', async (t) => {
  const command = startCommand(t, { args: ['--help'] });
  t.equal((await command.ended).code, 0);
  for (const word of ['--config', '--port', '--help', 'SWITCHYARD_CONFIG', 'SWITCHYARD_PORT', '7999'])
    t.ok(command.stdout.includes(word), word);
  t.equal(command.stderr, '');
});

t.test('a wrong option is reported without a stack', async (t) => {
  const wrong = [
    [['--prot', '1'], 2, /'--prot' \(did you mean '--port'\?\)\n.*--port N/s],
    [['serve'], 2, /'serve' is not an option\n.*--help/s],
    [['my.yaml'], 2, /'my\.yaml' is not an option: name a config file by --config my\.yaml\n/],
    [['--port', 'abc'], 2, /'abc' is not a port: give a whole number from 0 to 65535/],
    [['--config', 'nowhere.yaml'], 1, /config file nowhere\.yaml does not exist/],
    [['--config', 'test'], 1, /config file test is a folder: name the file in it/],
  ] as const;
  const commands = wrong.map(([args]) => startCommand(t, { args }));
  for (const [at, command] of commands.entries()) {
    const [args, code, says] = wrong[at]!;
    t.match(await fails(command, code), says, args.join(' '));
  }
});

t.test('every mistake of a config is reported at once, with its line', async (t) => {
  const text =
    'server: { prot: 1, host: 0.0.0.0 }\nproviders:\n  lab: { use: openai-compatibel }\n  other: { use: openai-compatible, baseUrl: http://127.0.0.1, apiKey: $NOT_SET }\nmodels:\n  m: { targets: [{ provider: unknown }] }\n';
  const file = join(
    testFolder(t, { 'switchyard.yaml': text, 'syntax.yaml': 'server: {\n' }),
    'switchyard.yaml',
  );
  const [command, syntax] = [
    startCommand(t, { args: ['--config', file] }),
    startCommand(t, { args: ['--config', file.replace('switchyard', 'syntax')] }),
  ];
  const told = await fails(command);
  t.match(told, /^switchyard: The config has 5 mistakes:$/m);
  for (const mistake of [
    /switchyard\.yaml:1:11: server\.prot: unknown \(did you mean 'port'\?\)/,
    /:1:26: server\.host: '0\.0\.0\.0'/,
    /:3:15: providers\.lab\.use: .*did you mean 'openai-compatible'/,
    /NOT_SET is not set/,
    /models\.m\.targets\[0\]\.provider: 'unknown'/,
  ])
    t.match(told, mistake);
  t.match(await fails(syntax), /syntax\.yaml:\d+:\d+: /);
});

t.test('a taken port is reported with the program that has it, and nothing was started', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const folder = testFolder(t, {});
  const mine = {
    use: 'process',
    command: [
      process.execPath,
      '-e',
      `require('fs').writeFileSync(${JSON.stringify(join(folder, 'started'))}, '')`,
    ],
    models: { m: 'm' },
  };
  const command = startCommand(t, {
    args: [
      '--port',
      String(port),
      '--config',
      join(
        testFolder(t, { 'switchyard.json': JSON.stringify({ discover: false, providers: { mine } }) }),
        'switchyard.json',
      ),
    ],
  });
  const told = await fails(command);
  t.match(told, `port ${port} is already taken by `);
  if (process.platform === 'linux') t.match(told, new RegExp(`by pid ${process.pid} \\(.*node`));
  t.match(told, `--port ${port + 1}`);
  t.notOk(existsSync(join(folder, 'started')));
});
