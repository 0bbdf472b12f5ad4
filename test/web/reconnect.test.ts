import t from 'tap';
import { startCommand } from '../command.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { openTab } from './browser.ts';
import { testFolder } from '../test-folder.ts';

t.test('a restart of the gateway is reported and survived, and missed events are there', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const config = {
    discover: false,
    home: testFolder(t),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
  };
  const before = startCommand(t, { config, args: ['--port', '0'] });
  const url = await before.url;
  const { page, complaints } = await openTab(t);
  await page.goto(url);
  await page.getByText('All well. 1 provider can answer.').waitFor();

  before.child.kill('SIGTERM');
  await page.getByText('The gateway has stopped, or restarts.').waitFor();
  await before.ended;
  await page.getByText('The gateway does not answer: its state is unknown.').waitFor();
  t.equal(await page.getByText('All well').count(), 0, 'nothing says that all is well');
  t.ok(await page.getByRole('link', { name: 'lab' }).isVisible(), 'what was known stays');
  complaints.length = 0;

  const second = await startUpstream({ interval: 0 });
  t.teardown(() => second.close());
  const after = startCommand(t, {
    config: {
      ...config,
      providers: {
        ...config.providers,
        another: { use: 'openai-compatible', baseUrl: second.url, models: { m: 'm2' } },
      },
    },
    args: ['--port', new URL(url).port],
  });
  t.equal(await after.url, url);
  await page.getByText('All well. 2 providers can answer.').waitFor();
  await page.getByText('The gateway has stopped, or restarts.').waitFor({ state: 'detached' });

  await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  });
  await page
    .getByRole('region', { name: 'Latest requests' })
    .getByText(/m → (lab|another)/)
    .waitFor();
});

t.test('a gateway that disappears is noticed, too', async (t) => {
  const gateway = startCommand(t, {
    config: { discover: false, home: testFolder(t) },
    args: ['--port', '0'],
  });
  const { page } = await openTab(t);
  await page.goto(await gateway.url);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.waitForFunction('document.body.innerText.includes("none waiting")');
  gateway.child.kill('SIGKILL');
  await page.getByText('The gateway does not answer.').waitFor();
});
