import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { run } from '../run.ts';

const AGENTS = ['claude', 'codex', 'gemini', 'opencode', 'qwen'];

/** Says with what it was started, and ends with the code in AGENT_EXIT; or when a signal comes. */
const AGENT = `#!${process.execPath}
const { argv, env, cwd, exit } = process;
const settings = env.GEMINI_CLI_HOME && process.getBuiltinModule('node:fs').readFileSync(env.GEMINI_CLI_HOME + '/.gemini/settings.json', 'utf8');
const links = env.GEMINI_CLI_HOME && process.getBuiltinModule('node:fs').readdirSync(env.GEMINI_CLI_HOME + '/.gemini');
console.log(JSON.stringify({ args: argv.slice(2), env, cwd: cwd(), settings, links }));
if (env.AGENT_WAITS) setInterval(() => {}, 1000);
else exit(Number(env.AGENT_EXIT ?? 0));
`;

async function open(t: Test, config: Record<string, unknown> = {}) {
  const folder = testFolder(t, { bin: {}, home: {}, project: {} });
  for (const name of AGENTS) {
    writeFileSync(join(folder, 'bin', name), AGENT);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const lab = {
    use: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:1/v1',
    models: { big: 'big', small: 'small' },
  };
  const switchyard = await startSwitchyard(t, { providers: { lab }, ...config });
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    SWITCHYARD_URL: switchyard.url,
  };
  const launch = async (args: readonly string[], given: Record<string, string> = {}) => {
    const ran = await run(['launch', ...args], { env: { ...env, ...given } });
    const said = ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : undefined;
    if (said === undefined) t.comment(`${args.join(' ')}: ${ran.code} ${ran.stdout}${ran.stderr}`);
    return { ...ran, said };
  };
  return { folder, switchyard, env, launch, home: env.HOME };
}

t.test('each agent is pointed at the gateway by variables and arguments of its own process', async (t) => {
  const { launch, switchyard } = await open(t);
  const { url } = switchyard;
  const wrong = { ANTHROPIC_API_KEY: 'sk-ant', CLAUDE_CODE_USE_BEDROCK: '1', GOOGLE_API_KEY: 'g' };
  const started = async (name: string) =>
    (await launch([name, '--model', 'big', '--', '-p', 'say hi', '--help'], wrong)).said;
  const claude = await started('claude');
  t.match(claude.env, {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: 'switchyard',
    ANTHROPIC_MODEL: 'big',
    ANTHROPIC_DEFAULT_HAIKU_MODEL: 'big',
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
  });
  t.notOk(
    'ANTHROPIC_API_KEY' in claude.env || 'CLAUDE_CODE_USE_BEDROCK' in claude.env,
    'nothing points elsewhere',
  );
  t.strictSame(claude.args, ['-p', 'say hi', '--help'], "what follows -- is the agent's, --help too");
  const codex = await started('codex');
  t.strictSame(codex.args, [
    '-c',
    'model_provider="switchyard"',
    '-c',
    `model_providers.switchyard={name="Switchyard",base_url="${url}/v1",wire_api="responses",env_key="SWITCHYARD_KEY"}`,
    '-c',
    'model="big"',
    '-p',
    'say hi',
    '--help',
  ]);
  t.equal(codex.env.SWITCHYARD_KEY, 'switchyard');
  const opencode = await started('opencode');
  t.match(JSON.parse(opencode.env.OPENCODE_CONFIG_CONTENT), {
    model: 'switchyard/big',
    provider: { switchyard: { options: { baseURL: `${url}/v1` }, models: { big: {}, small: {} } } },
  });
  const qwen = await started('qwen');
  t.match(qwen.env, { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'switchyard', OPENAI_MODEL: 'big' });
  t.strictSame(qwen.args.slice(0, 4), ['--auth-type', 'openai', '--openai-base-url', `${url}/v1`]);
});

t.test(
  'Gemini CLI gets a home in which its settings choose the key, and the user keeps theirs',
  async (t) => {
    const { launch, home, switchyard } = await open(t);
    const folder = join(home, '.gemini');
    mkdirSync(join(folder, 'history'), { recursive: true });
    const settings = '{"theme":"dark","security":{"auth":{"selectedType":"oauth-personal"}}}';
    writeFileSync(join(folder, 'settings.json'), settings);
    const { said } = await launch(['gemini', '--model', 'big']);
    t.match(said.env, {
      GOOGLE_GEMINI_BASE_URL: switchyard.url,
      GEMINI_API_KEY: 'switchyard',
      GEMINI_MODEL: 'big',
    });
    t.match(JSON.parse(said.settings), {
      theme: 'dark',
      security: { auth: { selectedType: 'gemini-api-key' } },
    });
    t.ok(said.links.includes('history'));
    t.equal(readFileSync(join(folder, 'settings.json'), 'utf8'), settings, 'no file of the user is changed');
    t.strictSame(readdirSync(folder).toSorted(), ['history', 'settings.json']);
    t.notOk(existsSync(said.env.GEMINI_CLI_HOME), 'the folder is removed afterwards');
    t.ok(existsSync(join(folder, 'history')), 'and what it links to is not');
  },
);

t.test("a gateway's key goes to the agent, and --print does not show it", async (t) => {
  const { launch } = await open(t, { server: { apiKeys: ['sk-secret'] } });
  t.match(await launch(['claude']), { code: 1, stderr: /key/ }, 'the gateway itself says that it needs one');
  const { said } = await launch(['claude'], { SWITCHYARD_KEY: 'sk-secret' });
  t.equal(said.env.ANTHROPIC_AUTH_TOKEN, 'sk-secret');
  for (const name of AGENTS) {
    const { stdout, code } = await launch([name, '--model', 'big', '--print', '--key', 'sk-secret']);
    t.equal(code, 0);
    t.notMatch(stdout, /sk-secret/);
    t.match(stdout, /^(# .*\n)?env [^]*="\$SWITCHYARD_KEY"[^]*\n {2}(claude|codex|gemini|opencode|qwen)\b/);
  }
  const json = JSON.parse((await launch(['qwen', '--print', '--json', '--', 'x'])).stdout);
  t.match(json, { command: 'qwen', args: ['--auth-type', 'openai', '--openai-base-url', String, 'x'] });
});

t.test('it says what is missing: the agent, the gateway, a model, a name', async (t) => {
  const { launch, switchyard, folder } = await open(t);
  writeFileSync(join(folder, 'bin', 'codex'), 'not executable');
  chmodSync(join(folder, 'bin', 'codex'), 0o644);
  t.match(await launch(['codex'], { PATH: join(folder, 'bin') }), {
    code: 1,
    stderr: 'codex is not installed: npm install -g @openai/codex installs it',
  });
  t.match(await launch(['claud']), { code: 2, stderr: /did you mean 'claude'/ });
  await switchyard.close();
  t.match(await launch(['claude']), {
    code: 3,
    stderr: /no gateway answers at .*start one with npm start/,
  });
  t.match(await launch(['opencode', '--print']), { code: 2, stderr: /name a model with --model/ });
  t.match(await launch(['claude', '--print']), { code: 0, stdout: /ANTHROPIC_BASE_URL/ });
});

t.test("the agent's exit code and signals are those of the command", async (t) => {
  const { launch, env } = await open(t);
  t.equal((await launch(['claude'], { AGENT_EXIT: '7' })).code, 7);
  const command = spawn(process.execPath, ['command/client.ts', 'launch', 'claude'], {
    cwd: root,
    env: { ...env, AGENT_WAITS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => command.kill('SIGKILL'));
  await once(command.stdout, 'data');
  command.kill('SIGTERM');
  const [code, signal] = await once(command, 'exit');
  // Where signals are caught for a report of coverage, the exit code says it.
  t.ok(signal === 'SIGTERM' || code === 143, `${signal} ${code}`);
});

t.test('from npm the agent works where the user is', async (t) => {
  const { launch, folder } = await open(t);
  const npm = { npm_package_json: join(root, 'package.json'), INIT_CWD: join(folder, 'project') };
  t.equal((await launch(['claude'], npm)).said.cwd, join(folder, 'project'));
  const other = { npm_package_json: join(folder, 'package.json'), INIT_CWD: join(folder, 'project') };
  t.equal((await launch(['claude'], other)).said.cwd, root.replace(/\/$/, ''));
});

t.test("a model's context window goes to the agents that ask for it", async (t) => {
  const { launch, switchyard } = await open(t);
  switchyard.gateway.upstreams.get('lab')?.takeList(new Map([['big', { max_model_len: 32_768 }]]));
  const { data } = (await switchyard.ask('/v1/models')).json();
  t.match(
    data.find(({ id }: { id: string }) => id === 'big'),
    { max_model_len: 32_768 },
  );
  t.equal((await launch(['claude', '--model', 'big'])).said.env.CLAUDE_CODE_MAX_CONTEXT_TOKENS, '32768');
  t.ok((await launch(['codex', '--model', 'big'])).said.args.includes('model_context_window=32768'));
});
