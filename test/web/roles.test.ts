import t from 'tap';
import { barriers } from './browser.ts';
import { openCallers, PHONE } from './callers.ts';

for (const [screen, options] of Object.entries({ 'wide screen': {}, phone: PHONE }))
  t.test(`a viewer sees everything and changes nothing, on a ${screen}`, async (t) => {
    const { page, key, visit, switchyard, upstream } = await openCallers(t, options);
    const root = await key({ name: 'root', role: 'admin' });
    const viewer = await key({ name: 'eye', role: 'viewer' });
    await visit('/providers', viewer);
    await page.getByText('You see everything and change nothing').waitFor();
    const add = page.getByRole('button', { name: 'Add provider' });
    t.equal(await add.getAttribute('aria-disabled'), 'true');
    t.equal(await add.getAttribute('title'), 'The key of a viewer changes nothing.');
    await add.press('Enter');
    await add.dispatchEvent('click');
    t.equal(await page.getByRole('dialog').count(), 0);
    t.same(await barriers(page), []);
    await page.goto(`${switchyard.url}/#/balancing`);
    await page
      .getByRole('button', { name: /^Use these options/ })
      .first()
      .waitFor();
    await page.goto(`${switchyard.url}/#/keys`);
    await page.getByRole('rowheader', { name: /root/ }).waitFor();
    const actions = page.getByRole('button', { name: 'Actions on root' });
    await actions.press('Enter');
    await actions.dispatchEvent('pointerdown', { button: 0 });
    t.equal(await page.getByRole('menu').count(), 0);
    await page.goto(`${switchyard.url}/#/chat`);
    await page.getByRole('textbox', { name: 'Message' }).fill('hello');
    await page.getByRole('textbox', { name: 'Message' }).press('Enter');
    t.equal(
      await page.getByRole('button', { name: 'Send' }).getAttribute('title'),
      'The key of a viewer calls no model.',
    );
    t.equal(upstream.posts.length, 0);
    const config = await switchyard.ask('/config/diff', { headers: { authorization: `Bearer ${root}` } });
    t.same(config.json().changes, []);
    await page.getByRole('button', { name: 'Signed in with eye: use another key' }).click();
    await page.getByRole('dialog', { name: 'This gateway needs a key' }).getByLabel('Key').fill(root);
    await page.keyboard.press('Enter');
    await page.goto(`${switchyard.url}/#/providers`);
    await add.waitFor();
    t.equal(await add.getAttribute('aria-disabled'), null, 'an admin may');
  });
