import { readFile } from 'node:fs/promises';
import t from 'tap';
import { barriers } from './browser.ts';
import { openCallers, PHONE } from './callers.ts';

const auth = {
  prices: { m: { input: 1_000_000, output: 0 } },
  limits: { owners: { per: ['owner'], requests: { day: 4 } } },
};

t.test('usage and cost by day, key, model and provider are those of the API, and of the file', async (t) => {
  const { page, key, chat, visit, switchyard } = await openCallers(t, { auth });
  const root = await key({ name: 'root', role: 'admin' });
  const app = await key({ name: 'app', owner: 'Ada', limits: { requests: { day: 10 } } });
  await chat(app);
  await chat(app);
  await chat(root, { model: 'dear' });
  await visit('/usage', root);
  const usage = (
    await switchyard.ask('/usage?by=model', { headers: { authorization: `Bearer ${root}` } })
  ).json();
  const priced = usage.data.find(({ model }: { model: string }) => model === 'm');
  t.ok(priced.cost.reported > 0);
  const totals = page.locator('dl[aria-label=Totals]');
  await totals.getByText('3', { exact: true }).waitFor();
  await totals.getByText('1 request without a known price').waitFor();

  const group = async (name: string): Promise<void> => {
    await page.getByRole('combobox', { name: 'Group' }).click();
    await page.getByRole('option', { name }).click();
  };
  await group('By model');
  const table = page.getByRole('table', { name: 'Usage by model' });
  const cells = async (model: string): Promise<string[]> =>
    table
      .getByRole('row', { name: new RegExp(`^${model} `) })
      .getByRole('cell')
      .allInnerTexts();
  await table.getByRole('rowheader', { name: 'dear' }).waitFor();
  const [requests, , prompt, completion] = await cells('m');
  t.same(
    [requests, Number(prompt), Number(completion)],
    ['2', priced.reported.prompt, priced.reported.completion],
  );
  t.match((await cells('m'))[7], /^\$\d/);
  t.equal((await cells('dear'))[7], 'unknown', 'a price that is not known is not nothing');
  t.same(await barriers(page), []);
  await group('By key');
  await page.getByRole('button', { name: 'app' }).click();
  await page.getByRole('button', { name: 'Remove the filter key: app' }).waitFor();
  await totals.getByText('2', { exact: true }).waitFor();
  for (const by of ['By owner', 'By provider', 'By day', 'By label', 'By month']) {
    await group(by);
    await page
      .getByRole('table', { name: `Usage ${by.toLowerCase()}` })
      .getByText('2', { exact: true })
      .waitFor();
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  t.match(await readFile(await download.path(), 'utf8'), /^month,requests,[^]*\r\n[\d-]+,2,/);
  const limits = page.getByRole('table', { name: 'All limits' });
  await limits
    .getByRole('row', { name: /owners \(owner Ada\).*requests a day.*2 of 4.*2 \(50 %\)/ })
    .waitFor();
  await limits.getByRole('row', { name: /owners \(no owner\)/ }).waitFor();
});

t.test('where no cost is known the days show requests, and each day stands on one line', async (t) => {
  const { page, key, chat, visit } = await openCallers(t);
  const root = await key({ name: 'root', role: 'admin' });
  await chat(root, { model: 'dear' });
  await visit('/usage', root);
  await page.getByText('1 request without a known price').waitFor();
  await page.getByRole('combobox', { name: 'Shown each day' }).getByText('Requests').waitFor();
  const day = page.getByRole('table', { name: 'Usage by day' }).getByRole('rowheader');
  t.ok((await day.boundingBox())!.height < 45);
});

t.test('the holder of a key sees its own usage and limits, and nothing else', async (t) => {
  const { page, key, chat, visit } = await openCallers(t, { auth, ...PHONE });
  await key({ name: 'root', role: 'admin' });
  const app = await key({ name: 'app', owner: 'Ada', limits: { requests: { day: 10 } } });
  const other = await key({ name: 'other' });
  await chat(app);
  await chat(other);
  await chat(other);
  await visit('/', app);
  await page.getByText('What your key has used.', { exact: true }).waitFor();
  await page.locator('dl[aria-label=Totals]').getByText('1', { exact: true }).first().waitFor();
  await page.getByRole('table', { name: 'Your limits' }).getByText('9 (90 %)').waitFor();
  t.same(await page.getByRole('navigation', { name: 'Views' }).last().getByRole('link').allInnerTexts(), [
    'Chat',
    'Usage',
  ]);
  t.ok(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth'));
  t.same(await barriers(page), []);
});

t.test('each day is a bar, split by what is chosen, and a table has the same numbers', async (t) => {
  const { page, key, chat, visit, switchyard, complaints } = await openCallers(t, {
    auth,
    ...PHONE,
    colorScheme: 'dark',
  });
  const root = await key({ name: 'root', role: 'admin' });
  const app = await key({ name: 'app' });
  for (const one of [app, app, root]) await chat(one);
  await chat(root, { model: 'dear' });
  await visit('/usage?range=24h&by=key', root);
  const choose = async (list: string, name: string): Promise<void> => {
    await page.getByRole('combobox', { name: list }).click();
    await page.getByRole('option', { name, exact: true }).click();
  };
  await page.getByRole('img', { name: 'Cost, each day: app, root. "Show table" has the numbers.' }).waitFor();
  // The first page has no key yet.
  complaints.length = 0;
  await choose('Shown each day', 'Requests');
  const chart = page.getByRole('img', { name: 'Requests, each day: app, root.' });
  await chart.locator('canvas').waitFor();
  t.ok(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth'), 'a phone shows it');
  t.same(await barriers(page), []);
  const plot = chart.locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
  await plot.hover({ position: { x: width * 0.75, y: height / 2 } });
  await chart.getByText(/app:?\s*2\s*root:?\s*2/).waitFor();

  await page.getByRole('button', { name: 'Show table' }).click();
  const table = page.getByRole('region', { name: 'Each day by key as a table' });
  const cells = () => table.locator('tbody td').allInnerTexts();
  t.same(await cells(), ['2', '2']);
  await choose('Shown each day', 'Tokens reported');
  const { data } = (
    await switchyard.ask('/usage?by=day', { headers: { authorization: `Bearer ${root}` } })
  ).json();
  const tokens = (await table.locator('tbody td').allInnerTexts()).reduce(
    (sum, text) => sum + Number(text),
    0,
  );
  t.equal(tokens, data[0].reported.prompt + data[0].reported.completion);
  await choose('Shown each day', 'Cost');
  await choose('Group', 'By model');
  const models = page.getByRole('region', { name: 'Each day by model as a table' });
  await models.waitFor();
  t.same(
    await models
      .locator('thead th')
      .allInnerTexts()
      .then((all) => all.map((text) => text.toLowerCase())),
    ['day', 'm', '(others)'],
  );
  t.match(
    await models.locator('tbody td').allInnerTexts(),
    [/^\$\d/, '–'],
    'a price that is not known is not nothing',
  );
  t.same(await barriers(page), []);
  t.same(complaints, []);
});
