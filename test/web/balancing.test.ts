import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { startSwitchyard, startSwitchyardFrom, type Switchyard } from '../switchyard.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { barriers, openTab, type Tab } from './browser.ts';
import { testFolder } from '../test-folder.ts';

const config = (alpha: string, beta: string): string => `# my gateway
home: ./home
discover: false
history: { enabled: false }
breaker: { failures: 1, first: 10m, longest: 10m }
retry: { again: 0 }
strategy: { use: round-robin } # one after the other
providers:
  alpha: { use: openai-compatible, baseUrl: "${alpha}", models: { m: a1, other: o1 } }
  beta: { use: openai-compatible, baseUrl: "${beta}", models: { m: b1 } }
models:
  m:
    targets:
      - { provider: alpha } # the first
      - { provider: beta, weight: 2 } # the second
  other:
    strategy: { use: random }
    targets:
      - { provider: alpha }
`;

interface Opened extends Tab {
  readonly switchyard: Switchyard;
  readonly alpha: Upstream;
  readonly beta: Upstream;
  readonly file: string;
}

async function open(t: Test, path = '/balancing?model=m'): Promise<Opened> {
  const [alpha, beta] = await Promise.all([startUpstream({ interval: 0 }), startUpstream({ interval: 0 })]);
  t.teardown(() => Promise.all([alpha.close(), beta.close()]));
  const folder = testFolder(t, { 'switchyard.yaml': config(alpha.url, beta.url) });
  const switchyard = await startSwitchyardFrom(t, folder);
  const tab = await openTab(t);
  await tab.page.goto(`${switchyard.url}/#${path}`);
  await tab.page.getByRole('region', { name: 'Targets' }).getByText('alpha/a1').first().waitFor();
  return { switchyard, alpha, beta, file: join(folder, 'switchyard.yaml'), ...tab };
}

/** How many of that many requests for `m` each upstream gets. */
async function shared({ switchyard, alpha, beta }: Opened, requests: number): Promise<[number, number]> {
  const before = [alpha.posts.length, beta.posts.length] as const;
  for (let request = 0; request < requests; request++) await switchyard.chat();
  return [alpha.posts.length - before[0], beta.posts.length - before[1]];
}

async function letPick(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Strategy', exact: true }).click();
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: `Use ${name}` }).click();
  await page.getByText(`${name} is used from the next request on`).waitFor();
}

const shares = (page: Page) => page.getByRole('figure');
const changes = (page: Page) => page.getByRole('region', { name: /unsaved changes?$/ });

t.test('before there is a model to balance, nothing is squeezed or sticks out', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { 'a-model-with-a-long-name': 'm' } },
    },
  });
  const { page } = await openTab(t);
  await page.goto(`${switchyard.url}/#/balancing`);
  const panel = page.getByRole('region', { name: 'Where a request would go now' });
  await panel.getByText('would be asked').waitFor();
  const width = (region: string) =>
    page.getByRole('region', { name: region }).evaluate((box) => box.clientWidth);
  t.equal(await width('Models'), await width('Default strategy'));
  t.equal(await panel.evaluate((box) => box.scrollWidth - box.clientWidth), 0);
});

t.test('another strategy picks from the next request on, and its distribution is shown', async (t) => {
  const opened = await open(t);
  const { page, complaints } = opened;
  t.same(await shared(opened, 8), [4, 4]);
  await shares(page).getByText('50 %').nth(1).waitFor();
  await letPick(page, 'priority');
  await page.getByLabel('Priority of beta/b1').fill('1');
  await page.getByRole('button', { name: 'Use these weights' }).click();
  await page.getByText('The weights of m hold from the next request on').waitFor();
  t.same(await shared(opened, 24), [24, 0]);
  await shares(page)
    .getByText(/^(8[0-9]|9[0-9]|100) %$/)
    .waitFor();
  await page
    .getByRole('region', { name: 'Where a request would go now' })
    .getByText('alpha/a1')
    .first()
    .waitFor();
  t.same(await barriers(page), []);
  t.same(complaints, []);
});

t.test('weights are set, shown beside those of the file, and taken back', async (t) => {
  const opened = await open(t);
  const { page, switchyard } = opened;
  await letPick(page, 'weighted-round-robin');
  await page.getByLabel('Weight of alpha/a1').fill('4');
  await page.getByLabel('Weight of alpha/a1').press('Enter');
  await page.getByText('file: 1').waitFor();
  t.same(await shared(opened, 12), [8, 4]);

  await page.getByLabel('Weight of beta/b1').fill('-1');
  await page.getByRole('button', { name: 'Use these weights' }).click();
  await page
    .getByRole('alert')
    .getByText(/weight: -1 is not allowed/)
    .waitFor();
  t.same(await barriers(page), []);
  await page.getByRole('button', { name: 'Reset to the config file' }).click();
  await page.getByText('file: 1').waitFor({ state: 'detached' });
  t.equal(await page.getByLabel('Weight of beta/b1').inputValue(), '2');
  t.match((await switchyard.ask('/routes/m')).json().targets, [{ weight: 1 }, { weight: 2 }]);
});

t.test('a form is made of the options’ schema, and a mistake is shown in the gateway’s words', async (t) => {
  const { page, switchyard } = await open(t);
  await page.getByRole('combobox', { name: 'Strategy for m' }).click();
  await page.getByRole('option', { name: 'priority' }).click();
  await page.getByRole('combobox', { name: 'within' }).click();
  await page.getByRole('option', { name: 'weighted-round-robin' }).click();
  await page.getByLabel('warmUp').fill('soon');
  await page.getByRole('button', { name: 'Use priority' }).click();
  await page
    .getByRole('alert')
    .getByText(/'soon' is not allowed/)
    .waitFor();
  t.same(await barriers(page), []);
  await page.getByLabel('warmUp').fill('2s');
  await page.getByLabel('busy').fill('3');
  await page.getByRole('button', { name: 'Use priority' }).click();
  await page.getByText('priority is used for m from the next request on').waitFor();
  t.match((await switchyard.ask('/routes/m')).json().strategy, {
    use: 'priority',
    options: { within: { use: 'weighted-round-robin', warmUp: '2s' }, busy: 3 },
    from: 'override',
  });
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await page.getByText('round-robin is used for m again').waitFor();
});

t.test('a blocked target is shown with the reason, and unblocked at once', async (t) => {
  const { page, switchyard, alpha } = await open(t);
  alpha.behave('status-500');
  for (let request = 0; request < 4; request++) await switchyard.chat();
  const reset = page.getByRole('button', { name: 'Unblock alpha/a1' });
  await reset.waitFor();
  await page.getByRole('button', { name: /^m round-robin, 2 targets, 1 blocked/ }).waitFor();
  const foreseen = page.getByRole('region', { name: 'Where a request would go now' });
  await foreseen.getByText(/^blocked: /).waitFor();
  t.same(await barriers(page), []);
  alpha.behave('ok');
  await reset.click();
  await reset.waitFor({ state: 'detached' });
  await foreseen.getByText(/^blocked: /).waitFor({ state: 'detached' });
  t.match((await switchyard.ask('/routes/m')).json().targets[0].out, {});
});

t.test('changes are compared with the file, saved into it with its comments, or undone', async (t) => {
  const { page, switchyard, file, complaints } = await open(t);
  const before = await readFile(file, 'utf8');
  await letPick(page, 'least-connections');
  await page.getByLabel('Weight of beta/b1').fill('5');
  await page.getByRole('button', { name: 'Use these weights' }).click();
  const told = page.getByRole('region', { name: '2 unsaved changes' });
  await told.getByRole('row', { name: 'models.m.targets[1].weight 2 5' }).waitFor();
  await told.getByRole('row', { name: /^strategy use: round-robin use: least-connections/ }).waitFor();
  t.same(await barriers(page), []);
  await page.getByLabel('Weight of alpha/a1').fill('7');
  await told.getByRole('button', { name: 'Undo all' }).click();
  await changes(page).waitFor({ state: 'detached' });
  t.equal((await switchyard.ask('/config/load-balancing')).json().strategy, 'round-robin');
  t.equal(await page.getByLabel('Weight of alpha/a1').inputValue(), '1', 'what was typed is undone, too');
  t.equal(await readFile(file, 'utf8'), before);

  await page.getByLabel('Weight of beta/b1').fill('5');
  await page.getByRole('button', { name: 'Use these weights' }).click();
  await page.getByRole('button', { name: 'Save to the config file' }).click();
  await changes(page).waitFor({ state: 'detached' });
  t.equal(await readFile(file, 'utf8'), before.replace('weight: 2', 'weight: 5'));
  t.equal(await page.getByLabel('Weight of beta/b1').inputValue(), '5');

  await page.getByLabel('Weight of beta/b1').fill('6');
  await page.getByRole('button', { name: 'Use these weights' }).click();
  await changes(page).waitFor();
  await writeFile(file, `${before}# edited by another person\n`);
  await page.getByRole('button', { name: 'Save to the config file' }).click();
  await page.getByText('The changes were not saved', { exact: true }).waitFor();
  t.match(await readFile(file, 'utf8'), /edited by another person/);
  t.same(
    complaints.filter((complaint) => !complaint.includes('409')),
    [],
  );
});

t.test('changes by the command are shown at once, and a narrow screen shows all of it', async (t) => {
  const { page, switchyard } = await open(t);
  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByRole('button', { name: /^other random/ }).click();
  await page.waitForURL(/model=other/);
  await switchyard.ask('/config/load-balancing?strategy=sticky&model=other', { method: 'POST' });
  await page.getByRole('button', { name: /^other sticky/ }).waitFor();
  await changes(page).getByText('models.other.strategy').waitFor();
  t.same(await barriers(page), []);
  t.ok(
    await page.evaluate('document.getElementById("main").scrollWidth <= innerWidth'),
    'nothing stands out',
  );
});

t.test("a strategy's failure is shown, with the one that picks instead", async (t) => {
  const alpha = await startUpstream({ interval: 0 });
  t.teardown(() => alpha.close());
  const folder = testFolder(t, {
    'switchyard.yaml': config(alpha.url, alpha.url).replace('use: round-robin', 'use: ./mine.ts'),
    'mine.ts': `const options = { type: 'object', additionalProperties: false, properties: {} };
      const create = () => ({ pick() { throw new Error('oh no'); } });
      export default { name: 'mine', options, create };`,
  });
  const switchyard = await startSwitchyardFrom(t, folder);
  await switchyard.chat();
  const { page } = await openTab(t);
  await page.goto(`${switchyard.url}/#/balancing?model=m`);
  const told = page.getByRole('region', { name: 'Strategy failed' });
  await told.getByText(/mine\.ts failed 1 time for m, and p2c picked instead: oh no/).waitFor();
});
