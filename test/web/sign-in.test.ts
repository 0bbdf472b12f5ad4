import { scryptSync } from 'node:crypto';
import t from 'tap';
import { openLab } from '../lab.ts';
import { testFolder } from '../test-folder.ts';
import { barriers, openTab } from './browser.ts';

const derived = scryptSync('correct horse', 'salt', 32, { N: 1024, r: 8, p: 1 });
const password = `scrypt:1024:8:1:c2FsdA:${derived.toString('base64url')}`;

t.test('a person signs in with a password, stays so after a reload, and signs out', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { home: testFolder(t), auth: { signIn: { password } } },
  });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await dialog.getByText('the password is wrong').waitFor();
  t.same(await barriers(page), []);
  await dialog.getByLabel('Password').fill('correct horse');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'lab' }).first().waitFor();
  t.same(await page.evaluate('[document.cookie, localStorage.length]'), ['', 0], 'no script can read it');

  await page.reload();
  await page.getByRole('link', { name: 'lab' }).first().waitFor();
  // It changes something, too.
  await page.getByRole('button', { name: 'Sign out admin (password)' }).click();
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Use a key' }).click();
  await page.getByRole('dialog', { name: 'This gateway needs a key' }).waitFor();
});
