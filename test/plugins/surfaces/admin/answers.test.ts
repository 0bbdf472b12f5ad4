/** What the dashboard's types are made of is what the gateway answers: real answers, held against the schemas. */
import { Ajv } from 'ajv';
import { request } from 'node:http';
import t, { type Test } from 'tap';
import * as told from '../../../../plugins/events/answers.ts';
import { stateChanges, statistics } from '../../../../plugins/history/answers.ts';
import {
  configDiff,
  configSaved,
  dryRun,
  loadBalancing,
  overridesUndone,
  route,
  routes,
  strategies,
} from '../../../../plugins/surfaces/admin/answers/balancing.ts';
import { health } from '../../../../plugins/surfaces/admin/answers/health.ts';
import {
  modelEntries,
  modelEntry,
  providerEntry,
  providerKinds,
  trial,
} from '../../../../plugins/surfaces/admin/answers/entries.ts';
import {
  action,
  storedSecrets,
  logLine,
  provider,
  providers,
} from '../../../../plugins/surfaces/admin/answers/provider.ts';
import { testRun } from '../../../../plugins/surfaces/admin/answers/test-run.ts';
import { requestPage, requestTrace } from '../../../../plugins/traces/answers.ts';
import { list, object } from '../../../../kits/feature-kit/answers.ts';
import { startSwitchyard, type Ask, type Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { tinyProgram } from '../../../tiny-program.ts';
import { startUpstream } from '../../../upstream/upstream.ts';

const ajv = new Ajv({ allErrors: true });

/** Nothing more than the schema names, and nothing less. */
function fits(t: Test, what: string, schema: object, answer: unknown): void {
  const check = ajv.compile(schema);
  t.ok(check(answer), `${what}: ${ajv.errorsText(check.errors)}`);
}

async function asks(
  t: Test,
  switchyard: Switchyard,
  path: string,
  schema: object,
  options?: Ask,
): Promise<void> {
  const { text } = await switchyard.ask(path, options);
  fits(t, `${options?.method ?? 'GET'} ${path}`, schema, JSON.parse(text));
}

async function open(t: Test): Promise<Switchyard> {
  const [well, ill] = [
    await startUpstream({ name: 'well', interval: 0 }),
    await startUpstream({ name: 'ill' }),
  ];
  for (const one of [well, ill]) t.teardown(() => one.close());
  ill.behave('status-429');
  const { plugin, source, home, there } = tinyProgram(t);
  const config = {
    home,
    history: { enabled: true },
    traces: { capture: { enabled: true } },
    providers: {
      well: { use: 'openai-compatible', baseUrl: well.url, models: { m: 'own' }, concurrency: 4 },
      ill: { use: 'openai-compatible', baseUrl: ill.url, apiKeys: ['key-of-one', 'key-of-two'] },
      tiny: { use: plugin, port: 'free', source, start: 'manual' },
    },
    models: {
      m: {
        targets: [
          { provider: 'ill', priority: 0 },
          { provider: 'well', priority: 1 },
        ],
        strategy: { use: 'priority' },
        fallbacks: ['other'],
      },
    },
  };
  return startSwitchyard(t, config, { env: there.env });
}

t.test('answers match their schemas', { timeout: 300_000 }, async (t) => {
  const switchyard = await open(t);
  const before = async (): Promise<void> => {
    await asks(t, switchyard, '/providers', providers);
    await asks(t, switchyard, '/health', health);
    for (const name of ['well', 'ill', 'tiny']) await asks(t, switchyard, `/providers/${name}`, provider);
    for (const path of ['/route?model=m', '/route?model=unknown', '/route?model=m&provider=well'])
      await asks(t, switchyard, path, dryRun);
    await asks(t, switchyard, '/routes', routes);
    await asks(t, switchyard, '/statistics?range=15m', statistics);
    await asks(t, switchyard, '/requests', requestPage);
    await asks(t, switchyard, '/config/load-balancing', loadBalancing);
    await asks(t, switchyard, '/config/diff', configDiff);
  };
  await before();
  for (const body of [{ model: 'm' }, { model: 'm', stream: true }, { model: 'no-such', stream: true }])
    await switchyard.chat(body);
  for (const trace of await switchyard.traces(3)) fits(t, `GET /requests/${trace.id}`, requestTrace, trace);

  const post = { method: 'POST' } as const;
  await asks(t, switchyard, '/providers/tiny/secrets', storedSecrets, {
    method: 'PUT',
    body: { TOKEN: 'planted' },
  });
  await asks(t, switchyard, '/providers/tiny/start', action, post);
  await asks(t, switchyard, '/providers/tiny/logs', object({ data: list(logLine) }));
  await asks(t, switchyard, '/providers/tiny/test', testRun, { ...post, body: {} });
  await asks(t, switchyard, '/strategies', strategies);
  await asks(t, switchyard, '/provider-kinds', providerKinds);
  await asks(t, switchyard, '/providers/ill/entry', providerEntry);
  await asks(t, switchyard, '/providers/ill', providerEntry, { method: 'PATCH', body: { concurrency: 2 } });
  await asks(t, switchyard, '/providers/test', trial, { ...post, body: { name: 'well', model: 'm' } });
  await asks(t, switchyard, '/config/models', modelEntries);
  await asks(t, switchyard, '/config/models', modelEntry, { ...post, body: { name: 'n', alias: 'm' } });
  await switchyard.ask('/config/load-balancing?strategy=random', post);
  await switchyard.ask('/routes/m', {
    method: 'PATCH',
    body: { targets: [{ provider: 'well', weight: 3 }] },
  });
  await asks(t, switchyard, '/routes/m', route);
  await before();
  await asks(t, switchyard, '/config/overrides', overridesUndone, { method: 'DELETE' });
  await asks(t, switchyard, '/config/save', configSaved, post);
  await asks(t, switchyard, '/providers/tiny/stop', action, post);
  for (const name of ['well', 'tiny']) await asks(t, switchyard, `/providers/${name}/history`, stateChanges);
  await before();
});

t.test('so do events', { timeout: 300_000 }, async (t) => {
  const upstream = await startUpstream({ name: 'lab', interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
    breaker: { failures: 1, first: '10m', longest: '10m' },
  });
  const missing = new Set(['hello', 'requests', 'tick', 'targets', 'config', 'closing']);
  const events = seen(switchyard, (event, data) => {
    const schema = told.events[event as keyof typeof told.events];
    fits(t, `event ${event}`, schema ?? { not: {} }, data);
    missing.delete(event);
  });
  await events.until(() => !missing.has('hello'));
  await switchyard.chat({ stream: true });
  upstream.behave('status-500');
  await switchyard.chat();
  await switchyard.ask('/config/load-balancing?strategy=random', { method: 'POST' });
  await events.until(() => missing.size === 1);
  await switchyard.close();
  await events.until(() => missing.size === 0);
});

/** Reads `GET /events`. */
function seen({ url }: Switchyard, take: (event: string, data: unknown) => void) {
  let look = (): void => undefined;
  let rest = '';
  const reading = request(`${url}/events`, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      const all = (rest + text).split('\n\n');
      rest = all.pop() as string;
      for (const one of all) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/m.exec(one) ?? [];
        if (event !== undefined && data !== undefined) take(event, JSON.parse(data));
      }
      look();
    });
  });
  reading.on('error', () => undefined).end();
  return {
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        look = () => holds() && resolve();
        look();
      }),
  };
}
