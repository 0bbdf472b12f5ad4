import { join } from 'node:path';
import { existsSync } from 'node:fs';
import t, { type Test } from 'tap';
import Fastify from 'fastify';
import gatewayPlugin, { root } from '../../gateway.ts';
import { NOT_BUILT } from '../../plugins/dashboard/not-built.ts';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { openLab } from '../lab.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab, type Tab } from './browser.ts';

const KB = 1_000;

t.ok(existsSync(join(root, 'web/dist/index.html')), 'web/dist is there: `npm test` builds it');

/** The address of the first file below assets/ that the page names. */
async function someAsset(switchyard: Switchyard): Promise<string> {
  const page = await switchyard.ask('/');
  return `/${/\.\/(assets\/[^"]+\.js)/.exec(page.text)?.[1]}`;
}

t.test('the first load is the whole dashboard in less than 250 KB, without a complaint', async (t) => {
  const { switchyard } = await openLab(t);
  const { page, complaints } = await openTab(t);
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) =>
    sizes.push(
      request
        .sizes()
        .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
    ),
  );
  await page.goto(switchyard.url);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByText('1 provider can answer').waitFor();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  t.comment(`${Math.round(bytes / KB)} KB`);
  t.ok(bytes > 50 * KB && bytes < 250 * KB, `${Math.round(bytes / KB)} KB`);
  t.same(complaints, []);
});

t.test('every dialog, menu and list keeps to the page’s policy', async (t) => {
  const { switchyard } = await openLab(t);
  const { page, complaints } = await openTab(t);
  await page.goto(`${switchyard.url}/#/requests`);
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: '5xx' }).click();
  await page.waitForURL(/status=5xx/);
  await page.getByRole('button', { name: /^Theme/ }).click();
  const menu = page.getByRole('menu');
  await menu.waitFor();
  await page.keyboard.press('Escape');
  // As long as it is there, keys are its own.
  await menu.waitFor({ state: 'hidden' });
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  t.same(complaints, []);
});

t.test('files with a hashed name are cached for ever, the page never', async (t) => {
  const switchyard = await startSwitchyard(t, {});
  const page = await switchyard.ask('/');
  t.match(page.headers, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
  const asset = await someAsset(switchyard);
  const plain = await switchyard.ask(asset);
  t.match(plain.headers, {
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  t.equal(plain.headers['content-encoding'], undefined);
  for (const [accepted, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', undefined],
  ] as const) {
    const { status, headers } = await switchyard.ask(asset, { headers: { 'accept-encoding': accepted } });
    t.equal(status, 200);
    t.equal(headers['content-encoding'], encoding, accepted);
  }
});

t.test('the policy lets nothing in from elsewhere, and its nonce is never the same', async (t) => {
  const switchyard = await startSwitchyard(t, {});
  const policies = await Promise.all(
    [switchyard.ask('/'), switchyard.ask('/')].map(async (answer) => (await answer).headers),
  );
  const [one, other] = policies.map((headers) => headers['content-security-policy'] ?? '');
  t.match(one, /^default-src 'none'; script-src 'self';/);
  t.notMatch(one, /unsafe|https?:|\*/);
  t.not(one, other);
});

t.test('a missing file is an error in JSON, and no path leads out of the folder', async (t) => {
  const switchyard = await startSwitchyard(t, {});
  for (const path of [
    '/assets/nothing.js',
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
  ]) {
    const { status, json } = await switchyard.ask(path);
    t.equal(status, 404, path);
    t.equal(json().error.code, 'not_found');
  }
});

t.test('under a base path everything is found below it', async (t) => {
  const { url, complaints, page } = await inAnApp(t, { prefix: '/ai' });
  await page.goto(`${url}/ai`);
  await page.getByText('1 provider can answer').waitFor();
  t.equal(page.url(), `${url}/ai/`);
  await page.goto(`${url}/ai/#/statistics`);
  await page.getByRole('heading', { name: 'Statistics' }).waitFor();
  t.same(complaints, []);
});

t.test('in an app with a page at its root, that page stays', async (t) => {
  const { url } = await inAnApp(t, {}, 'mine');
  const answer = await fetch(url);
  t.equal(await answer.text(), 'mine');
  t.equal((await fetch(`${url}/v1/models`)).status, 200);
});

/** The gateway as a plugin of another app, and a page beside it. */
async function inAnApp(
  t: Test,
  options: { prefix?: string },
  own?: string,
): Promise<Tab & { readonly url: string }> {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const app = Fastify({ forceCloseConnections: true });
  t.teardown(() => app.close());
  if (own !== undefined) app.get('/', () => own);
  app.register(gatewayPlugin, {
    ...options,
    discover: false,
    history: { enabled: false },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url } },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, ...(await openTab(t)) };
}

t.test('`enabled: false` serves no dashboard, and everything else', async (t) => {
  const switchyard = await startSwitchyard(t, { dashboard: { enabled: false } });
  t.equal((await switchyard.ask('/')).status, 404);
  t.equal((await switchyard.ask('/providers')).status, 200);
});

t.test('where it is not built, the page says how to build it', async (t) => {
  const app = Fastify({ forceCloseConnections: true });
  t.teardown(() => app.close());
  app.get('/', (_request, reply) => NOT_BUILT(reply));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { page, complaints } = await openTab(t);
  await page.goto(url);
  t.match(await page.textContent('body'), /npm --prefix web run build/);
  // The browser asks for an icon, which this page has none of.
  t.same(
    complaints.filter((complaint) => !complaint.includes('404')),
    [],
  );
});

t.test('with keys the files are open, the API is not, and the page asks for a key', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { apiKeys: ['sk-right-key'] } } });
  t.equal((await switchyard.ask(await someAsset(switchyard))).status, 200);
  t.equal((await switchyard.ask('/providers')).status, 401);

  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  const dialog = page.getByRole('dialog', { name: 'This gateway needs a key' });
  await dialog.getByText('server.adminKeys').waitFor();
  await dialog.getByLabel('Key', { exact: true }).fill('sk-wrong-key');
  await page.keyboard.press('Enter');
  await dialog.getByText('not one of server.apiKeys').waitFor();
  await dialog.getByLabel('Key', { exact: true }).fill('sk-right-key');
  await page.keyboard.press('Enter');
  await page.getByText('1 provider can answer').waitFor();
  await page.reload();
  await page.getByText('1 provider can answer').waitFor();
  t.same(await page.evaluate('[sessionStorage.length, localStorage.length]'), [1, 0], 'for this tab only');
});

t.test('a key is stored where the person wants that', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { apiKeys: ['sk-right-key'] } } });
  const { page } = await openTab(t);
  await page.goto(switchyard.url);
  await page.getByLabel('Key', { exact: true }).fill('sk-right-key');
  await page.getByLabel('Remember it on this computer').check();
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByText('1 provider can answer').waitFor();
  t.same(await page.evaluate('[sessionStorage.length, localStorage.length]'), [0, 1]);
});
