import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import t, { type Test } from 'tap';
import { startSwitchyardFrom } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { barriers, openTab } from './browser.ts';

const KEY = 'sk-typed-into-a-page';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function open(t: Test, options?: BrowserContextOptions) {
  const upstream = await startUpstream({ apiKey: KEY, models: ['x1', 'x2'], interval: 0 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {
    'switchyard.yaml': `# mine\nhome: ./home\ndiscover: false\nhistory: { enabled: false }\nproviders:\n  old: { use: openai-compatible, baseUrl: "${upstream.url}" } # keep\n`,
  });
  const switchyard = await startSwitchyardFrom(t, folder);
  const tab = await openTab(t, options);
  await tab.page.goto(`${switchyard.url}/#/providers`);
  await tab.page.getByRole('button', { name: 'Add provider' }).waitFor();
  return { ...tab, upstream, switchyard, file: join(folder, 'switchyard.yaml') };
}

t.test('a provider is tested, added, changed, saved and removed with a keyboard', async (t) => {
  const { page, complaints, upstream, switchyard, file } = await open(t);
  await page.getByRole('button', { name: 'Add provider' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add a provider' });
  await dialog.getByLabel('Name').fill('lab');
  await dialog.getByLabel('baseUrl').fill(upstream.url);
  await dialog.getByLabel('apiKey').fill('sk-wrong-one-of-all');
  await dialog.getByRole('button', { name: 'Test' }).press('Enter');
  await dialog.getByText(/it refused the key: 401/).waitFor();
  t.same(await barriers(page), [], 'the form with what is wrong');
  await dialog.getByLabel('apiKey').fill(KEY);
  await dialog.getByRole('button', { name: 'Test' }).press('Enter');
  await dialog.getByText('It works.').waitFor();
  await dialog.getByLabel('Name').press('Enter');
  await page.getByRole('heading', { name: 'lab', level: 1 }).waitFor();
  t.equal((await switchyard.chat({ model: 'x2' })).status, 200);
  t.equal(upstream.posts.at(-1)?.headers.authorization, `Bearer ${KEY}`);

  await page.getByRole('button', { name: 'Edit' }).press('Enter');
  const edit = page.getByRole('dialog', { name: 'Edit lab' });
  t.equal(await edit.getByLabel('apiKey').inputValue(), '', 'a key is not shown again');
  await edit.getByPlaceholder('set; type here to replace it').waitFor();
  await edit.getByLabel('models').fill('fast = x1');
  await edit.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText('lab is changed').waitFor();
  t.equal((await switchyard.chat({ model: 'fast' })).status, 200);

  await page.getByRole('link', { name: 'All providers' }).click();
  await page.getByRole('button', { name: 'Save to the config file' }).click();
  await page.getByText(/1 change saved to/).waitFor();
  const saved = await readFile(file, 'utf8');
  t.match(saved, /^# mine\n[^]*# keep\n/);
  t.match(saved, /fast: x1/);
  t.notMatch(saved + (await page.content()), KEY);

  await page.goto(`${switchyard.url}/#/providers?name=lab`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Remove …' }).press('Enter');
  await page.getByRole('button', { name: 'Remove it' }).press('Enter');
  await page.getByText('lab is removed').waitFor();
  t.not((await switchyard.chat({ model: 'fast' })).status, 200);
  t.same(
    complaints.filter((line) => !/40\d/.test(line)),
    [],
  );
});

t.test('on a phone the form fits, and a mistake is said in it', async (t) => {
  const { page } = await open(t, PHONE);
  await page.getByRole('button', { name: 'Add provider' }).tap();
  const dialog = page.getByRole('dialog', { name: 'Add a provider' });
  await dialog.getByLabel('Name').fill('old');
  await dialog.getByLabel('baseUrl').fill('http://127.0.0.1:1/v1');
  await dialog.getByRole('button', { name: 'Add', exact: true }).tap();
  await dialog
    .getByRole('alert')
    .getByText(/there is a provider 'old' already/)
    .waitFor();
  t.ok(await page.evaluate('document.querySelector("[role=dialog]").scrollWidth <= innerWidth'));
  t.same(await barriers(page), []);
  await dialog.getByRole('combobox', { name: 'Kind' }).tap();
  await page.getByRole('option', { name: 'groq', exact: true }).tap();
  await dialog.getByText('Without a key here, GROQ_API_KEY counts.').waitFor();
  t.equal(await dialog.getByLabel('Name').inputValue(), 'old');
});
