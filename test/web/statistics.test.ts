import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab } from './browser.ts';

t.test('the numbers are those that were counted outside', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1000, minimum: 1000 },
    retry: { again: 0, attempts: 1 },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1', other: 'm2' } } },
  });
  const tokens = { in: 0, out: 0 };
  for (let asked = 0; asked < 7; asked++) {
    const { usage } = (await switchyard.chat(asked < 2 ? { model: 'other' } : {})).json();
    tokens.in += usage.prompt_tokens;
    tokens.out += usage.completion_tokens;
  }
  for (let failed = 0; failed < 3; failed++) {
    upstream.behaveOnce('status-500');
    await switchyard.chat();
  }
  const { page, complaints } = await openTab(t);
  await page.goto(`${switchyard.url}/#/statistics?range=15m`);
  const fact = (name: string) =>
    page
      .locator('dl > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd');
  await fact('Requests').getByText('10', { exact: true }).waitFor();
  t.match(await fact('Errors').innerText(), /^3\n30\.0 %$/);
  t.match(
    await fact('Tokens').innerText(),
    new RegExp(`^${tokens.in + tokens.out}\n${tokens.in} in, ${tokens.out} out$`),
  );

  const cells = (table: string, row: string) =>
    page.getByRole('table', { name: table }).getByRole('row', { name: row }).locator('td').allInnerTexts();
  t.match(await cells('Providers', 'lab'), [/70 %/, '7', '3']);
  t.match(await cells('Models', 'other'), [/20 %/, '2', '0']);
  t.match(await cells('Errors by kind', '100 %'), [/100 %/, '3']);
  t.equal(await page.locator('.chart canvas').count(), 4);
  t.same(complaints, []);
});

t.test('people who do not see the charts get the same as tables', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  });
  await switchyard.chat();
  const { page } = await openTab(t);
  await page.goto(`${switchyard.url}/#/statistics`);
  await page.getByRole('button', { name: 'Show tables' }).click();
  const table = page.getByRole('region', { name: 'Requests as a table' }).getByRole('table');
  t.match(await table.locator('tbody tr').innerText(), /1\s+0$/);
  t.match(page.url(), /show=table/);
});

t.test('a time without requests says so, with a remedy', async (t) => {
  // Without any other provider, a model would be fetched meanwhile.
  const unreachable = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } };
  const switchyard = await startSwitchyard(t, { providers: { unreachable } });
  const { page } = await openTab(t);
  await page.goto(`${switchyard.url}/#/statistics?range=15m`);
  await page.getByText('No requests in this time.').waitFor();
  t.equal(await page.locator('canvas').count(), 0);
});
