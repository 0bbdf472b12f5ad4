import t from 'tap';
import { pair, until } from '../plugins/peers/fleet.ts';
import { endLater, startFleet, type Node } from '../plugins/peers/nodes.ts';
import { barriers, openTab } from './browser.ts';
import { PHONE } from './callers.ts';

t.test('nodes are shown with their state, load and providers, and one that goes is down', async (t) => {
  const { asker, owner } = await pair(t, { owner: { retry: { attempts: 2 } } });
  const { page, complaints } = await openTab(t);
  await page.goto(`${asker.url}/#/nodes`);
  const rows = page.getByRole('table', { name: 'Gateways' }).getByRole('row');
  const box = rows.filter({ hasText: owner.url });
  await box.getByText('up', { exact: true }).waitFor();
  await rows.filter({ hasText: 'this one' }).getByText('up', { exact: true }).waitFor();
  await box.getByText('its config differs in retry').waitFor();
  await box.getByRole('cell', { name: /0 in flight/ }).waitFor();
  await box.getByRole('cell', { name: /^lab / }).waitFor();
  t.same(await barriers(page), []);
  t.same(complaints, []);
  await owner.close();
  await box.getByText('down', { exact: true }).waitFor();
  await box.getByText(/last seen/).waitFor();
  await box.getByRole('button', { name: 'Restart box' }).waitFor({ state: 'detached' });
});

t.test('a restart asks first, and tells why a node was not restarted', async (t) => {
  const { asker } = await pair(t);
  const { page } = await openTab(t, PHONE);
  await page.goto(`${asker.url}/#/nodes`);
  await page.getByRole('button', { name: 'Restart box' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Restart box' });
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Restart box' }).press('Enter');
  t.same(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Restart', exact: true }).press('Enter');
  await dialog.getByText(/mayRestart/).waitFor();
  await dialog.getByText('failed', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
});

t.test(
  'all nodes are restarted from the dashboard, its own gateway last',
  { timeout: 300_000 },
  async (t) => {
    const { nodes } = await startFleet(t, { one: {}, two: {}, three: {} }, { mayRestart: true });
    const [one] = nodes as [Node, Node, Node];
    const shown = async () =>
      (await (await fetch(`${one.url}/nodes`)).json()) as { data: { state: string; started: string }[] };
    await until(async () => (await shown()).data.every(({ state }) => state === 'up'));
    const before = (await shown()).data.map(({ started }) => started);
    const { page } = await openTab(t);
    await page.goto(`${one.url}/#/nodes`);
    const answered = page.waitForResponse(/nodes\/restart/);
    await page.getByRole('button', { name: 'Restart all' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Restart 3 gateways' });
    await dialog.getByRole('button', { name: 'Restart', exact: true }).press('Enter');
    const response = await answered;
    await dialog.getByRole('button', { name: 'Done' }).waitFor();
    for (const [, pid] of (await response.text()).matchAll(/"pid":(\d+)/g)) endLater(t, Number(pid));
    t.equal(await dialog.getByText('restarted', { exact: true }).count(), 3);
    await dialog.getByRole('button', { name: 'Done' }).press('Enter');
    await until(async () => (await shown()).data.every(({ started }) => !before.includes(started)));
  },
);
