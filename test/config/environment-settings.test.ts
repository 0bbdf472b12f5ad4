import t from 'tap';
import { load, mistakesOf } from './stub-gateway.ts';

const LAB = 'providers: { my-lab: { use: openai-compatible, baseUrl: "http://127.0.0.1:1/v1" } }\n';

t.test('a variable sets what the file does not say, and takes precedence over what it says', async (t) => {
  const { config, written } = await load(t, {
    config: `${LAB}server: { port: 1, host: 127.0.0.1 }\n`,
    env: {
      SWITCHYARD_SERVER__PORT: '8123',
      SWITCHYARD_SERVER__BODY_LIMIT: '8MiB',
      SWITCHYARD_SERVER__API_KEYS__0: 'key-number-one',
      SWITCHYARD_SERVER__API_KEYS__1: 'key-number-two',
      SWITCHYARD_DISCOVER: 'false',
      SWITCHYARD_TIMEOUTS__FIRST_BYTE: '3s',
      SWITCHYARD_TRACES__KEEP: '7',
      SWITCHYARD_STRATEGY__USE: 'p2c',
      SWITCHYARD_PROVIDERS__MY_LAB__CONCURRENCY: '3',
      SWITCHYARD_PROVIDERS__MY_LAB__MODELS__GPT: 'own-name',
      SWITCHYARD_PROVIDERS__OPENAI_COMPATIBLE__BASE_URL: 'http://127.0.0.1:2/v1',
    },
  });
  t.match(config, {
    server: {
      host: '127.0.0.1',
      port: 8123,
      bodyLimit: 8 * 2 ** 20,
      apiKeys: ['key-number-one', 'key-number-two'],
    },
    discover: false,
    timeouts: { firstByte: 3_000 },
    strategy: { use: 'p2c' },
    features: { traces: { keep: 7 } },
    providers: {
      'my-lab': { concurrency: 3, models: { gpt: 'own-name' }, baseUrl: 'http://127.0.0.1:1/v1' },
      'openai-compatible': { baseUrl: 'http://127.0.0.1:2/v1' },
    },
  });
  t.match(
    written,
    { server: { apiKeys: ['${SWITCHYARD_SERVER__API_KEYS__0}'] } },
    'a key is shown by its name',
  );
});

t.test('without a file they are all there is', async (t) => {
  const { config } = await load(t, { env: { SWITCHYARD_SERVER__PORT: '8123' } });
  t.equal(config.server.port, 8123);
});

t.test("the command's own variables are no settings", async (t) => {
  const { config } = await load(t, {
    config: LAB,
    env: {
      SWITCHYARD_PORT: '1',
      SWITCHYARD_CONFIG: 'x',
      SWITCHYARD_URL: 'y',
      SWITCHYARD_KEY: 'z',
      SWITCHYARD_LAUNCHER: '1',
    },
  });
  t.equal(config.server.port, 7999);
});

t.test('a mistake is reported with the name of the variable', async (t) => {
  const mistake = async (env: Record<string, string>) => (await mistakesOf(t, { config: LAB, env }))[1];
  t.match(await mistake({ SWITCHYARD_SERVER__PORT: 'http' }), /^SWITCHYARD_SERVER__PORT: server\.port: /);
  t.match(
    await mistake({ SWITCHYARD_SERVER__PROT: '1' }),
    /^SWITCHYARD_SERVER__PROT: server\.prot: .*'port'/,
  );
  t.match(await mistake({ SWITCHYARD_SERVR__PORT: '1' }), /^SWITCHYARD_SERVR__PORT: servr: .*'server'/);
});
