import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { barriers, openTab } from './browser.ts';
import { PHONE } from './callers.ts';

for (const [screen, options] of Object.entries({ 'wide screen': {}, phone: PHONE }))
  t.test(`models and aliases are added, changed and removed with a keyboard, on a ${screen}`, async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const entry = { use: 'openai-compatible', baseUrl: upstream.url };
    const switchyard = await startSwitchyard(t, {
      home: testFolder(t),
      unknownModels: 'reject',
      providers: { lab: { ...entry, models: { m: 'm1' } }, spare: { ...entry, models: { m: 'm1' } } },
    });
    const { page } = await openTab(t, options);
    await page.goto(`${switchyard.url}/#/balancing`);
    await page.getByRole('button', { name: 'Add model' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('team/fast');
    await dialog.getByLabel('Targets').fill('labb/m');
    await dialog.getByLabel('Name').press('Enter');
    await dialog
      .getByRole('alert')
      .getByText(/did you mean 'lab'/)
      .waitFor();
    t.same(await barriers(page), []);
    t.ok(await page.evaluate('document.querySelector("[role=dialog]").scrollWidth <= innerWidth'));
    await dialog.getByLabel('Targets').fill('lab/m');
    await dialog.getByLabel('Name').press('Enter');
    await page.getByText('team/fast is added').waitFor();
    t.equal((await switchyard.chat({ model: 'team/fast' })).headers['x-switchyard-provider'], 'lab');
    await page.getByRole('button', { name: 'Edit team/fast' }).press('Enter');
    await dialog.getByLabel('Targets').fill('spare/m');
    await dialog.getByLabel('Fallbacks').fill('m');
    await dialog.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('team/fast is changed').waitFor();
    t.equal((await switchyard.chat({ model: 'team/fast' })).headers['x-switchyard-provider'], 'spare');
    await page.getByRole('button', { name: 'Edit team/fast' }).press('Enter');
    await dialog.getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByText('team/fast is removed').waitFor();
    t.equal((await switchyard.chat({ model: 'team/fast' })).status, 404);
  });
