import { join } from 'node:path';
import t from 'tap';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { noPostgres, postgresServer } from '../postgres.ts';
import { noRedis, redisServer } from '../redis.ts';
import { testFolder } from '../test-folder.ts';
import { openTab } from './browser.ts';

/** A program that answers each path, so its probe finds it well. */
const SERVE = `require('node:http').createServer((_, answer) => answer.end('{"data":[]}')).listen(process.env.PORT, '127.0.0.1')`;

const program = (script: string, options: Record<string, unknown> = {}) => ({
  use: 'process',
  command: [process.execPath, '-e', script],
  env: { PORT: '{port}' },
  start: 'manual',
  ...options,
});

t.test('the overview says that all is well', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  });
  const { page, complaints } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('All well. 1 provider can answer.').waitFor();
  await page.getByText(/^No requests in the last \d+ s\.$/).waitFor();
  await page.getByText(/^0 in the last \d+ s$/).waitFor();

  await switchyard.chat();
  const tail = page.getByRole('region', { name: 'Latest requests' });
  await tail.getByText('m → lab').waitFor();
  await tail.getByText('200').waitFor();
  await tail.getByText('total').waitFor();
  await switchyard.chat({ stream: true });
  await tail.getByText('first token').waitFor();
  await page.getByRole('list', { name: 'Share of each target' }).getByText('100 %').waitFor();
  t.same(complaints, []);
});

t.test('where the small model is alone, the overview leads to what answers real work', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const small = `
    import { remote, remoteOptions } from '${root}kits/provider-kit/index.ts';
    export default {
      kind: 'provider',
      name: 'small',
      options: remoteOptions,
      create: (options, host) => ({ ...remote(options, host, { baseUrl: '' }), lastResort: true }),
    };`;
  const use = join(testFolder(t, { 'small.ts': small }), 'small.ts');
  const switchyard = await startSwitchyard(t, {
    providers: { small: { use, baseUrl: upstream.url, models: { m: 'm' } }, embedded: { enabled: false } },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('A small model answers, for demonstration').waitFor();
  await page.getByRole('button', { name: 'Add a provider' }).press('Enter');
  await page.getByRole('button', { name: 'Add provider' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a provider' });
  await dialog.getByText('Authorization: Bearer', { exact: true }).waitFor();
  await dialog.getByRole('combobox', { name: 'Kind' }).press('Enter');
  t.equal(await page.getByRole('option').first().innerText(), 'anthropic', 'APIs come before programs');
});

t.test('a block of a provider is shown at once, and undone by a button', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } };
  const switchyard = await startSwitchyard(t, {
    providers: { lab },
    // Blocked until the button is pressed, however slow the page is.
    breaker: { failures: 1, first: '10m', longest: '10m' },
    retry: { again: 0 },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('All well. 1 provider can answer.').waitFor();
  upstream.behaveOnce('status-500');
  await switchyard.chat();
  await page.getByText('lab is blocked for now').waitFor();
  await page.getByRole('button', { name: /Unblock/ }).click();
  await page.getByText('All well. 1 provider can answer.').waitFor();
});

t.test('a problem is at the top, with its reason and the remedy beside it', async (t) => {
  const switchyard = await startSwitchyard(t, {
    providers: {
      sound: program(SERVE, { models: { 'local-1': 'local-1' } }),
      broken: program(`console.error('the token is too old'); process.exit(3)`),
    },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await switchyard.ask('/providers/broken/start', { method: 'POST' });
  const health = page.getByRole('region', { name: 'Health' });
  await health.getByText(/^broken has (failed|crashed)/).waitFor();
  await health.getByText('the token is too old').waitFor();
  await health.getByRole('button', { name: 'Logs: broken' }).click();
  await page.waitForURL(/#\/providers\?name=broken&tab=logs/);
  await page.goBack();

  await page.getByRole('button', { name: 'Start sound' }).click();
  await page.getByRole('status', { name: 'Notifications' }).getByText('Started sound').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'sound' }).getByText('healthy').first().waitFor();
  await page.getByRole('button', { name: 'Stop sound' }).click();
  await page.getByRole('status', { name: 'Notifications' }).getByText('Stopped sound').waitFor();
  await page.getByRole('button', { name: 'Start sound' }).waitFor();
  t.equal((await switchyard.ask('/providers/sound')).json().state, 'stopped');
});

t.test('a blocked target can be unblocked by hand', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1, first: '10m', longest: '10m' },
    retry: { again: 0 },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  });
  upstream.behaveOnce('status-500');
  await switchyard.chat();
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('No provider can answer.').waitFor();
  await page.getByText('lab is blocked for now').waitFor();
  await page.getByRole('button', { name: 'Unblock: lab' }).click();
  await page.getByText('All well.').waitFor();
  t.equal((await switchyard.chat()).status, 200);
});

t.test('a lost Redis is among the problems until it is back', { skip: noRedis }, async (t) => {
  const [upstream, redis] = await Promise.all([startUpstream({ interval: 0 }), redisServer(t)]);
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
    shared: { use: 'redis', url: redis.url },
    auth: { limits: { all: { requests: { day: 100 } } } },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('All well. 1 provider can answer.').waitFor();
  redis.process.kill('SIGSTOP');
  t.teardown(() => redis.process.kill('SIGCONT'));
  const health = page.getByRole('region', { name: 'Health' });
  await health.getByText('Shared limits are not exact').waitFor();
  await health.getByText(/Redis cannot be asked \(.+\): this gateway has its share/).waitFor();
  await health.getByText('1 provider can answer.', { exact: true }).waitFor();
  redis.process.kill('SIGCONT');
  await page.getByText('All well. 1 provider can answer.').waitFor();
});

t.test('a lost PostgreSQL is among the problems until it is back', { skip: noPostgres }, async (t) => {
  const [upstream, postgres] = await Promise.all([startUpstream({ interval: 0 }), postgresServer(t)]);
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
    store: { use: 'postgres', url: postgres.url },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByText('All well. 1 provider can answer.').waitFor();
  await postgres.kill();
  const health = page.getByRole('region', { name: 'Health' });
  await health.getByText('PostgreSQL cannot be asked').waitFor();
  await health.getByText(/Known keys still hold/).waitFor();
  await postgres.start();
  await page.getByText('All well. 1 provider can answer.').waitFor();
});
