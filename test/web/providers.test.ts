import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { goodUpstream, isStream } from '../plugins/surfaces/admin/tested.ts';
import { tinyProgram } from '../tiny-program.ts';
import { barriers, openTab, type Tab } from './browser.ts';
import { program } from './program.ts';
import { testFolder } from '../test-folder.ts';

interface Opened extends Tab {
  readonly switchyard: Switchyard;
}

async function open(t: Test, path: string, providers: Record<string, unknown>): Promise<Opened> {
  const switchyard = await startSwitchyard(t, { home: testFolder(t, {}), providers });
  const tab = await openTab(t);
  await tab.page.goto(`${switchyard.url}/#${path}`);
  return { switchyard, ...tab };
}

const pidOf = async (switchyard: Switchyard, name: string): Promise<number> =>
  (await switchyard.ask(`/providers/${name}`)).json().process.pid;

const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

t.test('a program is started and stopped from the list, and comes back when killed', async (t) => {
  const { switchyard, page, complaints } = await open(t, '/providers', { mine: program() });
  await page.getByRole('button', { name: 'Start mine' }).click();
  await row(page, 'mine').getByText('healthy').waitFor();
  const first = await pidOf(switchyard, 'mine');

  await page.getByRole('link', { name: 'mine', exact: true }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  const history = page.getByRole('list', { name: /^Changes of its state/ });
  await history.getByText(/^ready after/).waitFor();
  process.kill(first, 'SIGKILL');
  await history
    .getByText(/SIGKILL/)
    .first()
    .waitFor();
  await history
    .getByText(/^ready after/)
    .nth(1)
    .waitFor();
  t.not(await pidOf(switchyard, 'mine'), first);

  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await history.getByText('stopped').first().waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  t.equal(await pidOf(switchyard, 'mine'), null);
  t.same(complaints, []);
});

t.test('long names and reasons leave room for the buttons, on narrow screens too', async (t) => {
  const name = 'a-name-that-a-person-has-thought-of-for-a-machine-in-a-region-far-away';
  const models = { 'meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo-FP8': 'm' };
  const because = `console.error('${'no memory is left on any device '.repeat(5)}'); process.exit(3)`;
  const { switchyard, page } = await open(t, '/providers', {
    [name]: program({ models, command: [process.execPath, '-e', because] }),
  });
  await switchyard.ask(`/providers/${name}/start`, { method: 'POST' });
  const button = page.getByRole('button', { name: `Start ${name}` });
  // Several starts and the pauses between them: long on a busy machine.
  await page
    .getByText(/^crashed again/)
    .first()
    .waitFor({ timeout: 300_000 });
  for (const width of [1280, 800, 375]) {
    await page.setViewportSize({ width, height: 800 });
    const { x = 0, width: wide = 0 } = (await button.boundingBox()) ?? {};
    t.ok(x > 0 && x + wide <= width, `the button is on the screen of ${width} px`);
    const all = await page.evaluate('document.documentElement.scrollWidth');
    t.ok((all as number) <= width, `nothing is wider than ${width} px`);
  }
});

t.test('a provider is found by a model or a state, and the URL says so', async (t) => {
  const upstream = await goodUpstream(t);
  const { page } = await open(t, '/providers', {
    mine: program({ models: { 'small-1': 'small-1' } }),
    lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { big: 'big' } },
  });
  await page.getByRole('link', { name: 'grok2api' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('small');
  await page.getByRole('link', { name: 'lab', exact: true }).waitFor({ state: 'detached' });
  await row(page, 'mine').waitFor();
  t.match(page.url(), /q=small/);
  await page.getByRole('searchbox').fill('');
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Can answer' }).click();
  await row(page, 'lab').waitFor();
  await row(page, 'mine').waitFor({ state: 'detached' });
  await page.reload();
  await row(page, 'lab').waitFor();
  t.equal(await row(page, 'mine').count(), 0);
});

t.test('risks are shown before the first installation, and its secret never again', async (t) => {
  const tiny = tinyProgram(t);
  const switchyard = await startSwitchyard(
    t,
    { home: tiny.home, providers: { tiny: { use: tiny.plugin, port: 'free', source: tiny.source } } },
    { env: tiny.there.env },
  );
  const { page, complaints } = await openTab(t, { colorScheme: 'dark' });
  await page.goto(`${switchyard.url}/#/providers`);
  await row(page, 'tiny').getByText('needs TOKEN').waitFor();
  await page.getByRole('button', { name: 'Install tiny' }).click();
  const dialog = page.getByRole('dialog', { name: 'Install tiny?' });
  for (const told of ['MIT', 'next to nothing', 'unofficial: it is only a test', tiny.source.git])
    await dialog.getByText(told).waitFor();
  t.same(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Not now' }).click();
  t.equal((await switchyard.ask('/providers/tiny')).json().state, 'absent');
  await page.getByRole('button', { name: 'Install tiny' }).click();
  await dialog.getByRole('button', { name: 'Install it' }).click();
  await row(page, 'tiny').getByText('stopped').waitFor();

  await page.getByRole('link', { name: 'tiny', exact: true }).click();
  await page.getByText('tiny cannot run yet.').waitFor();
  t.equal(await page.getByRole('button', { name: 'Start', exact: true }).count(), 0);
  await page.getByRole('button', { name: 'Add secrets' }).click();
  await page.getByLabel('TOKEN', { exact: true }).fill('planted-token-value');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  t.equal(await page.getByLabel('TOKEN', { exact: true }).inputValue(), '');
  await page.getByText('tiny cannot run yet.').waitFor({ state: 'detached' });
  t.same(await barriers(page), []);

  await page.getByRole('button', { name: 'Start it now' }).click();
  await page.getByRole('status').getByText('healthy').waitFor();
  t.match((await switchyard.chat({ model: 't' })).json().choices[0].message.content, /planted-token-value/);
  await page.reload();
  await page.getByRole('button', { name: 'Delete TOKEN' }).waitFor();
  t.notMatch(await page.content(), 'planted-token-value');
  await page.getByRole('button', { name: 'Delete TOKEN' }).click();
  await page.getByText('tiny cannot run yet.').waitFor();
  t.same(complaints, []);
});

t.test('the source of a demonstration model is shown in one form', async (t) => {
  const { page } = await open(t, '/providers', { mine: program({ start: 'boot' }) });
  await page.getByRole('button', { name: 'Install embedded' }).click();
  const dialog = page.getByRole('dialog', { name: 'Install embedded?' });
  await dialog.getByText('It is not installed yet.').waitFor();
  await dialog.getByText('Packages from PyPI.').waitFor();
  t.notMatch(await dialog.innerText(), /already/);
  await dialog.getByRole('button', { name: 'Not now' }).click();
});

t.test('a log is followed, searched, paused and saved', async (t) => {
  const { switchyard, page, complaints } = await open(t, '/providers?name=mine&tab=logs', {
    mine: program({ probe: { path: '/probe', every: 60_000 } }),
  });
  await page.getByText('The log is empty.').waitFor();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const log = page.getByRole('log', { name: 'Log of mine' });
  await log.getByText('it serves').waitFor();
  const { port } = (await switchyard.ask('/providers/mine')).json();
  await fetch(`http://127.0.0.1:${port}/hello`);
  await log.getByText('asked for /hello').waitFor();

  await page.getByRole('searchbox', { name: 'Search in the log' }).fill('HELLO');
  await log.getByText('it serves').waitFor({ state: 'detached' });
  await log.getByText('asked for /hello').waitFor();
  await fetch(`http://127.0.0.1:${port}/hello-again`);
  await log.getByText('asked for /hello-again').waitFor();

  await page.getByRole('button', { name: 'Pause' }).click();
  await fetch(`http://127.0.0.1:${port}/hello-unseen`);
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  t.equal(saved.suggestedFilename(), 'mine.log');
  t.match(await readFile(await saved.path(), 'utf8'), /it serves\n[^]*asked for \/hello-unseen\n/);
  t.equal(await log.getByText('hello-unseen').count(), 0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await log.getByText('hello-unseen').waitFor();
  t.same(await barriers(page), []);
  t.same(complaints, []);
});

t.test('the test button finds a planted fault, says why, and leads to the trace', async (t) => {
  const upstream = await goodUpstream(t);
  upstream.behaveWhen(isStream, 'cut-after-content');
  const { page, complaints } = await open(t, '/providers?name=lab', {
    lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } },
  });
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const checks = page.getByRole('list', { name: 'Checks' });
  const check = (name: string) =>
    checks.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  await check('chat').getByText('passed').waitFor();
  await check('stream').getByText('failed').waitFor();
  await check('stream')
    .getByText(/ended its answer in the middle/)
    .waitFor();
  await page.getByText(/^Failed: .*stream.*Just now/).waitFor();
  t.same(await barriers(page), []);
  await check('stream').getByRole('link', { name: 'Trace of the check stream' }).click();
  await page.getByRole('dialog').getByText('cut off').first().waitFor();
  t.same(complaints, []);
});

t.test("bulk actions: the ticked programs, with each one's notes", async (t) => {
  const { switchyard, page } = await open(t, '/providers', {
    one: program(),
    two: program(),
    three: program(),
  });
  const all = async (item: string): Promise<void> => {
    await page.getByRole('button', { name: 'All programs' }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };
  await all('Start all');
  const dialog = page.getByRole('dialog', { name: 'Start all' });
  t.notOk(
    await dialog.getByRole('checkbox', { name: /ZtoApits/ }).isChecked(),
    'what would be fetched is not chosen',
  );
  t.same(await barriers(page), []);
  await dialog.getByRole('checkbox', { name: /three/ }).uncheck();
  await dialog.getByRole('button', { name: 'Start 2 programs' }).click();
  await row(page, 'one').getByText('healthy').waitFor();
  await row(page, 'two').getByText('healthy').waitFor();
  t.equal((await switchyard.ask('/providers/three')).json().state, 'stopped');
  await all('Stop all');
  await page.getByRole('dialog').getByRole('button', { name: 'Stop 2 programs' }).click();
  await row(page, 'one').getByText('stopped').waitFor();
  await row(page, 'two').getByText('stopped').waitFor();
});

t.test('a blocked target has its reason, and is unblocked by hand', async (t) => {
  const upstream = await goodUpstream(t);
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1, first: '10m', longest: '10m' },
    retry: { again: 0 },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  });
  upstream.behaveOnce('status-500');
  await switchyard.chat();
  const { page } = await openTab(t, { viewport: { width: 400, height: 800 } });
  await page.goto(`${switchyard.url}/#/providers?name=lab`);
  await page.getByText(/until \d\d:\d\d/).waitFor();
  t.same(await barriers(page), []);
  await page.getByRole('button', { name: 'Unblock lab/m1' }).click();
  await page.getByRole('cell', { name: 'not blocked' }).waitFor();
  t.equal((await switchyard.chat()).status, 200);
});
