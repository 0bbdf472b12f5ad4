import type { Locator, Page } from 'playwright-core';
import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { barriers, openTab } from './browser.ts';
import { nameOf, openCrowd, PROVIDERS } from './crowd.ts';
import { program } from './program.ts';

const LAST = nameOf(PROVIDERS - 1);
/** rows that a screen holds, and some more */
const FEW = 60;

/** Turns the wheel over it until that is seen. */
async function turnTo(page: Page, over: Locator, one: Locator): Promise<void> {
  await over.hover();
  for (let step = 0; step < 100 && !(await one.isVisible()); step++) {
    await page.mouse.wheel(0, 500);
    await page.waitForTimeout(30);
  }
  await one.waitFor();
}

t.test('of two hundred candidates of a request only the visible ones are rendered', async (t) => {
  const { switchyard, page, complaints } = await openCrowd(t);
  await switchyard.chat();
  const { id } = await switchyard.trace();
  await page.goto(`${switchyard.url}/#/requests?id=${id}`);
  await page.getByRole('tab', { name: 'Candidates' }).click();
  const candidates = page.getByRole('tabpanel').getByRole('listitem');
  await candidates.filter({ hasText: nameOf(0) }).waitFor();
  t.ok((await candidates.count()) < FEW, `${await candidates.count()} are drawn`);
  t.equal(
    await candidates.first().getAttribute('aria-setsize'),
    String(PROVIDERS),
    'it is told how long it is',
  );
  t.same(await barriers(page), []);
  await turnTo(page, candidates.first(), candidates.filter({ hasText: LAST }));
  t.ok((await candidates.count()) < FEW);
  t.same(complaints, []);
});

t.test(
  'of two hundred programs to start only the visible ones are rendered, and keys reach all',
  async (t) => {
    const names = Array.from({ length: PROVIDERS }, (_, index) => nameOf(index));
    const switchyard = await startSwitchyard(t, {
      home: testFolder(t),
      providers: Object.fromEntries(names.map((name) => [name, program()])),
    });
    const { page, complaints } = await openTab(t);
    await page.goto(`${switchyard.url}/#/providers`);
    await page.getByRole('button', { name: 'All programs' }).click();
    await page.getByRole('menuitem', { name: 'Start all', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Start all' });
    const boxes = dialog.getByRole('checkbox');
    await boxes.first().waitFor();
    t.ok((await boxes.count()) < FEW, `${await boxes.count()} are drawn`);
    t.same(await barriers(page), []);

    const box = (index: number) => dialog.getByRole('checkbox', { name: nameOf(index) });
    const isFocused = (one: Locator): Promise<boolean> =>
      one.evaluate((element) => element === element.ownerDocument.activeElement);
    await box(0).focus();
    for (let index = 1; index <= FEW; index++) {
      await page.keyboard.press('Tab');
      t.ok(await isFocused(box(index)), `Tab comes to ${nameOf(index)}`);
    }
    const { bottom } = await box(FEW).evaluate((element) => element.getBoundingClientRect());
    const { y } = (await dialog.getByRole('button', { name: /^Start/ }).boundingBox())!;
    t.ok(bottom <= y, 'what has the focus is not behind the buttons');

    const first = box(0);
    await turnTo(page, dialog.getByRole('list').first(), box(PROVIDERS - 1));
    t.equal(await first.count(), 0, 'the first one is not drawn any more');
    t.ok(await isFocused(box(FEW)), 'what has the focus keeps it out of sight');
    await page.keyboard.press('Space');
    await dialog.getByRole('button', { name: /^Start 199 programs/ }).waitFor();
    t.notOk(await box(FEW).isChecked());
    await page.keyboard.press('Shift+Tab');
    t.ok(await isFocused(box(FEW - 1)), 'and the keys go on from there');
    t.same(complaints, []);
  },
);
