import t from 'tap';
import { load, mistakesOf } from './stub-gateway.ts';

const provider = (options: string): string =>
  `providers:\n  lab: { use: openai-compatible, baseUrl: http://127.0.0.1:1/v1, ${options} }\n`;

t.test('variables are replaced in texts', async (t) => {
  const headers =
    'headers: { a: $A, b: "x-${B}-y", c: "${C:-none}", d: "$$A costs $5", e: "{port}", f: "${EMPTY:-full}" }';
  const { config } = await load(t, { config: provider(headers), env: { A: '1', B: '$A', EMPTY: '' } });
  t.same(config.providers.lab!.headers, {
    a: '1',
    b: 'x-$A-y',
    c: 'none',
    d: '$A costs $5',
    e: '{port}',
    f: 'full',
  });
});

t.test('a variable may stand where a number, a switch or a duration belongs', async (t) => {
  const env = { PORT: '0', YES: 'false', IDLE: '20s', LIMIT: '1024' };
  const config = 'server: { port: $PORT, bodyLimit: $LIMIT }\ndiscover: ${YES}\ntimeouts: { idle: $IDLE }\n';
  const { config: result } = await load(t, { config, env });
  t.match(result, { server: { port: 0, bodyLimit: 1024 }, discover: false, timeouts: { idle: 20_000 } });
  t.match(await mistakesOf(t, { config, env: { ...env, PORT: 'http' } }), [
    /./,
    /server\.port: '\$PORT' is not allowed/,
  ]);
});

t.test('the real environment takes precedence over .env', async (t) => {
  const files = { '.env': 'KEY=from-file\nOTHER="from file"\n' };
  const loaded = await load(t, {
    config: provider('apiKey: $KEY, headers: { other: $OTHER }'),
    files,
    env: { KEY: 'real' },
  });
  t.match(loaded.config.providers.lab, { apiKey: 'real', headers: { other: 'from file' } });
  t.match(loaded.env, { KEY: 'real', OTHER: 'from file' });
});

t.test('an unreadable .env is reported', async (t) => {
  await t.rejects(load(t, { files: { '.env/x': '' } }), {
    code: 'config_invalid',
    message: /\.env cannot be read/,
  });
});

t.test('a provider that is switched off needs no variables', async (t) => {
  const { config } = await load(t, { config: provider('enabled: false, apiKey: $KEY') });
  t.match(config.providers.lab, { enabled: false, apiKey: '$KEY' });
});

t.test("a variable's value is never part of a message", async (t) => {
  const lines = await mistakesOf(t, {
    config: 'unknownModels: $MODE\ntimeouts: { idle: $MODE }\n',
    env: { MODE: 'very-secret' },
  });
  t.equal(lines.length, 3);
  t.notMatch(lines.join('\n'), 'very-secret');
});
