import t from 'tap';
import { barriers } from './browser.ts';
import { openCallers, PHONE } from './callers.ts';

t.test('keys are made, shown once, changed, rotated, revoked and removed with a keyboard', async (t) => {
  const { page, switchyard, visit, chat, upstream } = await openCallers(t, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await visit('/keys');
  await page.getByText('There are no keys yet.').waitFor();
  await page.getByRole('button', { name: 'New key' }).press('Enter');
  await page.getByRole('combobox', { name: 'Role' }).getByText('admin').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('root');
  await page.getByRole('textbox', { name: 'Name' }).press('Enter');
  const shown = page.getByRole('dialog', { name: 'The key of root' });
  t.match(await shown.getByRole('textbox', { name: 'Key' }).inputValue(), /^sk-sy-/);
  await shown.getByRole('button', { name: 'Done' }).press('Enter');
  const rows = page.getByRole('table', { name: 'Keys of callers' }).getByRole('row');
  await rows.filter({ hasText: 'root' }).waitFor();
  t.equal((await switchyard.ask('/providers')).status, 401, 'the gateway is closed, but not to this page');

  await page.getByRole('button', { name: 'New key' }).press('Enter');
  await page.getByRole('textbox', { name: 'Name' }).fill('app');
  await page.getByLabel('Owner').fill('Ada');
  await page.getByLabel('Models').fill('m, gpt-*');
  await page.getByLabel('Requests a day').fill('5');
  await page.getByLabel('Dollars a month').fill('2.5');
  t.same(await barriers(page), [], 'the form');
  await page.getByRole('button', { name: 'Make the key' }).press('Enter');
  const made = page.getByRole('dialog', { name: 'The key of app' });
  const text = await made.getByRole('textbox', { name: 'Key' }).inputValue();
  await made.getByRole('button', { name: 'Copy' }).press('Enter');
  await page.getByText('The key is copied').waitFor();
  t.equal(await page.evaluate('navigator.clipboard.readText()'), text);
  await page.keyboard.press('Escape');
  await made.waitFor({ state: 'detached' });
  t.notMatch(await page.content(), text, 'it is not shown again');
  const row = rows.filter({ hasText: 'app' });
  await row.getByText('m, gpt-*', { exact: true }).waitFor();
  await row.getByRole('cell', { name: '5 requests a day, $2.50 a month' }).waitFor();
  t.equal((await chat(text)).status, 200);
  t.equal((await chat(text, { model: 'dear' })).status, 403);

  const act = async (action: string): Promise<void> => {
    await row.getByRole('button', { name: 'Actions on app' }).press('Enter');
    await page.getByRole('menuitem', { name: action }).press('Enter');
  };
  await act('Edit');
  await page.getByLabel('Models').fill('*');
  await page.getByLabel('Requests a day').fill('');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await row.getByRole('cell', { name: 'all models' }).waitFor();
  await row.getByRole('cell', { name: '$2.50 a month', exact: true }).waitFor();
  t.equal((await chat(text, { model: 'dear' })).status, 200);
  await act('Rotate');
  await page.getByRole('button', { name: 'Rotate', exact: true }).press('Enter');
  const next = page.getByRole('dialog', { name: 'The key of app' });
  const other = await next.getByRole('textbox', { name: 'Key' }).inputValue();
  t.not(other, text);
  await page.keyboard.press('Escape');
  t.same([(await chat(text)).status, (await chat(other)).status], [200, 200]);
  await row.getByText(/old one until/).waitFor();

  upstream.behave('stall-after-content');
  const stalled = chat(other, { stream: true });
  await row.getByRole('cell', { name: /1 running/ }).waitFor();
  await act('Revoke');
  await page.getByLabel(/End its running requests now/).press('Space');
  await page.getByRole('button', { name: 'Revoke', exact: true }).press('Enter');
  await page.getByText('app is revoked; 1 running request ended').waitFor();
  t.match((await stalled).text, /revoked/);
  await row.getByText('revoked', { exact: true }).waitFor();
  t.equal((await chat(other)).status, 401);
  await act('Remove');
  await page.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await row.waitFor({ state: 'detached' });
});

t.test('on a phone a key is a card, and a mistake is said in the form', async (t) => {
  const { page, key, visit } = await openCallers(t, PHONE);
  const root = await key({ name: 'root', role: 'admin' });
  await key({ name: 'a-key-with-a-long-name-'.repeat(4), owner: 'Ada', labels: ['team-a'], models: ['m'] });
  await visit('/keys', root);
  await page.getByText('Ada, team-a m').waitFor();
  t.ok(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth'));
  t.same(await barriers(page), []);
  await page.getByRole('button', { name: 'New key' }).tap();
  await page.getByRole('textbox', { name: 'Name' }).fill('root');
  await page.getByLabel('Requests a minute').fill('many');
  await page.getByRole('button', { name: 'Make the key' }).tap();
  await page
    .getByRole('alert')
    .getByText(/limits/)
    .waitFor();
  await page.getByLabel('Requests a minute').fill('');
  await page.getByRole('button', { name: 'Make the key' }).tap();
  await page.getByRole('alert').getByText(/root/).waitFor();
  t.same(await barriers(page), [], 'the form');
});
