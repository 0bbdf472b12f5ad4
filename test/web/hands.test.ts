import t from 'tap';
import { openScene } from './scene.ts';

const VIEWS = ['Overview', 'Providers', 'Chat', 'Requests', 'Balancing', 'Statistics'];

t.test('the palette finds and runs every command, by the keyboard alone', async (t) => {
  const { switchyard, page } = await openScene(t);
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  const type = async (text: string): Promise<void> => {
    // One that is still closing would only be closed again.
    await palette.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').waitFor();
    await page.keyboard.type(text);
  };
  await palette.getByRole('combobox').pressSequentially('start loc');
  await palette.getByRole('option', { name: 'Start local' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('status', { name: 'Notifications' }).getByText('Started local').waitFor();
  t.equal((await switchyard.ask('/providers/local')).json().state, 'healthy');

  await type('round');
  await palette.getByRole('option', { name: 'Use strategy round-robin' }).click();
  await page.getByRole('link', { name: 'Strategy: round-robin' }).waitFor();
  t.equal((await switchyard.ask('/config/load-balancing')).json().strategy, 'round-robin');

  await type('chat m');
  await palette.getByRole('option', { name: 'Chat with m' }).click();
  await page.waitForURL(/#\/chat\?model=m$/);
  await page.getByRole('heading', { level: 1, name: 'Chat' }).waitFor();

  await type('qqqq');
  await palette.getByText('Nothing matches “qqqq”.').waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
});

t.test('two keys lead to each view, which gets the focus and names the tab', async (t) => {
  const { page } = await openScene(t);
  for (const view of [...VIEWS.slice(1), 'Overview']) {
    await page.keyboard.press('g');
    await page.keyboard.press(view[0]!.toLowerCase());
    const heading = page.getByRole('heading', { level: 1, name: view });
    await heading.waitFor();
    t.ok(await heading.evaluate((element) => element.matches(':focus')), `${view} has the focus`);
    t.equal(await page.title(), `${view} · Switchyard`);
    const current = page.getByRole('navigation', { name: 'Views' }).locator('[aria-current=page]:visible');
    t.equal(await current.innerText(), view);
  }
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'Requests' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('g s');
  await page.waitForURL(/q=g/);
  await page.getByRole('heading', { name: 'Requests' }).waitFor();
});

t.test('the first key of a page skips to its content', async (t) => {
  const { page } = await openScene(t);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  t.equal(await page.evaluate('document.activeElement.id'), 'main');
});

t.test('dark and light follow the system until one is chosen, which is remembered', async (t) => {
  const { page } = await openScene(t, { colorScheme: 'dark' });
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await ground();
  t.not(dark, light);
  await page.getByRole('button', { name: 'Theme: same as the system' }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  t.equal(await ground(), dark);
  await page.reload();
  t.equal(await ground(), dark);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.keyboard.press('t');
  t.equal(await ground(), light);
});

t.test('on a narrow screen every view fits, with its way to the others', async (t) => {
  const { page } = await openScene(t, { viewport: { width: 360, height: 740 }, hasTouch: true });
  for (const view of VIEWS) {
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).tap();
    await page.getByRole('heading', { level: 1, name: view }).waitFor();
    t.ok(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth'), `${view} fits`);
  }
});
