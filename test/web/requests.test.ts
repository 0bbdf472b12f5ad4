import t, { type Test } from 'tap';
import type { Page } from 'playwright-core';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { openTab } from './browser.ts';

interface Scene {
  readonly switchyard: Switchyard;
  readonly first: Upstream;
  readonly second: Upstream;
  readonly page: Page;
}

/** Two providers of one model, asked in order, and the list of requests. */
async function open(t: Test, config: Record<string, unknown> = {}): Promise<Scene> {
  const first = await startUpstream({ interval: 0, name: 'first' });
  const second = await startUpstream({ interval: 0, name: 'second' });
  t.teardown(() => Promise.all([first.close(), second.close()]));
  const provider = ({ url }: Upstream) => ({ use: 'openai-compatible', baseUrl: url, models: { m: 'm1' } });
  const switchyard = await startSwitchyard(t, {
    strategy: { use: 'priority' },
    breaker: { failures: 1000, minimum: 1000 },
    retry: { again: 0 },
    providers: { first: provider(first), second: provider(second) },
    models: {
      m: {
        targets: [
          { provider: 'first', model: 'm1' },
          { provider: 'second', model: 'm1', priority: 1 },
        ],
      },
    },
    ...config,
  });
  const { page } = await openTab(t);
  return { switchyard, first, second, page };
}

const rows = (page: Page) => page.getByRole('table').locator('tbody tr');

t.test(
  'a request with a failover shows its attempts, their failures, and the provider that answered',
  async (t) => {
    const { switchyard, first, page } = await open(t, { traces: { capture: { enabled: true } } });
    first.behaveOnce('status-500');
    await switchyard.chat({ stream: true });
    await page.goto(`${switchyard.url}/#/requests`);
    await rows(page).filter({ hasText: '2 tries' }).click();
    const sheet = page.getByRole('dialog');
    const [failed, answered] = [sheet.getByRole('listitem').nth(0), sheet.getByRole('listitem').nth(1)];
    t.match(await failed.innerText(), /Attempt 1: first[^]*500/);
    t.match(await answered.innerText(), /Attempt 2: second[^]*first content after/);
    await sheet.getByText('Ended: complete').waitFor();

    const { id } = await switchyard.trace();
    t.match(page.url(), new RegExp(`id=${id}`), 'it has an address of its own');
    await sheet.getByRole('tab', { name: 'Answer body' }).click();
    await sheet.getByRole('region', { name: 'Answer body' }).getByText('[DONE]').waitFor();
    await sheet.getByRole('tab', { name: 'JSON' }).click();
    const json = await sheet.getByRole('region', { name: 'Trace as JSON' }).innerText();
    t.match(JSON.parse(json), {
      id,
      attempts: [{ provider: 'first', outcome: 'failed' }, { provider: 'second' }],
    });
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    t.notMatch(page.url(), /id=/);
  },
);

t.test(
  'a request that no provider could answer names the last one in the same words everywhere',
  async (t) => {
    const { switchyard, first, second, page } = await open(t);
    first.behaveOnce('status-500');
    second.behaveOnce('status-500');
    await switchyard.chat();
    await page.goto(`${switchyard.url}/#/requests`);
    const row = rows(page).filter({ hasText: '2 tries' });
    await row.getByText('second (failed)').last().waitFor();
    await row.getByText('500 failed').waitFor();
    await row.click();
    await page.getByRole('dialog').getByText('second (failed), 2 tries').waitFor();
  },
);

t.test('filters select, are in the URL, and apply to new requests', async (t) => {
  const { switchyard, first, second, page } = await open(t);
  await switchyard.chat();
  first.behaveOnce('status-400');
  await switchyard.chat();
  await page.goto(`${switchyard.url}/#/requests?status=4xx`);
  await rows(page).filter({ hasText: '400' }).waitFor();
  t.equal(await rows(page).count(), 1);

  first.behaveOnce('status-400');
  await Promise.all([switchyard.chat(), rows(page).nth(1).waitFor()]);
  await switchyard.chat();
  await page.getByRole('button', { name: 'Clear' }).click();
  await rows(page).nth(3).waitFor();

  first.behaveOnce('status-500');
  await switchyard.chat();
  await page.getByRole('combobox', { name: 'Provider' }).click();
  await page.getByRole('option', { name: 'second' }).click();
  await page.waitForURL(/provider=second/);
  await rows(page).filter({ hasText: 'second' }).waitFor();
  t.equal(await rows(page).count(), 1);

  await page.getByRole('searchbox', { name: 'Search in ids' }).fill('no such text');
  await page.getByText('No matching requests.').waitFor();
  t.equal(second.posts.length, 1);
});

t.test('a running request is shown before it ends, and then as ended', async (t) => {
  const { switchyard, first, page } = await open(t);
  await page.goto(`${switchyard.url}/#/requests`);
  await page.getByText('No requests yet.').waitFor();
  first.behaveOnce('stall-after-content');
  const leave = new AbortController();
  const asked = switchyard.chat({ stream: true }, { signal: leave.signal }).catch(() => undefined);
  await rows(page).filter({ hasText: 'running' }).waitFor();
  leave.abort();
  await asked;
  await rows(page).filter({ hasText: 'cancelled' }).waitFor();
  t.equal(await rows(page).count(), 1);
});

t.test('older ones come when the end of the list is near', async (t) => {
  const { switchyard, page } = await open(t);
  for (let asked = 0; asked < 130; asked += 10)
    await Promise.all(Array.from({ length: 10 }, () => switchyard.chat()));
  await page.goto(`${switchyard.url}/#/requests`);
  const table = page.getByRole('table');
  // As it is scrolled, the end moves on: older requests come.
  while ((await table.getAttribute('aria-rowcount')) !== '131') {
    await page.evaluate('document.getElementById("main").scrollBy(0, 800)');
    await page.waitForTimeout(50);
  }
  await page.evaluate('document.getElementById("main").scrollTo(0, 1e6)');
  await page.locator('tr[aria-rowindex="131"]').waitFor();
  t.ok((await rows(page).count()) < 80, 'only those that are seen are drawn');
});
